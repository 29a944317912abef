"""Before a destination is there: which sources it can be connected to, and whose settings it could begin with."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.manage.catalog import definition as known
from edge.manage.operation import Manage, require, seen_source, seen_workspace
from edge.manage.problem import not_found
from edge.manage.rules import obstacle
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.model.token import Principal
from edge.store.lookup import Page


@dataclass(frozen=True, slots=True)
class Connectable:
    """A source as seen from a definition: ``obstacle`` says why it cannot be connected, empty where it can;
    ``connected`` are the names of the destinations of this definition that it has."""

    source: Source
    obstacle: str
    connected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A destination, and its source."""

    source: Source
    destination: Destination


@dataclass(frozen=True, slots=True)
class Outset:
    """Where connecting begins. ``others`` are the workspace's destinations of the definition; ``slug`` is free."""

    source: Source
    definition: Definition
    obstacle: str
    others: tuple[Placed, ...]
    slug: str
    display_name: str


async def connectable(
    manage: Manage, principal: Principal, workspace: str, definition: Definition, page: Page
) -> list[Connectable]:
    """The sources of ``page``, whether or not they can have it, all as of one moment."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        found = await seen_workspace(view, principal, workspace)
        sources: list[Source] = [stored.document for stored in await view.listed("source", found.name, page)]
        there = await view.using(definition.slug, workspace)
    return [
        Connectable(
            source,
            obstacle(source, definition),
            tuple(one.display_name for one in there if one.source_id == source.id),
        )
        for source in sources
    ]


async def placed(manage: Manage, principal: Principal, workspace: str, definition_slug: str) -> tuple[Placed, ...]:
    """The workspace's destinations of a definition, each with its source, by name."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        await seen_workspace(view, principal, workspace)
        there = await view.using(definition_slug, workspace)
        sources = await view.several("source", [one.source_id for one in there])
    return tuple(Placed(sources[one.source_id].document, one) for one in there if one.source_id in sources)


async def outset(
    manage: Manage, principal: Principal, workspace: str, source_slug: str, definition_slug: str
) -> Outset:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, source_slug)
        taken = {one.slug for one in await view.destinations(source.id)}
    definition = await known(manage, principal, definition_slug)
    others = await placed(manage, principal, workspace, definition_slug)
    number = next(count for count in range(1, len(taken) + 2) if _numbered(definition.slug, count) not in taken)
    named = definition.name if number == 1 else f"{definition.name} {number}"
    return Outset(source, definition, obstacle(source, definition), others, _numbered(definition.slug, number), named)


def chosen(others: Sequence[Placed], wanted: str) -> Placed | None:
    """The one that ``wanted`` names as ``<source>/<destination>``, both slugs; ``None`` where nothing is wanted."""
    if not wanted:
        return None
    found = next((one for one in others if f"{one.source.slug}/{one.destination.slug}" == wanted), None)
    if found is None:
        raise not_found(wanted[:200])
    return found


def _numbered(slug: str, count: int) -> str:
    return slug if count == 1 else f"{slug[:60]}-{count}"
