"""Destinations: list, show, create, change, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edge.manage.advice import advise
from edge.manage.consent import read_categories
from edge.manage.filter_rules import check_on_device, check_size
from edge.manage.masks import unmasked
from edge.manage.names import check_display_name, check_slug
from edge.manage.operation import Done, Manage, commit, put, require, seen_destination, seen_source
from edge.manage.problem import conflict, invalid
from edge.manage.proof import Proven, UnprovenError, commit_proven
from edge.manage.rules import (
    check_enabled,
    check_settings,
    check_siblings,
    resolve_mode,
    unsupported_definition,
)
from edge.model.definition import ConnectionMode, Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.model.token import Principal
from edge.store.documents import is_lost
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
    consent_categories: Sequence[str] | None = None


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

    async def plan(proven: Proven, view: View) -> Draft:
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
        destination = _patched(manage, source, blank, definition, patch)
        await _check(view, source, blank, destination, definition=definition, proven=proven)
        result.append((source, Described(destination, definition)))
        return put(destination, reason=f"create {destination.name}")

    return _done(*(await commit_proven(manage, principal, plan)), *result[-1])


async def change(
    manage: Manage, principal: Principal, workspace: str, source_slug: str, slug: str, *, patch: DestinationPatch
) -> Done[Described]:
    require(principal, "workspace:write")
    result: list[tuple[Source, Described]] = []

    async def plan(proven: Proven, view: View) -> Draft:
        source, stored, definition = await seen_destination(view, principal, workspace, source_slug, slug)
        if definition is None:
            raise invalid(f"destination: the catalog has no {stored.definition!r} any more; it can only be deleted")
        destination = _patched(manage, source, stored, definition, patch)
        await _check(view, source, stored, destination, definition=definition, proven=proven)
        result.append((source, Described(destination, definition)))
        return put(destination, reason=f"change {destination.name}")

    return _done(*(await commit_proven(manage, principal, plan)), *result[-1])


async def delete(manage: Manage, principal: Principal, workspace: str, source_slug: str, slug: str) -> Done[Described]:
    require(principal, "workspace:write")
    result: list[tuple[Source, Described]] = []

    async def plan(view: View) -> Draft:
        source, stored, definition = await seen_destination(view, principal, workspace, source_slug, slug)
        result.append((source, Described(stored, definition)))
        filters = await view.filters([stored])
        return Draft(deletes=(*filters, stored), reason=f"delete {stored.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0][1], position, changed)


def _patched(
    manage: Manage, source: Source, stored: Destination, definition: Definition, patch: DestinationPatch
) -> Destination:
    """``stored`` with the patch applied; its time moves only if something else does."""
    if patch.display_name:
        check_display_name(patch.display_name)
    # A mode that nobody asks to change is not judged again: what a newer definition dropped can still be switched off.
    named = patch.mode is not None or patch.default_mode
    destination = replace(
        stored,
        display_name=stored.display_name if patch.display_name is None else patch.display_name or definition.name,
        enabled=stored.enabled if patch.enabled is None else patch.enabled,
        mode=resolve_mode(source, definition, patch.mode) if named else stored.mode,
        settings=_settings(stored, definition, patch),
        consent_categories=stored.consent_categories
        if patch.consent_categories is None
        else read_categories(patch.consent_categories),
    )
    return destination if destination == stored else replace(destination, updated_at=manage.clock().wall)


def _settings(stored: Destination, definition: Definition, patch: DestinationPatch) -> Mapping[str, Any]:
    """What is stored, merged with what is given. What cannot be opened is kept as it is, or emptied, but never merged:
    the values that are not given would be lost for good, though their key may be found again."""
    if is_lost(stored) and not patch.clear_settings:
        if not patch.settings:
            return stored.settings
        raise invalid(
            "config: the stored settings cannot be decrypted, so nothing can be merged into them; start the edge with "
            "the key that sealed them, or empty config first and set everything anew"
        )
    known = {} if is_lost(stored) else stored.settings
    kept = {} if patch.clear_settings else dict(known)
    given = unmasked(definition, known, patch.settings)
    check_settings(definition, {name: value for name, value in given.items() if value is not None})
    return {name: value for name, value in (kept | given).items() if value is not None}


async def _check(
    view: View,
    source: Source,
    before: Destination,
    after: Destination,
    *,
    definition: Definition,
    proven: Proven,
) -> None:
    """The rules for what is enabled now. A new name alone is not held against what was enabled before."""
    siblings = await view.destinations(source.id)
    check_siblings(source, after, siblings)
    same = (before.enabled, before.mode, before.settings) == (True, after.mode, after.settings)
    if not after.enabled or same:
        return
    resolve_mode(source, definition, after.mode)
    check_enabled(source, after, definition)
    await _check_filters(view, after, siblings)
    bundle = definition.bundle if source.platform == "web" and after.mode == "device" else None
    if bundle is not None and bundle not in proven:
        raise UnprovenError(definition, bundle)


async def _check_filters(view: View, after: Destination, siblings: Sequence[Destination]) -> None:
    filters = await view.filters(siblings)
    check_on_device(after, [one for one in filters if one.destination_id == after.id])
    check_size([after, *(one for one in siblings if one.id != after.id)], filters)


def _done(position: int, changed: bool, source: Source, described: Described) -> Done[Described]:
    definition = described.definition
    advice = advise(source, described.destination, definition) if definition is not None else ()
    return Done(described, position, changed, advice)
