"""How a fleet stands: its nodes, its hosts with their fronts, and what the auditor says. Values and the pure part."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from edge.journal.membership import Attendance
from edge.model.position import AsOf
from edge.observe.finding import Finding
from edge.store.roster import AckRow, HostRow, NodeRow

State = Literal["live", "silent"]
RedisState = Literal["none", "reachable", "unreachable"]
AuditState = Literal["running", "off", "unreachable", "none"]
"""``off``: by its setting, or not begun yet. ``unreachable``: no node that may audit answered. ``none``: none may."""


@dataclass(frozen=True, slots=True)
class NodeStanding:
    """``lag``: positions behind the head. ``lag_seconds``: how long ago the first of them was committed.
    ``heard_seconds``: since it last reported. Both by wall clocks of two machines, so for people only."""

    row: NodeRow
    state: State
    lag: int
    lag_seconds: float
    heard_seconds: float
    same_epoch: bool


@dataclass(frozen=True, slots=True)
class HostStanding:
    """``acked``: the highest position that its front is known to show; ``pending``: how many it does not show yet."""

    host: str
    front: str
    seen_at: float
    nodes: int
    acked: int | None = None
    pending: int = 0
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """The auditor's last round, ``at`` Unix seconds."""

    state: AuditState
    node: str = ""
    at: float | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """``patience``: seconds of silence after which a node is called silent. ``certain``: not so soon after a new epoch
    that silence cannot be told yet."""

    head: AsOf
    store: str
    redis: RedisState
    certain: bool
    patience: float
    nodes: tuple[NodeStanding, ...]
    hosts: tuple[HostStanding, ...]
    audit: Audit

    def builds(self) -> Mapping[str, int]:
        """Build -> how many nodes run it."""
        return dict(sorted(Counter(node.row.build for node in self.nodes).items()))

    def within(self, sees: Callable[[str], bool]) -> "Standing":
        """What an admin of some workspaces may know: nothing of addresses, or of other workspaces' documents."""
        findings = tuple(one for one in self.audit.findings if one.workspace is not None and sees(one.workspace))
        return replace(
            self,
            nodes=tuple(replace(node, row=replace(node.row, url="")) for node in self.nodes),
            hosts=tuple(replace(host, last_error=None) for host in self.hosts),
            audit=replace(self.audit, findings=findings),
        )


def nodes_of(
    attendance: Attendance, head: AsOf, committed: Mapping[int, float], now: float
) -> tuple[NodeStanding, ...]:
    """``committed``: when the entries were committed that come right after a lagging node's cursor."""
    found = []
    states: tuple[tuple[State, Sequence[NodeRow]], ...] = (("live", attendance.live), ("silent", attendance.silent))
    for state, rows in states:
        for row in rows:
            lag = max(0, head.position - row.cursor)
            since = committed.get(row.cursor + 1, now) if lag else now
            heard, same = max(0.0, now - row.reported_at), row.epoch == head.epoch
            found.append(NodeStanding(row, state, lag, max(0.0, now - since), heard, same))
    return tuple(found)


def host_of(host: HostRow, nodes: Sequence[NodeStanding], acks: Sequence[AckRow]) -> HostStanding:
    """``acks``: what is remembered of this host's front in this epoch."""
    shown = [ack.position for ack in acks if ack.acked_at is not None]
    waiting = [ack for ack in acks if ack.acked_at is None]
    return HostStanding(
        host=host.host,
        front=host.front,
        seen_at=host.seen_at,
        nodes=sum(node.row.host == host.host for node in nodes),
        acked=max(shown, default=None),
        pending=len(waiting),
        last_error=next((ack.last_error for ack in waiting if ack.last_error), None),
    )
