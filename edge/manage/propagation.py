"""How changes arrived: the last ones with their receipts, and the fleet's last hour."""

from dataclasses import dataclass

from edge.journal.receipts import Receipt, Receipts
from edge.manage.changes import visible, wholly_visible
from edge.manage.operation import Manage, require
from edge.manage.problem import ProblemError
from edge.model.change import Entry
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.observe.fleet import Fleet
from edge.observe.hour import Hour

SHOWN = 12
LOOKED_AT = 400
"""Entries of the journal that are looked through for those that the caller may see."""


@dataclass(frozen=True, slots=True)
class Recent:
    """``whole``: whether all that the entry names is the caller's to know."""

    entry: Entry
    receipt: Receipt
    whole: bool


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


def may_see_hour(principal: Principal) -> bool:
    return principal.workspace == EVERY_WORKSPACE and principal.may("workspace:read")


async def hour(principal: Principal, fleet: Fleet) -> Hour:
    """For instance tokens: what all workspaces together are asked for is no one workspace's to know."""
    require(principal, "workspace:read")
    if not may_see_hour(principal):
        raise ProblemError("forbidden", "the numbers of the whole edge need an instance token")
    return await fleet.hour()
