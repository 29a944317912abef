"""Receipts: where a change is live. Computed from the roster at every question, never stored (DESIGN section 4.5).

pending ──► live: every live node has applied the position, and the front of every host with a live node shows it
        ──► settled: its rebound is sent too; silent nodes are fenced, and silent hosts have no copies left; for a
            revoke, silent nodes have nothing left to answer on error either, nor has whoever starts on the disk of a
            node that left
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from edge.journal.fronted import FrontReceipt, Unreachable, front_of, fronts_of
from edge.journal.left import left_behind
from edge.journal.membership import Attendance, Membership, Roster
from edge.journal.watch import Watch
from edge.model.budget import Budget
from edge.model.change import Entry, Verb
from edge.model.instant import Clock
from edge.store.roster import CURSOR_MEMORY, AckRow, DiskRow
from edge.store.store import Store

State = Literal["pending", "live", "settled"]
Goal = Literal["live", "settled"]
GOALS: tuple[Goal, ...] = ("live", "settled")


@dataclass(frozen=True, slots=True)
class NodeReceipt:
    """``applied_at`` is Unix time, ``None`` while the node has not come so far."""

    node: str
    cursor: int
    applied_at: float | None


@dataclass(frozen=True, slots=True)
class HostReceipt:
    host: str
    nodes: tuple[NodeReceipt, ...]
    front: FrontReceipt


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

    def reached(self, goal: Goal) -> bool:
        return self.state in ("settled", goal)


def compute(
    entry: Entry,
    epoch: str,
    attendance: Attendance,
    applied_at: Mapping[str, float],
    acks: Sequence[AckRow] = (),
    *,
    disks: Sequence[DiskRow] = (),
    budget: Budget,
    now: float,
) -> Receipt:
    """The receipt of ``entry`` as the roster stands. There is no way from a failure to ``live`` (I13)."""
    there = [row.epoch == epoch and row.cursor >= entry.position for row in attendance.live]
    fronts = fronts_of(entry, epoch, attendance, acks, budget=budget, now=now)
    live = attendance.certain and bool(there) and all(there) and fronts.shown
    behind = [row for row in attendance.silent if row.epoch != epoch or row.cursor < entry.position]
    # What a node may answer on error was confirmed while it held its lease, which ended with its fencing.
    fenced_at = {row.node: row.reported_at + attendance.patience for row in behind}
    silent = [Unreachable(row.host, row.node, fenced_at[row.node] + budget.on_error()) for row in behind]
    deserted = [front for front in fronts.deserted if front.until > now]
    left = left_behind(entry, epoch, attendance, disks, budget=budget, now=now)
    # Silent means fenced; only what must not be served even on error has to wait for the on-error limit.
    waiting = bool(deserted) or bool(left) or (entry.verb == "revoke" and any(node.until > now for node in silent))
    state: State = "pending" if not live else "live" if waiting or not fronts.firm else "settled"
    # A node that joined after the commit never had anything older to show: it says nothing of propagation.
    witnesses = [row for row in attendance.live if row.started_at <= entry.at]
    times = [applied_at[row.node] for row in witnesses if row.node in applied_at]
    times += fronts.shown_at({row.host for row in witnesses})
    # Beyond the roster's memory the first cursor that it still knows was reached long after the position.
    remembered = now - entry.at < CURSOR_MEMORY
    live_at = max([*times, *fenced_at.values(), entry.at]) if live and remembered else None
    return Receipt(
        position=entry.position,
        state=state,
        verb=entry.verb,
        tags=entry.tags,
        committed_at=entry.at,
        propagation_ms=round((live_at - entry.at) * 1000, 3) if live_at is not None else None,
        browsers_until=max([live_at, *fronts.last_shows()]) + budget.downstream() if live_at is not None else None,
        last_error=fronts.errors(),
        hosts=_hosts(attendance, epoch, entry.position, applied_at, acks),
        unreachable=(*silent, *left, *deserted),
    )


def _hosts(
    attendance: Attendance, epoch: str, position: int, applied_at: Mapping[str, float], acks: Sequence[AckRow]
) -> tuple[HostReceipt, ...]:
    hosts: dict[str, list[NodeReceipt]] = {}
    for row in attendance.live:
        there = row.epoch == epoch and row.cursor >= position
        time = applied_at.get(row.node, row.reported_at) if there else None
        hosts.setdefault(row.host, []).append(NodeReceipt(row.node, row.cursor, time))
    known, acked = {host.host: host for host in attendance.hosts}, {ack.host: ack for ack in acks}
    return tuple(
        HostReceipt(name, tuple(nodes), front_of(known.get(name), acked.get(name)))
        for name, nodes in sorted(hosts.items())
    )


class Receipts:
    """Answers for the positions of this store."""

    def __init__(self, store: Store, roster: Roster, membership: Membership, budget: Budget, clock: Clock) -> None:
        self._store = store
        self._roster = roster
        self._membership = membership
        self._budget = budget
        self._clock = clock
        self._watch = Watch(self.attendance, membership.bell)

    async def of(self, position: int) -> Receipt | None:
        """The receipt of ``position``; ``None`` when the journal has no such entry."""
        return await self.wait(position, 0)

    async def wait_live(self, position: int, seconds: float) -> Receipt | None:
        """The receipt as soon as it is live, or as it stands after ``seconds``."""
        return await self.wait(position, seconds)

    async def wait(self, position: int, seconds: float, goal: Goal = "live") -> Receipt | None:
        """The receipt as soon as it has reached ``goal``, or as it stands after ``seconds``."""
        async with self._store.view() as view:
            entry, epoch = await view.entry(position), view.as_of.epoch
        if entry is None:
            return None
        deadline = self._clock().boot + seconds
        with self._watch.waiting():
            attendance = await self.attendance()
            while True:
                acks = await self._acks(entry, epoch, attendance)
                # After the nodes: one that leaves meanwhile is in both, or in the second.
                disks = await self._roster.disks() if entry.verb == "revoke" else []
                receipt = self._compute(entry, epoch, attendance, {}, acks, disks=disks)
                left = deadline - self._clock().boot
                if receipt.reached(goal) or left <= 0:
                    # When each node came there is asked for once, at the end: no state depends on it.
                    applied_at = await self._roster.applied_at(epoch, position)
                    return self._compute(entry, epoch, attendance, applied_at, acks, disks=disks)
                attendance = await self._watch.next(left) or await self.attendance()

    async def attendance(self) -> Attendance:
        """Who follows the journal at this moment."""
        return await self._membership.attendance(self._clock())

    async def _acks(self, entry: Entry, epoch: str, attendance: Attendance) -> list[AckRow]:
        if not entry.tags or all(host.front == "none" for host in attendance.hosts):
            return []
        return await self._roster.acks(epoch, entry.position)

    def _compute(
        self,
        entry: Entry,
        epoch: str,
        attendance: Attendance,
        applied_at: Mapping[str, float],
        acks: Sequence[AckRow],
        *,
        disks: Sequence[DiskRow],
    ) -> Receipt:
        now = self._clock().wall
        return compute(entry, epoch, attendance, applied_at, acks, disks=disks, budget=self._budget, now=now)
