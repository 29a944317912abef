"""Changes by position, and where they are live."""

from edge.journal.receipts import Receipt, Receipts
from edge.manage.operation import Manage, require, require_any
from edge.manage.problem import not_found
from edge.model.change import Entry
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.observe.fleet import Fleet
from edge.observe.standing import Standing


def visible(principal: Principal, entry: Entry) -> bool:
    """Whether the caller may know of ``entry``: everything for an instance token, else its own and its workspace's."""
    if principal.workspace == EVERY_WORKSPACE or entry.actor == principal.subject:
        return True
    own = f"workspaces/{principal.workspace}"
    return any(name == own or name.startswith(f"{own}/") for name in entry.resources)


def wholly_visible(principal: Principal, entry: Entry) -> bool:
    """Whether all that ``entry`` names is the caller's to know: a purge may be of several workspaces at once."""
    own = f"workspaces/{principal.workspace}"
    return principal.workspace == EVERY_WORKSPACE or all(
        name == own or name.startswith(f"{own}/") for name in entry.resources
    )


async def receipt(
    manage: Manage, principal: Principal, receipts: Receipts, position: int, *, purges_only: bool = False
) -> Receipt:
    """The receipt of a change that the caller may see; with ``purges_only``, of a purge."""
    require_any(principal, ("workspace:read", "cache:purge"))
    kind = "purges" if purges_only else "changes"
    async with manage.store.view() as view:
        entry = await view.entry(position)
    if entry is None or not visible(principal, entry) or (purges_only and entry.verb == "change"):
        raise not_found(f"{kind}/{position}")
    found = await receipts.of(position)
    if found is None:
        raise not_found(f"{kind}/{position}")
    return found


async def entry(manage: Manage, principal: Principal, position: int) -> Entry:
    """The journal's entry at ``position``, if the caller may see it."""
    require_any(principal, ("workspace:read", "cache:purge"))
    async with manage.store.view() as view:
        found = await view.entry(position)
    if found is None or not visible(principal, found):
        raise not_found(f"changes/{position}")
    return found


async def status(principal: Principal, fleet: Fleet) -> Standing:
    """How the fleet stands, as far as the caller may know."""
    require(principal, "workspace:read")
    standing = await fleet.look()
    return standing if principal.workspace == EVERY_WORKSPACE else standing.within(principal.sees)
