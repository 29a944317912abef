"""Looking at the fleet: the store's head, the roster, and the auditor's report from the node that audits."""

from collections.abc import Awaitable, Callable, Sequence

from edge.journal.membership import Membership, Roster
from edge.model.instant import Clock
from edge.model.position import AsOf
from edge.observe.asking import Asking, UnansweredError
from edge.observe.finding import finding_from_json
from edge.observe.hour import Hour, hour_of
from edge.observe.snapshot import Snapshot
from edge.observe.standing import Audit, AuditState, HostStanding, NodeStanding, RedisState, Standing, host_of, nodes_of
from edge.store.roster import NodeRow
from edge.store.store import Store

ASKED = 3
"""Nodes at most that are asked for the auditor's report: the auditor is the first of them unless it has just ended."""

Ping = Callable[[], Awaitable[bool]]


def auditors(rows: Sequence[NodeRow]) -> list[NodeRow]:
    """The nodes that may audit, the one that does first: with the store at hand, the lowest id."""
    return sorted((row for row in rows if row.role != "edge"), key=lambda row: row.node)


class Fleet:
    """``store_kind`` names the store's database. ``redis`` is ``None`` where none is configured."""

    def __init__(
        self,
        store: Store,
        roster: Roster,
        membership: Membership,
        asking: Asking,
        clock: Clock,
        *,
        store_kind: str,
        redis: Ping | None = None,
    ) -> None:
        self._store = store
        self._roster = roster
        self._membership = membership
        self._asking = asking
        self._clock = clock
        self._store_kind = store_kind
        self._redis = redis

    async def look(self, *, audit: bool = True) -> Standing:
        """``audit``: with the auditor's report, which another node has to be asked for.

        Raises one of STORE_FAILURES when store or roster cannot be asked.
        """
        now = self._clock()
        async with self._store.view() as view:
            head = view.as_of
        attendance = await self._membership.attendance(now)
        committed = await self._committed_after({row.cursor for row in (*attendance.live, *attendance.silent)}, head)
        nodes = nodes_of(attendance, head, committed, now.wall)
        return Standing(
            head=head,
            store=self._store_kind,
            redis=await self._redis_state(),
            certain=attendance.certain,
            patience=attendance.patience,
            nodes=nodes,
            hosts=await self._hosts(head, nodes),
            audit=await self._audit(attendance.live) if audit else Audit("none"),
        )

    async def hour(self) -> Hour:
        """The last hour of all nodes. Raises one of STORE_FAILURES when the roster cannot be asked."""
        now = self._clock()
        attendance = await self._membership.attendance(now)
        return await hour_of(self._asking, attendance.live, now.wall, attendance.silent)

    async def _committed_after(self, cursors: set[int], head: AsOf) -> dict[int, float]:
        """When the entries were committed at which nodes have stopped: seldom more than a few."""
        behind = sorted(cursor + 1 for cursor in cursors if cursor < head.position)
        if not behind:
            return {}
        async with self._store.view() as view:
            entries = [await view.entry(position) for position in behind]
        return {entry.position: entry.at for entry in entries if entry is not None}

    async def _hosts(self, head: AsOf, nodes: Sequence[NodeStanding]) -> tuple[HostStanding, ...]:
        found = []
        for host in await self._roster.hosts():
            acks = await self._roster.acks_of(host.host, head.epoch) if host.front != "none" else []
            found.append(host_of(host, nodes, acks))
        return tuple(found)

    async def _redis_state(self) -> RedisState:
        if self._redis is None:
            return "none"
        return "reachable" if await self._redis() else "unreachable"

    async def _audit(self, live: Sequence[NodeRow]) -> Audit:
        candidates = auditors(live)[:ASKED]
        state: AuditState = "none" if not candidates else "unreachable"
        for row in candidates:
            try:
                said = await self._asking.snapshot(row.node, row.url)
            except UnansweredError:
                continue
            if said.audit is not None:
                return audit_of(said)
            state = "off"
        return Audit(state)


def audit_of(said: Snapshot) -> Audit:
    """The report in a snapshot; ``unreachable`` where it is of a build that reports otherwise."""
    report = said.audit or {}
    try:
        findings = tuple(finding_from_json(one) for one in report["findings"])
        return Audit("running", said.identity.node, float(report["at"]), findings)
    except (KeyError, TypeError, ValueError):
        return Audit("unreachable", said.identity.node)
