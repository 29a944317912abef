"""Purges, receipts and status over HTTP."""

from edge.api import render
from edge.api.bodies import PurgeBody
from edge.api.call import Call, Reply, integer_of, seconds_of
from edge.api.render_fleet import fleet
from edge.journal.receipts import GOALS, Goal, Receipt
from edge.manage import changes, purges
from edge.manage.problem import ProblemError, invalid
from edge.manage.purges import VERBS
from edge.store.failures import STORE_FAILURES


async def create_purge(call: Call) -> Reply:
    body: PurgeBody = call.body
    verb = next((one for one in VERBS if one == body.verb), None)
    if verb is None:
        raise invalid(f"verb: {body.verb[:40]!r} is no verb; allowed: {', '.join(VERBS)}")
    text = body.wait if body.wait is not None else call.query.get("wait")
    wait = seconds_of(text) if text is not None else None
    position = await purges.purge(
        call.deps.manage, call.principal, tags=body.tags, sources=body.sources, verb=verb, reason=body.reason
    )
    receipts = call.deps.receipts
    try:
        found = await (receipts.of(position) if wait is None else receipts.wait_live(position, wait))
    except STORE_FAILURES:
        found = None
    if found is None:
        # The purge stands; asking for it again would purge twice.
        raise ProblemError(
            "unavailable", f"purge {position} is written, its receipt cannot be read now: GET /purges/{position} later"
        )
    headers = {"Edge-Receipt": found.state} if wait is not None else {}
    return Reply(render.purge(found), status=202, position=position, headers=headers)


async def show_purge(call: Call) -> Reply:
    position = integer_of(call.path["position"], "position")
    return Reply(render.purge(await _receipt(call, position, purges_only=True)))


async def show_change(call: Call) -> Reply:
    position = integer_of(call.path["position"], "position")
    return Reply(render.receipt(await _receipt(call, position, purges_only=False)))


async def _receipt(call: Call, position: int, *, purges_only: bool) -> Receipt:
    """With ``?wait=``, as soon as it is live (or what ``until`` says), or as it stands then."""
    text = call.query.get("wait")
    wait = seconds_of(text) if text is not None else None
    goal = _goal(call.query.get("until"), wait)
    deps = call.deps
    found = await changes.receipt(deps.manage, call.principal, deps.receipts, position, purges_only=purges_only)
    if wait is None or found.reached(goal):
        return found
    return await deps.receipts.wait(position, wait, goal) or found


def _goal(text: str | None, wait: float | None) -> Goal:
    goal = next((one for one in GOALS if one == (text or "live")), None)
    if goal is None:
        raise invalid(f"until: {(text or '')[:40]!r} is no state to wait for; allowed: {', '.join(GOALS)}")
    if text is not None and wait is None:
        raise invalid("until: it says what to wait for; say for how long too, with wait=30s for example")
    return goal


async def status(call: Call) -> Reply:
    standing = await changes.status(call.principal, call.deps.fleet)
    return Reply({"version": call.deps.version, **fleet(standing)})
