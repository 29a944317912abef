"""Destinations: list, show, create, change, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edge.manage.advice import advise
from edge.manage.consent import read_categories
from edge.manage.enabling import check_change
from edge.manage.merged_settings import Whence, copied_settings, merged_settings
from edge.manage.names import check_display_name, check_slug
from edge.manage.operation import Done, Manage, commit, hold, position_of, put, require, seen_destination, seen_source
from edge.manage.problem import conflict, invalid
from edge.manage.proof import Proven, commit_proven
from edge.manage.rules import resolve_mode, unsupported_definition
from edge.model.definition import ConnectionMode, Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.model.token import Principal
from edge.store.lookup import Page
from edge.store.store import Draft
from edge.store.view import View


@dataclass(frozen=True, slots=True)
class DestinationPatch:
    """What a change sets; ``None`` leaves a field alone.

    ``settings`` is merged by name, a ``None`` in it removes the setting; ``clear_settings`` removes all first.
    ``copy_from`` first replaces all of them by those of another destination of the same definition and workspace,
    secrets with them. ``default_mode`` asks for the mode that the rules give when none is named. An empty
    ``display_name``: the definition's.
    """

    display_name: str | None = None
    enabled: bool | None = None
    mode: ConnectionMode | None = None
    default_mode: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    clear_settings: bool = False
    copy_from: Whence | None = None
    consent_categories: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A destination with its definition: what is needed to show it with its secrets masked.

    ``position`` is that of its last change, and what a change can be held to (``expected``); 0 where nobody asked.
    """

    destination: Destination
    definition: Definition | None
    position: int = 0


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
        return Described(destination, definition, await position_of(view, "destination", destination.id))


async def was(
    manage: Manage, principal: Principal, workspace: str, source_slug: str, slug: str, *, position: int
) -> Destination | None:
    """The destination as it was at ``position``; ``None`` where it did not exist, or that is forgotten."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        _, destination, _ = await seen_destination(view, principal, workspace, source_slug, slug)
        found = await view.past(position).document("destination", destination.id)
    return found if isinstance(found, Destination) else None


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
        copied = await copied_settings(view, principal, workspace, blank, definition=definition, whence=patch.copy_from)
        destination = _patched(manage, source, blank, definition=definition, patch=patch, copied=copied)
        await check_change(view, source, blank, destination, definition=definition, proven=proven)
        result.append((source, Described(destination, definition)))
        return put(destination, reason=f"create {destination.name}{_credit(patch)}")

    return _done(*(await commit_proven(manage, principal, plan)), *result[-1])


async def change(
    manage: Manage,
    principal: Principal,
    workspace: str,
    source_slug: str,
    slug: str,
    *,
    patch: DestinationPatch,
    expected: int | None = None,
) -> Done[Described]:
    """``expected`` is the position of the destination that the change was made for; refused if it is another now.

    one admin reads 7 ── another commits 8 ── the first one's change expects 7: refused, in the same transaction
    """
    require(principal, "workspace:write")
    result: list[tuple[Source, Described]] = []

    async def plan(proven: Proven, view: View) -> Draft:
        source, stored, definition = await seen_destination(view, principal, workspace, source_slug, slug)
        position = await position_of(view, "destination", stored.id)
        hold(stored.name, position, expected)
        if definition is None:
            raise invalid(f"destination: the catalog has no {stored.definition!r} any more; it can only be deleted")
        copied = await copied_settings(
            view, principal, workspace, stored, definition=definition, whence=patch.copy_from
        )
        destination = _patched(manage, source, stored, definition=definition, patch=patch, copied=copied)
        await check_change(view, source, stored, destination, definition=definition, proven=proven)
        result.append((source, Described(destination, definition, position)))
        return put(destination, reason=f"change {destination.name}{_credit(patch)}")

    return _done(*(await commit_proven(manage, principal, plan)), *result[-1])


async def delete(
    manage: Manage, principal: Principal, workspace: str, source_slug: str, slug: str, *, expected: int | None = None
) -> Done[Described]:
    """With its filters. ``expected`` as in ``change``."""
    require(principal, "workspace:write")
    result: list[tuple[Source, Described]] = []

    async def plan(view: View) -> Draft:
        source, stored, definition = await seen_destination(view, principal, workspace, source_slug, slug)
        hold(stored.name, await position_of(view, "destination", stored.id), expected)
        result.append((source, Described(stored, definition)))
        filters = await view.filters([stored])
        return Draft(deletes=(*filters, stored), reason=f"delete {stored.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0][1], position, changed)


def _credit(patch: DestinationPatch) -> str:
    """For the journal: where settings came from."""
    whence = patch.copy_from
    return f", with the settings of {whence.source}/{whence.destination}" if whence is not None else ""


def _patched(
    manage: Manage,
    source: Source,
    stored: Destination,
    *,
    definition: Definition,
    patch: DestinationPatch,
    copied: Mapping[str, Any] | None,
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
        settings=merged_settings(stored, definition, patch.settings, clear=patch.clear_settings, copied=copied),
        consent_categories=stored.consent_categories
        if patch.consent_categories is None
        else read_categories(patch.consent_categories),
    )
    return destination if destination == stored else replace(destination, updated_at=manage.clock().wall)


def _done(position: int, changed: bool, source: Source, described: Described) -> Done[Described]:
    definition = described.definition
    described = replace(described, position=position) if changed else described
    advice = advise(source, described.destination, definition) if definition is not None else ()
    return Done(described, position, changed, advice)
