"""Origin calls of the roster: the Protocol's methods, one for one, on this node's clock."""

from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError

from edge.model.position import AsOf
from edge.origin.call import Answer, Call, answered
from edge.origin.wire import moved
from edge.store.roster import AckRow, Newcomer


@dataclass(frozen=True, slots=True)
class Beat:
    node: str
    cursor: AsOf
    moved: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    node: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """``now``: what the sender's clock said when it sent ``ack``."""

    ack: AckRow
    now: float


_NEWCOMER, _BEAT = TypeAdapter(Newcomer), TypeAdapter(Beat)
_LEAVING, _ACKNOWLEDGED = TypeAdapter(Leaving), TypeAdapter(Acknowledged)


async def join(call: Call) -> Answer:
    """A node whose answer was lost asks again, and is in the roster already: ids are random, so it is the same one."""
    newcomer: Newcomer = call.json(_NEWCOMER)
    try:
        await call.sources.roster.join(newcomer, call.sources.clock().wall)
    except IntegrityError:
        if all(row.node != newcomer.node for row in await call.sources.roster.rows()):
            raise
    call.sources.changed()
    return answered({})


async def beat(call: Call) -> Answer:
    given: Beat = call.json(_BEAT)
    known = await call.sources.roster.beat(given.node, given.cursor, given.moved, call.sources.clock().wall)
    call.sources.changed()
    return answered({"known": known})


async def leave(call: Call) -> Answer:
    given: Leaving = call.json(_LEAVING)
    await call.sources.roster.leave(given.node)
    call.sources.changed()
    return answered({})


async def rows(call: Call) -> Answer:
    return answered({"now": call.sources.clock().wall, "rows": await call.sources.roster.rows()})


async def hosts(call: Call) -> Answer:
    return answered({"now": call.sources.clock().wall, "rows": await call.sources.roster.hosts()})


async def disks(call: Call) -> Answer:
    return answered({"now": call.sources.clock().wall, "rows": await call.sources.roster.disks()})


async def ack(call: Call) -> Answer:
    given: Acknowledged = call.json(_ACKNOWLEDGED)
    now = call.sources.clock().wall
    await call.sources.roster.ack(moved(given.ack, now - given.now), now)
    call.sources.changed()
    return answered({})


async def acks(call: Call) -> Answer:
    """Of one host, or of one position."""
    roster, host, epoch = call.sources.roster, call.text("host"), call.required("epoch")
    found = await (roster.acks_of(host, epoch) if host is not None else roster.acks(epoch, call.position("position")))
    return answered({"now": call.sources.clock().wall, "rows": found})


async def applied_at(call: Call) -> Answer:
    found = await call.sources.roster.applied_at(call.required("epoch"), call.position("position"))
    return answered({"now": call.sources.clock().wall, "nodes": found})
