"""Which write keys a front has to be asked for, and what is known to be shown of each: pure, but for time, given.

                 refreshed, read back                    refreshed again, HOLD later
  asked for ─────────────────────────────► shown ─────────────────────────────────────► firm
     ▲   │ FrontError: later, and later       │ asked for at a later position
     └───┴────────────────────────────────────┘

Many entries may ask for one key: it is refreshed once, for the newest. The second refresh is the rebound: a node may
have answered nginx just before it applied the entry, and nginx may store that answer just after the first refresh. Of a
key that changes all the time each refresh is the rebound of what was refreshed HOLD ago.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from edge.fronts.front import Reach

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds until a failed refresh is tried again: doubled each time, up to the second."""

APART = 1.0
"""Seconds between two rebounds of one key at least: those that are owed in them are one refresh, and most often it is
that of the key's next change, which would have to wait for theirs."""

Random = Callable[[], float]
"""A number from 0 to 1, as ``random.random``."""


def pause(failures: int, random: Random) -> float:
    """After so many failures in a row; between half and whole, so that hosts do not fall into step."""
    longest = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 16), LONGEST_PAUSE)
    return longest * (0.5 + random() / 2)


@dataclass(slots=True)
class Line:
    """One write key. Positions are 0 where there is none; times are seconds of the boot clock."""

    need: int = 0
    shown: int = 0
    firm: int = 0
    gentle: bool = True
    """Whether it is only to be made sure of: shown already, as far as the roster knows."""
    owed: list[tuple[int, float]] = field(default_factory=list)
    """(position, from when on a refresh is its rebound), in order of time."""
    rebound: float = -math.inf
    """When the last refresh began that was a rebound."""
    busy: bool = False
    void: bool = False
    """Whether the refresh under way counts for nothing, since it was begun too early."""
    failures: int = 0
    not_before: float = 0.0
    error: str | None = None

    def due_at(self) -> float | None:
        """When it has to be asked for; ``None`` while nothing is to be done."""
        if self.busy:
            return None
        if self.need > self.shown:
            return self.not_before
        return max(self.owed[0][1], self.rebound + APART, self.not_before) if self.owed else None

    def unfinished(self) -> bool:
        return self.busy or self.need > self.firm


class Ledger:
    """``hold``: seconds between a refresh and its rebound."""

    def __init__(self, hold: float, random: Random) -> None:
        self._hold = hold
        self._random = random
        self._lines: dict[str, Line] = {}
        self.asked = 0
        """Grows whenever something new is asked for."""

    def ask(self, key: str, position: int, *, gentle: bool = False) -> None:
        """``key`` has to be shown as of ``position``. What is only made sure of becomes urgent by a later ask."""
        self.asked += 1
        line = self._lines.setdefault(key, Line())
        line.need = max(line.need, position)
        line.gentle = line.gentle and gentle

    def withdraw(self, key: str, acked: int) -> None:
        """Everything beyond ``acked`` was asked for too early: as if it had not been. What is acked is still owed its
        rebound, by whichever refresh it was shown."""
        line = self._lines.get(key)
        if line is not None:
            line.void = line.busy
            line.need = line.shown = min(line.shown, max(acked, line.firm))
            line.owed = [(min(position, acked), since) for position, since in line.owed if acked > line.firm]

    def due(self, now: float) -> list[str]:
        """Keys to be refreshed now, the newest positions first: what is new does not wait for what is repeated."""
        found = [
            (line.need, key) for key, line in self._lines.items() if (at := line.due_at()) is not None and at <= now
        ]
        return [key for _, key in sorted(found, reverse=True)]

    def is_due(self, key: str, now: float) -> bool:
        line = self._lines.get(key)
        at = line.due_at() if line is not None else None
        return at is not None and at <= now

    def next_at(self) -> float | None:
        """When something becomes due, if anything will by itself."""
        return min((at for line in self._lines.values() if (at := line.due_at()) is not None), default=None)

    def begin(self, key: str) -> tuple[int, Reach]:
        """A refresh of ``key`` is sent: for which position, and how thorough."""
        line = self._lines[key]
        line.busy = True
        repeated = line.gentle and line.need > line.shown
        return line.need, Reach.OLDER if repeated else Reach.EVERY

    def done(self, key: str, position: int, began: float) -> None:
        """The refresh for ``position``, sent at ``began``, was read back."""
        line = self._lines.get(key)
        if line is None:
            return
        void, line.busy, line.void = line.void, False, False
        if void:
            return
        line.failures, line.error, line.not_before = 0, None, 0.0
        if any(since <= began for _, since in line.owed):
            line.rebound = began
        line.firm = max([line.firm, *(owed for owed, since in line.owed if since <= began)])
        line.owed = [(owed, since) for owed, since in line.owed if since > began]
        if position > line.shown:
            line.shown = position
            line.owed.append((position, began + self._hold))

    def failed(self, key: str, reason: str, now: float) -> None:
        line = self._lines.get(key)
        if line is None:
            return
        line.busy, line.void, line.error = False, False, reason
        line.failures += 1
        line.not_before = now + pause(line.failures, self._random)

    def shows(self, keys: Iterable[str], position: int) -> bool:
        return all(self._lines.get(key, _NONE).shown >= position for key in keys)

    def is_firm(self, keys: Iterable[str], position: int) -> bool:
        return all(self._lines.get(key, _NONE).firm >= position for key in keys)

    def error_of(self, keys: Iterable[str]) -> str | None:
        return next((error for key in keys if (error := self._lines.get(key, _NONE).error) is not None), None)

    def forget(self, but: set[str]) -> None:
        """Forget every key of which nothing is to be done any more, but for these."""
        self._lines = {key: line for key, line in self._lines.items() if key in but or line.unfinished()}


_NONE = Line()
