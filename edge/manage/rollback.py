"""Rolling a source back: its settings, destinations and filters become what they were at a position, in one new change.

    preview ──► what will be created, changed, deleted, and the position up to which that is so (``basis``)
                  └──► roll back, held to it: where anything of it changed since, nothing is written

Never brought back: secrets (what a destination has now stays; one made anew has none, and is disabled if it needs one)
and write keys (a retired key is never used again).
"""

from dataclasses import dataclass, replace

from edge.manage.history import ROLLED_BACK, image_at
from edge.manage.operation import Done, Manage, require, seen_source
from edge.manage.origins import Image
from edge.manage.problem import conflict
from edge.manage.proof import Proven, UnprovenError, commit_proven
from edge.manage.published import image_of
from edge.manage.restoring import Step, restoring
from edge.model.source import Source
from edge.model.token import Principal
from edge.store.store import Draft
from edge.store.view import View


@dataclass(frozen=True, slots=True)
class Preview:
    """``basis`` is the position of the last change to anything of it: what the roll-back is held to."""

    source: Source
    position: int
    basis: int
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()


async def preview(manage: Manage, principal: Principal, workspace: str, slug: str, position: int) -> Preview:
    """What rolling back to ``position`` would do; it writes nothing."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, slug)
        then, now = await image_at(view, source, position), await image_of(view, source)
        now = await _with_catalog(view, now, then)
        planned = restoring(now, then, manage.clock().wall, await view.official_versions())
        return Preview(source, position, await _basis(view, now), tuple(planned.steps), tuple(planned.notes))


async def roll_back(
    manage: Manage, principal: Principal, workspace: str, slug: str, *, position: int, basis: int
) -> Done[Source]:
    """In one commit. ``basis`` is the preview's; refused where something of it was changed since."""
    require(principal, "workspace:write")
    result: list[Source] = []

    async def plan(proven: Proven, view: View) -> Draft:
        source = await seen_source(view, principal, workspace, slug)
        then, now = await image_at(view, source, position), await image_of(view, source)
        now = await _with_catalog(view, now, then)
        newest = await _basis(view, now)
        if newest != basis:
            raise conflict(
                f"{source.name} was changed meanwhile, at position {newest}, and the preview was of position {basis}: "
                "look at the preview again"
            )
        planned = restoring(now, then, manage.clock().wall, await view.official_versions())
        for definition in planned.needs:
            if definition.bundle is not None and definition.bundle not in proven:
                raise UnprovenError(definition, definition.bundle)
        result.append(source)
        reason = f"{ROLLED_BACK}{source.name} to position {position}"
        return Draft(puts=tuple(planned.puts), deletes=tuple(planned.deletes), reason=reason)

    committed, changed = await commit_proven(manage, principal, plan)
    return Done(result[-1], committed, changed)


async def _with_catalog(view: View, now: Image, then: Image) -> Image:
    """``now`` with today's definitions of what there was then too."""
    found = await view.definitions([one.definition for one in (*now.destinations, *then.destinations)])
    return replace(now, definitions={slug: stored.document for slug, stored in found.items()})


async def _basis(view: View, now: Image) -> int:
    catalog = await view.several("definition", now.definitions)
    return max([await view.touched(now.source.id), *(stored.position for stored in catalog.values())])
