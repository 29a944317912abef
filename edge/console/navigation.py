"""The navigation of a workspace: what page modules enter into it, and how it looks from one page."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.model.token import Principal, Scope


@dataclass(frozen=True, slots=True)
class Entry:
    """A link to the route ``name``; lower ``order`` comes first. ``section`` is how the names of the pages begin that
    it stands for: ``sources.``. Who lacks ``scope`` does not see it.

    Overview 0, Catalog 10, Sources 20, History 30, Propagation 40, Purge 50, Debugger 60.
    """

    label: str
    name: str
    order: int
    section: str
    scope: Scope = "workspace:read"


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    name: str
    current: bool


def links(entries: Sequence[Entry], route: str, principal: Principal) -> list[Link]:
    return [
        Link(entry.label, entry.name, route.startswith(entry.section))
        for entry in sorted(entries, key=lambda entry: entry.order)
        if principal.may(entry.scope)
    ]
