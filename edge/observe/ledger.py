"""What the auditor has found, since when, and when it is worth a word (I36).

               seen first                still so, younger than the budget         still so at the budget
nothing ─────────────────────► open ─────────────────────────────────────► open ─────────────────────────► reported
   ▲                             │                                           │                                │
   └───────── no longer so ──────┴───────────────────────────────────────────┴────────────────────────────────┘

The budget is the longest time in which a node that obeys the protocol may differ: it polls every interval, and one that
cannot is fenced by its lease, after which nothing older is called fresh. Age counts from when the auditor first saw the
difference, by its own clock: later than the first moment at which the node could have known, so that it never cries
wolf, whatever other clocks say. Under steady change the auditor may find a node a moment behind in every round:

    change 7 ── round: node at 6, lacks 7 ── node has 7 ── change 9 ── round: node at 8, lacks 9 ── node has 9 ── ...

Those are many differences and not one that lasts: one is over as soon as the node has come to what it lacked.
"""

from collections.abc import Collection
from dataclasses import dataclass

from edge.model.instant import Instant
from edge.observe.finding import Finding
from edge.observe.judge import Difference
from edge.publish.publication import Wanted


@dataclass(frozen=True, slots=True)
class Subject:
    """What is found about: a document of a node, a node itself, or, with a ``purge``'s position, the whole fleet."""

    node: str = ""
    host: str = ""
    wanted: Wanted | None = None
    purge: int | None = None

    def __str__(self) -> str:
        if self.wanted is not None:
            return f"{self.wanted.kind} of {self.wanted.write_key}"
        return f"purge {self.purge}" if self.purge is not None else ""


@dataclass(slots=True)
class _Open:
    difference: Difference
    since: Instant
    workspace: str | None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All that is reported now; of that, what was not before; and what was and is over."""

    findings: tuple[Finding, ...] = ()
    appeared: tuple[Finding, ...] = ()
    cleared: tuple[Subject, ...] = ()


class Ledger:
    """``budget`` in seconds; at exactly the budget a difference is reported (I7)."""

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._open: dict[Subject, _Open] = {}
        self._cleared: list[Subject] = []

    def note(self, subject: Subject, difference: Difference | None, now: Instant, workspace: str | None = None) -> None:
        """What a round has found out about ``subject``: a difference, or that there is none."""
        if difference is None:
            self._close(subject)
            return
        known = self._open.get(subject)
        if known is None or not _same(known.difference, difference):
            self._close(subject)
            self._open[subject] = _Open(difference, now, workspace)

    def unanswered(self, subject: Subject, text: str, now: Instant) -> None:
        """A node does not answer: that is found, and nothing is known of its documents meanwhile."""
        for other in [one for one in self._open if one.node == subject.node and one != subject]:
            self._close(other)
        self.note(subject, Difference("unreachable", text), now)

    def only(self, nodes: Collection[str]) -> None:
        """Whoever has left or fallen silent is not audited: what was found of them is over."""
        for subject in [one for one in self._open if one.node and one.node not in nodes]:
            self._close(subject)

    def wanted(self) -> set[Wanted]:
        """Documents that some node differs in, to be looked at again in the next round."""
        return {subject.wanted for subject in self._open if subject.wanted is not None}

    def __len__(self) -> int:
        return len(self._open)

    def report(self, now: Instant) -> Report:
        """What has lasted for the budget. ``appeared`` and ``cleared`` are said once."""
        findings, appeared = [], []
        for subject, one in self._open.items():
            age = now.boot - one.since.boot
            if age < self._budget:
                continue
            finding = _finding(subject, one, age)
            findings.append(finding)
            if not one.reported:
                appeared.append(finding)
            one.reported = True
        cleared, self._cleared = self._cleared, []
        return Report(tuple(findings), tuple(appeared), tuple(cleared))

    def _close(self, subject: Subject) -> None:
        closed = self._open.pop(subject, None)
        if closed is not None and closed.reported:
            self._cleared.append(subject)


def _same(known: Difference, found: Difference) -> bool:
    """Whether ``known`` lasts; if not, another one has taken its place."""
    over = known.lacks is not None and found.at is not None and found.at >= known.lacks
    return known.trouble == found.trouble and not over


def _finding(subject: Subject, one: _Open, age: float) -> Finding:
    return Finding(
        trouble=one.difference.trouble,
        node=subject.node,
        host=subject.host,
        about=str(subject),
        text=one.difference.text,
        age_seconds=round(age, 3),
        workspace=one.workspace,
    )
