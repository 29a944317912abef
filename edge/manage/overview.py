"""A workspace at a glance: its sources, and how many destinations each has."""

from dataclasses import dataclass

from edge.manage.operation import Manage, require, seen_workspace
from edge.model.destination import Destination
from edge.model.source import Source
from edge.model.token import Principal
from edge.store.lookup import Page


@dataclass(frozen=True, slots=True)
class Summary:
    """One source. ``device`` and ``cloud`` count the enabled destinations, ``disabled`` the others."""

    source: Source
    device: int
    cloud: int
    disabled: int

    @property
    def destinations(self) -> int:
        return self.device + self.cloud + self.disabled


async def overview(manage: Manage, principal: Principal, workspace: str, page: Page) -> list[Summary]:
    """The sources of ``page``, all as of one moment."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        found = await seen_workspace(view, principal, workspace)
        sources: list[Source] = [stored.document for stored in await view.listed("source", found.name, page)]
        placed: dict[str, list[Destination]] = {source.id: [] for source in sources}
        for stored in await view.under("destination", placed):
            placed[stored.document.source_id].append(stored.document)
    return [_summary(source, placed[source.id]) for source in sources]


def _summary(source: Source, destinations: list[Destination]) -> Summary:
    enabled = [one.mode for one in destinations if one.enabled]
    return Summary(source, enabled.count("device"), enabled.count("cloud"), len(destinations) - len(enabled))
