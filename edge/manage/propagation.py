"""How changes arrived: the last ones with their receipts, and the fleet's last hour."""

from dataclasses import dataclass

from edge.journal.receipts import Receipt, Receipts
from edge.manage.changes import visible, wholly_visible
from edge.manage.operation import Manage, require
from edge.manage.problem import ProblemError
from edge.model.change import Entry
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.observe.fleet import Fleet
from edge.observe.hour import Hour, hour_before
from edge.store.entries import Span

SHOWN = 12
MOST_TIMED = 200
BATCH = 200
"""Entries of the journal that are read at once."""
LOOKED_AT = 400
"""Entries of the journal that are looked through for those that the caller may see."""


@dataclass(frozen=True, slots=True)
class Recent:
    """``whole``: whether all that the entry names is the caller's to know."""

    entry: Entry
    receipt: Receipt
    whole: bool


@dataclass(frozen=True, slots=True)
class Timed:
    """A change: committed ``at`` (Unix seconds), live everywhere after so many ``seconds``."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class OwnHour:
    """The changes of an hour that are live, the newest first. ``cut``: there were more, which are not timed."""

    timed: tuple[Timed, ...]
    cut: bool


async def recent(manage: Manage, principal: Principal, receipts: Receipts) -> list[Recent]:
    """The last changes and purges of published documents that the caller may see, the newest first."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        entries = await view.newest(LOOKED_AT)
    found = []
    for entry in [one for one in entries if one.tags and visible(principal, one)][:SHOWN]:
        receipt = await receipts.of(entry.position)
        if receipt is not None:
            found.append(Recent(entry, receipt, wholly_visible(principal, entry)))
    return found


async def own_hour(manage: Manage, principal: Principal, receipts: Receipts) -> OwnHour:
    """The last hour of the caller's workspace alone. The newest MOST_TIMED changes of it are timed: each has a receipt
    to be computed."""
    require(principal, "workspace:read")
    since = hour_before(manage.clock().wall)
    found: list[Entry] = []
    before, more = 0, True
    async with manage.store.view() as view:
        while more and len(found) <= MOST_TIMED:
            batch = await view.entries(Span(f"workspaces/{principal.workspace}", before, limit=BATCH))
            found += [one for one in batch if one.tags and one.at >= since]
            more = len(batch) == BATCH and batch[-1].at >= since
            before = batch[-1].position if batch else 0
    timed = []
    for entry in found[:MOST_TIMED]:
        receipt = await receipts.of(entry.position)
        if receipt is not None and receipt.propagation_ms is not None:
            timed.append(Timed(entry.at, receipt.propagation_ms / 1000))
    return OwnHour(tuple(timed), cut=len(found) > MOST_TIMED)


def may_see_hour(principal: Principal) -> bool:
    return principal.workspace == EVERY_WORKSPACE and principal.may("workspace:read")


async def hour(principal: Principal, fleet: Fleet) -> Hour:
    """For instance tokens: what all workspaces together are asked for is no one workspace's to know."""
    require(principal, "workspace:read")
    if not may_see_hour(principal):
        raise ProblemError("forbidden", "the numbers of the whole edge need an instance token")
    return await fleet.hour()
