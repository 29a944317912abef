"""Whether an answer was one that may be, at the moment at which it was given: a pure function of what is known by now.

| fault    | what is wrong                                                                                        |
|----------|------------------------------------------------------------------------------------------------------|
| failed   | a 5xx or no answer, where nothing was broken that could explain it                                    |
| status, torn, encoding, etag, foreign | as the load test judges an answer by itself (loadtest/checks.py)         |
| unborn   | a counter that nobody had sent yet                                                                    |
| older    | below what a receipt had called live before the request was sent, and not marked stale                 |
| revoked  | from below a revoke that was live, marked or not                                                      |
| overdue  | replaced for longer than a lease, nginx's share or the on-error limit allow                            |
| stale    | marked stale, where nothing was broken that could explain it                                          |
| mixed    | a document that is not what the store held at the position which it names                             |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from edge.publish.variants import Encoding
from loadtest.checks import Fault
from loadtest.documents import Kind
from loadtest.sources import LoadSource
from tests.fleet.history import NEVER, History, overlaps

Excuse = Literal["failing", "refusing", "stale", "deserted", "deaf"]
"""``failing``: may give no answer, or a 5xx. ``refusing``: may answer 503 where nothing can be read. ``stale``: may
give last known good, marked. ``deserted``: an nginx whose host has no live node: it may show what it has for as long as
it may. ``deaf``: may not have heard of a revoke."""
NGINX = "nginx"
GRAIN = 1.0
"""Seconds to which nginx's deadlines are true."""
STALE_KEPT = 5.0
"""Seconds for which nginx keeps what a node has marked as stale (DESIGN section 6)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer. ``faults`` are those of its form; ``counter`` is ``None`` where the document holds none, or is none.

    ``marked``: a node said that it is last known good. ``lapsed``: nginx said that it is past its deadline.
    """

    target: str
    source: LoadSource
    kind: Kind
    encoding: Encoding
    sent: float
    done: float
    faults: tuple[Fault, ...] = ()
    counter: int | None = None
    position: int = 0
    marked: bool = False
    lapsed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault, of the table above."""

    what: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for which something replaced may still be shown: by a node, by nginx, by nginx past its deadline, and
    by anybody on error."""

    lease: float
    front: float
    lapsed: float
    on_error: float

    def of(self, seen: Seen) -> float:
        behind = seen.target == NGINX
        if seen.marked:
            return self.on_error + (STALE_KEPT if behind else 0.0)
        if not behind:
            return self.lease
        return self.front + GRAIN + (self.lapsed if seen.lapsed else 0.0)


@dataclass(slots=True)
class Excuses:
    """When which target had which excuse."""

    _windows: dict[tuple[Excuse, str], list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, excuse: Excuse, target: str, since: float, until: float = NEVER) -> None:
        self._windows.setdefault((excuse, target), []).append((since, until))

    def end(self, excuse: Excuse, target: str, until: float) -> None:
        """One of those that last has lasted until then: the one that began last."""
        windows = self._windows[excuse, target]
        place = max(place for place, (_, end) in enumerate(windows) if end == NEVER)
        windows[place] = (windows[place][0], until)

    def has(self, excuse: Excuse, seen: Seen) -> bool:
        return overlaps(self._windows.get((excuse, seen.target), ()), seen.sent, seen.done)


def faults_of(seen: Seen, history: History, excuses: Excuses, bounds: Bounds) -> list[Wrong]:
    """Everything that is wrong with an answer; nothing when it may be so."""
    faults = [Wrong(fault.what, fault.expected, fault.got) for fault in seen.faults]
    if excuses.has("failing", seen):
        # A process that is killed in the middle of its answer tears it.
        faults = [fault for fault in faults if fault.what not in ("failed", "torn")]
    if excuses.has("refusing", seen):
        faults = [fault for fault in faults if (fault.what, fault.got) != ("failed", "503")]
    if seen.faults:
        return faults
    if seen.marked and not excuses.has("stale", seen):
        faults.append(Wrong("stale", "a fresh answer", "last known good, marked stale"))
    place = _shown(seen, history)
    if place is None:
        return [*faults, Wrong("unborn", "a counter that was sent before the answer", str(seen.counter))]
    return [*faults, *_below(seen, place, history, excuses), *_overdue(seen, place, history, bounds)]


def _shown(seen: Seen, history: History) -> int | None:
    """Which reign of its source an answer shows."""
    if seen.counter is None:
        return history.reign_at(seen.source, seen.position, seen.done)
    return history.reign_of(seen.source, seen.counter, seen.done)


def _below(seen: Seen, place: int, history: History, excuses: Excuses) -> list[Wrong]:
    faults = []
    deserted = excuses.has("deserted", seen)
    live = history.live_reign(seen.source, seen.sent)
    if place < live and not seen.marked and not deserted:
        faults.append(Wrong("older", f"counter {history.counter_at(seen.source, live)} or later", _said(seen)))
    floor = history.floor(seen.source, seen.sent)
    if seen.position < floor and not seen.marked and not deserted:
        faults.append(Wrong("older", f"read at position {floor} or later", _said(seen)))
    revoked = history.floor(seen.source, seen.sent, "revoke")
    if seen.position < revoked and not deserted and not excuses.has("deaf", seen):
        faults.append(Wrong("revoked", f"nothing from before position {revoked}", _said(seen)))
    if seen.counter is not None and history.certain(seen.source):
        there = history.reign_at(seen.source, seen.position, seen.done)
        if there != place:
            counter = history.counter_at(seen.source, there)
            faults.append(Wrong("mixed", f"counter {counter}, as of position {seen.position}", _said(seen)))
    return faults


def _overdue(seen: Seen, place: int, history: History, bounds: Bounds) -> list[Wrong]:
    age = seen.sent - history.ended(seen.source, place)
    most = bounds.of(seen)
    if age <= most:
        return []
    return [Wrong("overdue", f"replaced for at most {most:g} s", f"{_said(seen)}, replaced for {age:.2f} s")]


def _said(seen: Seen) -> str:
    return f"counter {seen.counter} at position {seen.position}"
