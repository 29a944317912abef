"""Purges, receipts and status over HTTP."""

from edge.api import render
from edge.api.bodies import PurgeBody
from edge.api.call import Call, Reply, integer_of, seconds_of
from edge.manage import changes, purges
from edge.manage.problem import invalid
from edge.manage.purges import VERBS


async def create_purge(call: Call) -> Reply:
    body: PurgeBody = call.body
    verb = next((one for one in VERBS if one == body.verb), None)
    if verb is None:
        raise invalid(f"verb: {body.verb[:40]!r} is no verb; allowed: {', '.join(VERBS)}")
    wait = seconds_of(body.wait) if body.wait is not None else None
    position = await purges.purge(
        call.deps.manage, call.principal, tags=body.tags, sources=body.sources, verb=verb, reason=body.reason
    )
    receipts = call.deps.receipts
    if wait is not None:
        await receipts.wait_live(position, wait)
    found = await changes.receipt(call.deps.manage, call.principal, receipts, position, purges_only=True)
    return Reply(render.purge(found), status=202, position=position)


async def show_purge(call: Call) -> Reply:
    position = integer_of(call.path["id"], "id")
    found = await changes.receipt(call.deps.manage, call.principal, call.deps.receipts, position, purges_only=True)
    return Reply(render.purge(found))


async def show_change(call: Call) -> Reply:
    position = integer_of(call.path["position"], "position")
    return Reply(render.receipt(await changes.receipt(call.deps.manage, call.principal, call.deps.receipts, position)))


async def status(call: Call) -> Reply:
    head, attendance = await changes.status(call.deps.manage, call.principal, call.deps.receipts)
    nodes = [
        {
            "node": row.node,
            "host": row.host,
            "state": state,
            "cursor": row.cursor,
            "lag": head.position - row.cursor,
            "build": row.build,
            "started_at": render.time_of(row.started_at),
            "reported_at": render.time_of(row.reported_at),
        }
        for state, rows in (("live", attendance.live), ("silent", attendance.silent))
        for row in rows
    ]
    return Reply({"version": call.deps.version, "epoch": head.epoch, "head": head.position, "nodes": nodes})
