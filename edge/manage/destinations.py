"""Destinations: list, show, create, change, delete."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edge.manage.advice import advise
from edge.manage.masks import unmasked
from edge.manage.operation import Done, Manage, commit, put, require, seen_destination, seen_source
from edge.manage.problem import conflict, invalid
from edge.manage.rules import (
    check_enabled,
    check_settings,
    check_siblings,
    resolve_mode,
    unsupported_definition,
)
from edge.manage.sources import check_display_name
from edge.manage.workspaces import check_slug
from edge.model.asset import content_hash, integrity_of
from edge.model.definition import ConnectionMode, Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.wire import asset_path
from edge.store.store import Draft
from edge.store.view import Page, View


@dataclass(frozen=True, slots=True)
class DestinationPatch:
    """What a change sets; ``None`` leaves a field alone.

    ``settings`` is merged by name, a ``None`` in it removes the setting; ``clear_settings`` removes all first.
    ``default_mode`` asks for the mode that the rules give when none is named. An empty ``display_name``: the
    definition's.
    """

    display_name: str | None = None
    enabled: bool | None = None
    mode: ConnectionMode | None = None
    default_mode: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    clear_settings: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """A destination with its definition: what is needed to show it with its secrets masked."""

    destination: Destination
    definition: Definition | None


async def listed(manage: Manage, principal: Principal, workspace: str, source_slug: str, page: Page) -> list[Described]:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, source_slug)
        found: list[Destination] = [stored.document for stored in await view.listed("destination", source.id, page)]
        definitions = await view.definitions([destination.definition for destination in found])
        known = {slug: stored.document for slug, stored in definitions.items()}
        return [Described(destination, known.get(destination.definition)) for destination in found]


async def show(manage: Manage, principal: Principal, workspace: str, source_slug: str, slug: str) -> Described:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        _, destination, definition = await seen_destination(view, principal, workspace, source_slug, slug)
        return Described(destination, definition)


async def create(
    manage: Manage,
    principal: Principal,
    workspace: str,
    source_slug: str,
    slug: str,
    *,
    definition_slug: str | None,
    patch: DestinationPatch,
) -> Done[Described]:
    """Connect a definition to a source. ``definition_slug`` names it where ``slug`` is one of several of it."""
    require(principal, "workspace:write")
    check_slug("destination.name", slug)
    result: list[tuple[Source, Described]] = []

    async def plan(view: View) -> Draft:
        source = await seen_source(view, principal, workspace, source_slug)
        definition = await view.definition(definition_slug or slug)
        if definition is None:
            known = [one.slug for one in await view.every("definition", "")]
            raise unsupported_definition(definition_slug or slug, known)
        if await view.destination(source, slug) is not None:
            raise conflict(
                f"{source.name}/destinations/{slug} exists already: change it with PATCH, or choose another slug"
            )
        now = manage.clock().wall
        blank = Destination(
            id=manage.new_id(),
            source_id=source.id,
            source_name=source.name,
            slug=slug,
            definition=definition.slug,
            display_name=definition.name,
            enabled=False,
            mode=resolve_mode(source, definition, patch.mode),
            created_at=now,
            updated_at=now,
        )
        destination = await _checked(manage, view, source, blank, definition=definition, patch=patch)
        result.append((source, Described(destination, definition)))
        return put(destination, reason=f"create {destination.name}")

    return _done(*(await commit(manage, principal, plan)), *result[0])


async def change(
    manage: Manage, principal: Principal, workspace: str, source_slug: str, slug: str, *, patch: DestinationPatch
) -> Done[Described]:
    require(principal, "workspace:write")
    result: list[tuple[Source, Described]] = []

    async def plan(view: View) -> Draft:
        source, stored, definition = await seen_destination(view, principal, workspace, source_slug, slug)
        if definition is None:
            raise invalid(f"destination: the catalog has no {stored.definition!r} any more; it can only be deleted")
        destination = await _checked(manage, view, source, stored, definition=definition, patch=patch)
        result.append((source, Described(destination, definition)))
        return put(destination, reason=f"change {destination.name}")

    return _done(*(await commit(manage, principal, plan)), *result[0])


async def delete(manage: Manage, principal: Principal, workspace: str, source_slug: str, slug: str) -> Done[Described]:
    require(principal, "workspace:write")
    result: list[tuple[Source, Described]] = []

    async def plan(view: View) -> Draft:
        source, stored, definition = await seen_destination(view, principal, workspace, source_slug, slug)
        result.append((source, Described(stored, definition)))
        return Draft(deletes=(stored,), reason=f"delete {stored.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0][1], position, changed)


async def _checked(
    manage: Manage, view: View, source: Source, stored: Destination, *, definition: Definition, patch: DestinationPatch
) -> Destination:
    """``stored`` with the patch applied, as far as the rules allow; its time moves only if something else does."""
    if patch.display_name:
        check_display_name(patch.display_name)
    given = unmasked(definition, stored.settings, patch.settings)
    kept = {} if patch.clear_settings else dict(stored.settings)
    settings = {name: value for name, value in (kept | given).items() if value is not None}
    check_settings(definition, {name: value for name, value in given.items() if value is not None})
    asked = patch.mode if patch.mode is not None or patch.default_mode else stored.mode
    destination = replace(
        stored,
        display_name=stored.display_name if patch.display_name is None else patch.display_name or definition.name,
        enabled=stored.enabled if patch.enabled is None else patch.enabled,
        mode=resolve_mode(source, definition, asked),
        settings=settings,
    )
    check_siblings(source, destination, await view.destinations(source.id))
    if destination.enabled:
        check_enabled(source, destination, definition)
        await _check_bundle(manage, source, destination, definition)
    return destination if destination == stored else replace(destination, updated_at=manage.clock().wall)


async def _check_bundle(manage: Manage, source: Source, destination: Destination, definition: Definition) -> None:
    """A page must be able to fetch the code that the manifest will name, with the hash it will state (I22)."""
    bundle = definition.bundle
    if source.platform != "web" or destination.mode != "device" or bundle is None:
        return
    path = asset_path(definition.slug, bundle.hash)
    body = await manage.read_back(path)
    if body is None or content_hash(body) != bundle.hash or integrity_of(body) != bundle.integrity:
        raise invalid(
            f"enabled: {path} cannot be read through this edge with the hash that {definition.name} states; "
            "restart the edge, which imports its bundles, or leave enabled false"
        )


def _done(position: int, changed: bool, source: Source, described: Described) -> Done[Described]:
    definition = described.definition
    advice = advise(source, described.destination, definition) if definition is not None else ()
    return Done(described, position, changed, advice)
