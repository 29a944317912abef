"""Destination filters: list, show, create, change, delete."""

from dataclasses import dataclass, replace

from edge.manage.advice import advise_filters
from edge.manage.filter_rules import MAX_FILTERS, check_condition, check_on_device, check_size, check_texts
from edge.manage.operation import Done, Manage, commit, hold, position_of, put, require, seen_destination, seen_filter
from edge.manage.problem import invalid
from edge.model.destination import Destination
from edge.model.filter import Filter, FilterAction
from edge.model.source import Source
from edge.model.token import Principal
from edge.store.lookup import Page
from edge.store.store import Draft
from edge.store.view import View

PREFIX = "df_"
"""What the ids of filters begin with in Segment's Config API."""


@dataclass(frozen=True, slots=True)
class FilterPatch:
    """What a change sets; ``None`` leaves a field alone."""

    title: str | None = None
    description: str | None = None
    condition: str | None = None
    actions: tuple[FilterAction, ...] | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where filters are: the slugs of workspace, source and destination."""

    workspace: str
    source: str
    destination: str


async def listed(manage: Manage, principal: Principal, place: Place, page: Page) -> list[Filter]:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        _, destination = await _seen(view, principal, place)
        return [stored.document for stored in await view.listed("filter", destination.id, page)]


async def show(manage: Manage, principal: Principal, place: Place, filter_id: str) -> Filter:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        _, destination = await _seen(view, principal, place)
        return await seen_filter(view, destination, filter_id)


async def placed(manage: Manage, principal: Principal, place: Place, filter_id: str) -> tuple[Filter, int]:
    """With the position of its last change, which a change can be held to (``expected``)."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        _, destination = await _seen(view, principal, place)
        found = await seen_filter(view, destination, filter_id)
        return found, await position_of(view, "filter", found.id)


async def was(manage: Manage, principal: Principal, place: Place, filter_id: str, *, position: int) -> Filter | None:
    """The filter as it was at ``position``; ``None`` where it did not exist, or that is forgotten."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        _, destination = await _seen(view, principal, place)
        found = await view.past(position).document("filter", (await seen_filter(view, destination, filter_id)).id)
    return found if isinstance(found, Filter) else None


async def create(manage: Manage, principal: Principal, place: Place, patch: FilterPatch) -> Done[Filter]:
    require(principal, "workspace:write")
    if patch.condition is None:
        raise invalid('if: it is required; write a condition, as type = "track", or all')
    if patch.actions is None:
        raise invalid("actions: they are required; say what happens to the events for which the condition holds")
    condition, actions = patch.condition, patch.actions
    result: list[Done[Filter]] = []

    async def plan(view: View) -> Draft:
        source, destination = await _seen(view, principal, place)
        count = len(await view.filters([destination]))
        if count >= MAX_FILTERS:
            raise invalid(f"filter: {destination.name} has {count} filters; at most {MAX_FILTERS} are allowed")
        now = manage.clock().wall
        blank = Filter(
            id=PREFIX + manage.new_id(),
            source_id=source.id,
            destination_id=destination.id,
            destination_name=destination.name,
            title="",
            condition=condition,
            actions=actions,
            enabled=False,
            created_at=now,
            updated_at=now,
        )
        check_condition(condition)
        made = await _checked(view, source, destination, _patched(blank, patch))
        result.append(made)
        return put(made.document, reason=f"create {made.document.name}")

    position, changed = await commit(manage, principal, plan)
    return replace(result[-1], position=position, changed=changed)


async def change(
    manage: Manage,
    principal: Principal,
    place: Place,
    filter_id: str,
    patch: FilterPatch,
    *,
    expected: int | None = None,
) -> Done[Filter]:
    """``expected`` is the position of the filter that the change was made for; refused if it is another now."""
    require(principal, "workspace:write")
    result: list[Done[Filter]] = []

    async def plan(view: View) -> Draft:
        source, destination = await _seen(view, principal, place)
        stored = await seen_filter(view, destination, filter_id)
        position = await position_of(view, "filter", stored.id)
        hold(stored.name, position, expected)
        patched = _patched(stored, patch)
        # What nobody changes is not judged again: what a newer release wrote can still be switched off.
        if patched.condition != stored.condition:
            check_condition(patched.condition)
        if patched != stored:
            patched = replace(patched, updated_at=manage.clock().wall)
        made = await _checked(view, source, destination, patched)
        result.append(replace(made, own=position))
        return put(made.document, reason=f"change {stored.name}")

    position, changed = await commit(manage, principal, plan)
    own = position if changed else result[-1].own
    return replace(result[-1], position=position, changed=changed, own=own)


async def delete(
    manage: Manage, principal: Principal, place: Place, filter_id: str, *, expected: int | None = None
) -> Done[Filter]:
    """``expected`` as in ``change``."""
    require(principal, "workspace:write")
    result: list[Filter] = []

    async def plan(view: View) -> Draft:
        _, destination = await _seen(view, principal, place)
        stored = await seen_filter(view, destination, filter_id)
        hold(stored.name, await position_of(view, "filter", stored.id), expected)
        result.append(stored)
        return Draft(deletes=(stored,), reason=f"delete {stored.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[-1], position, changed)


def _patched(stored: Filter, patch: FilterPatch) -> Filter:
    return replace(
        stored,
        title=stored.title if patch.title is None else patch.title,
        description=stored.description if patch.description is None else patch.description,
        condition=stored.condition if patch.condition is None else patch.condition,
        actions=stored.actions if patch.actions is None else patch.actions,
        enabled=stored.enabled if patch.enabled is None else patch.enabled,
    )


async def _checked(view: View, source: Source, destination: Destination, changed: Filter) -> Done[Filter]:
    check_texts(changed.title, changed.description)
    check_on_device(destination, [changed])
    siblings = await view.destinations(source.id)
    others = [one for one in await view.filters(siblings) if one.id != changed.id]
    check_size(siblings, [*others, changed])
    return Done(changed, 0, changed=False, advice=advise_filters(source, destination, [changed]))


async def _seen(view: View, principal: Principal, place: Place) -> tuple[Source, Destination]:
    source, destination, _ = await seen_destination(view, principal, place.workspace, place.source, place.destination)
    return source, destination
