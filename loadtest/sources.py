"""The sources of a load test, and how each is recognised in what it publishes.

Every source has a destination ``amplitude`` whose setting ``apiKey`` is the source's *marker*: its slug and a counter.
Besides it each has some of the other definitions with browser code, not all the same, so that even the list for
consent managers, which holds no settings, tells most sources apart.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.model.destination import Destination
from edge.model.source import Source, Workspace

Document = Workspace | Source | Destination

COUNTED = "amplitude"
COUNTED_SETTING = "apiKey"
COUNTED_NAME = "Amplitude"
TOGGLED = "mixpanel"
WORKSPACE_SIZE = 25
"""Sources in one workspace."""

_OTHERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "mixpanel": ("Mixpanel", {"token": "0123456789abcdef0123456789abcdef"}),
    "facebook-pixel": ("Facebook Pixel", {"pixelId": "123456789012345"}),
    "actions-google-analytics-4-web": ("Google Analytics 4 Web", {"measurementID": "G-ABCDEF1234"}),
    "google-tag-manager": ("Google Tag Manager", {"containerId": "GTM-ABCDEF"}),
}
"""Definition -> its creation name, and settings that it accepts."""

_MARKER = re.compile(r"(s[0-9]{5})\.c([0-9]{8})\Z")


def marker(slug: str, counter: int) -> str:
    return f"{slug}.c{counter:08d}"


def read_marker(text: str) -> tuple[str, int] | None:
    """Slug and counter of a marker; ``None`` when ``text`` is something else."""
    found = _MARKER.match(text)
    return (found[1], int(found[2])) if found else None


def counter_in(text: str) -> int:
    """The counter of a marker. Raises ValueError when ``text`` is something else."""
    found = read_marker(text)
    if found is None:
        raise ValueError(f"{text!r} is not a source's marker")
    return found[1]


@dataclass(frozen=True, slots=True)
class LoadSource:
    """What a client must know of one source."""

    workspace: str
    slug: str
    id: str
    key: str
    definitions: tuple[str, ...]
    names: tuple[str, ...]
    """Creation names of its destinations, sorted: what ``integrations`` lists."""

    @property
    def name(self) -> str:
        return f"workspaces/{self.workspace}/sources/{self.slug}"

    @property
    def counted(self) -> str:
        """Resource name of the destination that holds the counter."""
        return f"{self.name}/destinations/{COUNTED}"


def load_source(number: int) -> LoadSource:
    """The source with this number, from 0 to 99,999; always the same."""
    chosen = [slug for bit, slug in enumerate(_OTHERS) if number & (1 << bit)]
    names = [COUNTED_NAME, *(_OTHERS[slug][0] for slug in chosen)]
    return LoadSource(
        workspace=f"load-{number // WORKSPACE_SIZE:04d}",
        slug=f"s{number:05d}",
        id=f"load_{number:05d}",
        key=f"load_key_{number:05d}",
        definitions=(COUNTED, *chosen),
        names=tuple(sorted(names)),
    )


def documents(sources: Sequence[LoadSource]) -> list[Document]:
    """What is put into the store for ``sources``."""
    workspaces = dict.fromkeys(source.workspace for source in sources)
    made: list[Document] = [Workspace(slug, slug, slug, 0.0) for slug in workspaces]
    for one in sources:
        source = Source(one.id, one.workspace, one.slug, "javascript", one.slug, (one.key,), 0.0)
        made.append(source)
        made += [_destination(source, slug) for slug in one.definitions]
    return made


def _destination(source: Source, slug: str) -> Destination:
    settings = {COUNTED_SETTING: marker(source.slug, 0)} if slug == COUNTED else _OTHERS[slug][1]
    return Destination(
        f"{source.id}_{slug}",
        source.id,
        source.name,
        slug,
        slug,
        slug,
        enabled=True,
        mode="device",
        created_at=0.0,
        updated_at=0.0,
        settings=settings,
    )
