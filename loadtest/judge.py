"""What one process of a load test knows and has seen: floors, counts, and the evidence of what was wrong."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from loadtest.checks import Answer, Asked, Fault, faults_of, faults_of_write
from loadtest.evidence import described, described_write
from loadtest.expected import Expected

MOST_EVIDENCE = 10
"""Failures that are described in full by one process; all are counted."""

Say = Callable[[str], None]


@dataclass(slots=True)
class Tally:
    """What was seen. ``network`` and ``own`` are answers from the network and from visitors' own caches. ``heard``: how
    many changes and purges each process was told of, its own among them."""

    network: int = 0
    unchanged: int = 0
    own: int = 0
    changes: int = 0
    purges: int = 0
    heard: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "faults": dict(self.faults)}

    def add(self, other: Mapping[str, Any]) -> None:
        """``other`` as ``as_json`` made it in another process; an empty one says nothing."""
        for name, value in other.items():
            if name == "faults":
                self.faults.update(value)
            else:
                setattr(self, name, getattr(self, name) + value)

    def verdict(self, *, admins: int, purgers: int) -> str | None:
        """Why the run has failed, ``None`` when it has not. One that checked nothing has."""
        if self.faults:
            counted = ", ".join(f"{count} {what}" for what, count in sorted(self.faults.items()))
            return f"{self.faults.total()} faults: {counted}"
        if not self.network:
            return "nothing was checked: no answer came from the network"
        if admins and not self.changes:
            return "nothing was checked against: no change became live"
        if purgers and not self.purges:
            return "no purge became live"
        return None


@dataclass(slots=True)
class Judge:
    say: Say
    expected: Expected = field(default_factory=Expected)
    tally: Tally = field(default_factory=Tally)
    _described: int = 0

    def document(self, asked: Asked, answer: Answer, *, url: str, sent_at: float, took: float) -> list[Fault]:
        """Judge a network's answer to a browser."""
        self.tally.network += 1
        self.tally.unchanged += answer.status == 304
        faults = faults_of(asked, answer)
        self._count(faults, lambda: described(asked, answer, faults, url=url, sent_at=sent_at, took=took))
        return faults

    def write(self, what: str, answer: Answer, wait: float, *, sent_at: float, took: float) -> list[Fault]:
        """Judge the answer to a change or a purge."""
        faults = faults_of_write(answer, wait)
        self._count(faults, lambda: described_write(what, answer, faults, sent_at=sent_at, took=took))
        return faults

    def report(self) -> dict[str, Any]:
        """What was seen since the last report."""
        seen, self.tally = self.tally, Tally()
        return seen.as_json()

    def _count(self, faults: list[Fault], describe: Callable[[], str]) -> None:
        self.tally.faults.update(fault.what for fault in faults)
        if faults and self._described < MOST_EVIDENCE:
            self._described += 1
            self.say(describe())
