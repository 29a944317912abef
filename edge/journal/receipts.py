"""Receipts: where a change is live. Computed from the roster at every question, never stored (DESIGN section 4.5).

pending ──► live: every live node has applied the position
        ──► settled: and no node is left that is merely silent
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from edge.journal.membership import Attendance, Membership, Roster
from edge.model.budget import Budget
from edge.model.change import Entry, Verb
from edge.model.instant import Clock
from edge.store.roster import CURSOR_MEMORY, NodeRow
from edge.store.store import Store

State = Literal["pending", "live", "settled"]

LOOK_AGAIN = 0.005
"""Seconds between two looks at the roster while somebody waits for ``live``."""


@dataclass(frozen=True, slots=True)
class NodeReceipt:
    """``applied_at`` is Unix time, ``None`` while the node has not come so far."""

    node: str
    cursor: int
    applied_at: float | None


@dataclass(frozen=True, slots=True)
class FrontReceipt:
    """The cache before a host's nodes; both ``None`` where there is none."""

    acked_at: float | None = None
    rebound_at: float | None = None


@dataclass(frozen=True, slots=True)
class HostReceipt:
    host: str
    nodes: tuple[NodeReceipt, ...]
    front: FrontReceipt = FrontReceipt()


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A silent node; it has fenced itself, and answers nothing at all from before the position after ``until``."""

    node: str
    until: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """Times are Unix seconds. ``browsers_until``: when the last browser's copy from before has ended.

    It and ``propagation_ms`` are ``None`` until the change is live, and again once the roster has forgotten since when.
    """

    position: int
    state: State
    verb: Verb
    tags: tuple[str, ...]
    committed_at: float
    propagation_ms: float | None
    browsers_until: float | None
    last_error: str | None
    hosts: tuple[HostReceipt, ...]
    unreachable: tuple[Unreachable, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def compute(
    entry: Entry, epoch: str, attendance: Attendance, applied_at: Mapping[str, float], *, budget: Budget, now: float
) -> Receipt:
    """The receipt of ``entry`` as the roster stands. There is no way from a failure to ``live``."""
    there = [row.epoch == epoch and row.cursor >= entry.position for row in attendance.live]
    live = attendance.certain and bool(there) and all(there)
    behind = [row for row in attendance.silent if row.epoch != epoch or row.cursor < entry.position]
    # What a node may answer on error was confirmed while it held its lease, which ended with its fencing.
    fenced_at = {row.node: row.reported_at + attendance.patience for row in behind}
    unreachable = tuple(Unreachable(node, at + budget.on_error()) for node, at in fenced_at.items())
    # Silent means fenced; only what must not be served even on error has to wait for the on-error limit.
    waiting = entry.verb == "revoke" and any(node.until > now for node in unreachable)
    # A node that joined after the commit never had anything older to show: it says nothing of propagation.
    times = [applied_at[row.node] for row in attendance.live if row.node in applied_at and row.started_at <= entry.at]
    # Beyond the roster's memory the first cursor that it still knows was reached long after the position.
    remembered = now - entry.at < CURSOR_MEMORY
    live_at = max([*times, *fenced_at.values(), entry.at]) if live and remembered else None
    state: State = "pending" if not live else "live" if waiting else "settled"
    return Receipt(
        position=entry.position,
        state=state,
        verb=entry.verb,
        tags=entry.tags,
        committed_at=entry.at,
        propagation_ms=round((live_at - entry.at) * 1000, 3) if live_at is not None else None,
        browsers_until=live_at + budget.downstream() if live_at is not None else None,
        last_error=None,
        hosts=_hosts(attendance.live, epoch, entry.position, applied_at),
        unreachable=unreachable,
    )


def _hosts(
    rows: Sequence[NodeRow], epoch: str, position: int, applied_at: Mapping[str, float]
) -> tuple[HostReceipt, ...]:
    hosts: dict[str, list[NodeReceipt]] = {}
    for row in rows:
        there = row.epoch == epoch and row.cursor >= position
        time = applied_at.get(row.node, row.reported_at) if there else None
        hosts.setdefault(row.host, []).append(NodeReceipt(row.node, row.cursor, time))
    return tuple(HostReceipt(host, tuple(nodes)) for host, nodes in sorted(hosts.items()))


class Receipts:
    """Answers for the positions of this store."""

    def __init__(self, store: Store, roster: Roster, membership: Membership, budget: Budget, clock: Clock) -> None:
        self._store = store
        self._roster = roster
        self._membership = membership
        self._budget = budget
        self._clock = clock

    async def of(self, position: int) -> Receipt | None:
        """The receipt of ``position``; ``None`` when the journal has no such entry."""
        async with self._store.view() as view:
            entry, epoch = await view.entry(position), view.as_of.epoch
        return await self._of(entry, epoch) if entry is not None else None

    async def wait_live(self, position: int, seconds: float) -> Receipt | None:
        """The receipt as soon as it is live, or as it stands after ``seconds``."""
        async with self._store.view() as view:
            entry, epoch = await view.entry(position), view.as_of.epoch
        if entry is None:
            return None
        deadline = self._clock().boot + seconds
        while True:
            receipt = await self._of(entry, epoch)
            if receipt.state != "pending" or self._clock().boot >= deadline:
                return receipt
            await asyncio.sleep(LOOK_AGAIN)

    async def attendance(self) -> Attendance:
        """Who follows the journal at this moment."""
        return await self._membership.attendance(self._clock())

    async def _of(self, entry: Entry, epoch: str) -> Receipt:
        now = self._clock()
        attendance = await self._membership.attendance(now)
        applied_at = await self._roster.applied_at(epoch, entry.position)
        return compute(entry, epoch, attendance, applied_at, budget=self._budget, now=now.wall)
