"""Emptying a front's cache when what it was filled under holds no longer (``filled.py``).

sound ──► owed ──────────────────► emptied ──────────────► sound
 ▲       mismatch, another       │ FrontError: later      HOLD later: emptied once more, since nginx may have stored
 │       journal                 │ and later              what was on its way to it
 └── while owed nothing is acked ┘
"""

from collections.abc import Collection, Mapping

import structlog

from edge.fronts.filled import Filled, FilledFile, mismatch, set_forwards
from edge.fronts.front import Front, FrontError
from edge.fronts.ledger import Random, pause
from edge.model.instant import Instant
from edge.model.position import AsOf
from edge.model.stats import Stats

WRITTEN_EVERY = 10.0
"""Seconds for which what the cache is filled under may lag behind in its file."""

log = structlog.get_logger()


class Emptying:
    """Of the one front of a host, by the node that leads it. ``hold`` in seconds."""

    def __init__(self, front: Front, file: FilledFile, *, hold: float, random: Random, stats: Stats) -> None:
        self._front = front
        self._file = file
        self._hold = hold
        self._random = random
        self._stats = stats
        self._filled: Filled | None = None
        self._written_at: Instant | None = None
        self._again_at: float | None = None
        self._failures = 0
        self._not_before = 0.0
        self.owed = ""
        """Why the cache has to be emptied; empty while it has not."""
        self.error: str | None = None
        """Why it could not be."""

    def take_over(self) -> None:
        """Begin with what is written beside the cache."""
        self._filled, self._written_at = self._file.read(), None
        self.owed, self.error, self._again_at = "", None, None

    def owe(self, reason: str) -> None:
        self.owed = self.owed or reason

    def look(self, cursor: AsOf, ids: Mapping[int, str], builds: Collection[str], now: Instant) -> None:
        """Compare what it was filled under with what holds now."""
        reason = mismatch(self._filled, cursor, ids, builds, now)
        if reason:
            self.owe(reason)
        elif self._filled is not None:
            self._filled = self._filled.later(cursor, builds, now)

    async def work(self, cursor: AsOf, builds: Collection[str], now: Instant) -> bool:
        """Do what is due, once every node of the host has come to the journal of ``cursor``; whether it was emptied."""
        if self.owed or (self._again_at is not None and now.boot >= self._again_at):
            return now.boot >= self._not_before and await self._empty(cursor, builds, now)
        if self._lags(now):
            self._write(now)
        return False

    def _lags(self, now: Instant) -> bool:
        """Whether its file says too little. A clock that is set forwards is written down at once: where it is set right
        again, a node that this fences goes by the file, and deadlines are later than that tells."""
        written = self._written_at
        return written is None or now.boot - written.boot >= WRITTEN_EVERY or set_forwards(written, now)

    async def _empty(self, cursor: AsOf, builds: Collection[str], now: Instant) -> bool:
        try:
            copies = await self._front.empty()
        except FrontError as error:
            if self.error is None:
                log.error("front cannot be emptied", reason=self.owed, error=str(error))  # noqa: TRY400 - it says all
            self._stats.front_failures += 1
            self._failures += 1
            self._not_before = now.boot + pause(self._failures, self._random)
            self.error = str(error)
            return False
        self._failures, self.error = 0, None
        if not self.owed:
            self._again_at = None
            return True
        log.info("front emptied", reason=self.owed, copies=copies)
        self._stats.front_emptied += 1
        self.owed, self._again_at = "", now.boot + self._hold
        self._filled = Filled(cursor, tuple(sorted(set(builds))), now)
        self._write(now)
        return True

    def _write(self, now: Instant) -> None:
        if self._filled is None:
            return
        try:
            self._file.write(self._filled)
        except OSError as error:
            # Then the next to lead empties the cache for nothing; it holds no lie for it.
            log.warning("what the front is filled under cannot be written", error=error.strerror or str(error))
        self._written_at = now
