"""The last hour of the fleet: every live node is asked for its minutes, which are summed."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.observe.asking import Asking, UnansweredError
from edge.observe.minutes import KEPT, MINUTE, Minute
from edge.store.roster import NodeRow

AT_ONCE = 8
"""Nodes that are asked at the same time."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A node whose numbers are missing in the sum, and why."""

    node: str
    host: str
    reason: str


@dataclass(frozen=True, slots=True)
class Hour:
    """``minutes``: the last 60, the oldest first, those without anything too; of ``asked`` nodes but the ``silent``."""

    minutes: tuple[Minute, ...]
    asked: int
    silent: tuple[Silent, ...]


async def hour_of(asking: Asking, rows: Sequence[NodeRow], now: float, fallen: Sequence[NodeRow] = ()) -> Hour:
    """Never raises for a node that does not answer: it is named instead, as are the ``fallen``, which are not asked:
    the roster has not heard of them for too long. ``now`` in Unix seconds."""
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(row: NodeRow) -> list[Minute] | Silent:
        async with places:
            try:
                return await asking.minutes(row.node, row.url)
            except UnansweredError as error:
                return Silent(row.node, row.host, str(error))

    found = await asyncio.gather(*(ask(row) for row in rows))
    answers = [minute for one in found if not isinstance(one, Silent) for minute in one]
    silent = [one for one in found if isinstance(one, Silent)]
    silent += [Silent(row.node, row.host, "silent in the roster") for row in fallen]
    return Hour(summed(answers, now), len(rows) + len(fallen), tuple(silent))


def hour_before(now: float) -> int:
    """When the hour begins that ends with the minute of ``now``; Unix seconds."""
    return (int(now) // MINUTE - KEPT + 1) * MINUTE


def summed(minutes: Iterable[Minute], now: float) -> tuple[Minute, ...]:
    """The last hour, with what each minute has of all of these; what another machine's clock puts elsewhere is left
    out."""
    first = hour_before(now) // MINUTE
    found = {at: Minute(at) for at in range(first, first + KEPT)}
    for minute in minutes:
        if minute.at in found:
            found[minute.at].add(minute)
    return tuple(found.values())
