"""What a node knows of the others of its host, and whether it may believe it."""

from dataclasses import dataclass

from edge.journal.membership import Crew

REMEMBERED = 256
"""Nodes of which it is remembered what was heard."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Seconds. ``patience``: after so long a silence a node has fenced itself. ``window``: for so long after an entry a
    front may show what was before it. ``hold``: after so long nothing that was answered before can still be on its way
    into the front.
    """

    lease: float
    patience: float
    window: float
    hold: float


class Siblings:
    """How far each node of the host has risen: from its datagrams, or from the roster. Itself included: ``node``."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._heard: dict[str, tuple[str, int]] = {}
        self._known: frozenset[str] = frozenset({node})

    def heard(self, node: str, epoch: str, position: int) -> None:
        self._heard.pop(node, None)
        self._heard[node] = (epoch, position)
        if len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]

    def forget(self) -> None:
        """What was heard was said of another journal."""
        self._heard = {}

    def newcomers(self, crew: Crew) -> bool:
        """Whether somebody is there who was not when this was asked last."""
        there = frozenset(row.node for row in crew.rows)
        new = there - self._known
        self._known = there | {self._node}
        return bool(new)

    def risen(self, crew: Crew, epoch: str) -> int:
        """The position of ``epoch`` that every one has risen to; -1 while one is in another."""
        return min(
            max(self._of(row.node, epoch), row.cursor if row.epoch == epoch and row.node != self._node else -1)
            for row in crew.rows
        )

    def _of(self, node: str, epoch: str) -> int:
        known, position = self._heard.get(node, ("", -1))
        return position if known == epoch else -1


@dataclass(slots=True)
class Doubt:
    """The journal was another one at ``at`` (boot clock, seconds). ``same_epoch``: nothing in what siblings and roster
    say tells the two apart, as after a failover to a replica that had lagged behind:

        position 7 acked ── store replaced, head 5 ── 6 and 7 written anew ── a sibling that has not noticed answers
        with the other 7, nginx shows 7

    So nothing is acked until every sibling has noticed or is fenced, and what was done until then is done again.
    """

    at: float
    same_epoch: bool
    over: bool = False

    def __post_init__(self) -> None:
        self.over = not self.same_epoch

    def ends(self, now: float, spans: Spans) -> bool:
        """Whether it has just ended; once."""
        if self.over or now < self.at + spans.patience:
            return False
        self.over = True
        return True

    def matters(self, now: float, spans: Spans) -> bool:
        """Whether the front may still hold anything from before."""
        return now < self.at + spans.window
