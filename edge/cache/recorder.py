"""Writing down what the journal says, and knowing whether the copies on the disk are of this journal.

                                        another epoch, another id at its cursor, or no ledger
  recalled ──► first sync ──► uncompared ──► another ──► copies emptied, ledger replaced ──► own ──► resync ──► another
     │                          └─────────── the same ──► ledger merged ───────────────────► own
     └ answers from the disk are judged by the ledger, even if nothing else ever comes up

A revoke is on the disk before the node reports a cursor beyond it. What would go wrong otherwise:

    the node applies a revoke, and reports ── its receipt says `live` ── the node is killed, everything goes down ──
    it starts again, knows of no revoke, and serves from the disk what everybody was told is gone
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

import structlog

from edge.cache.floors import Floors
from edge.cache.ledger import Ledger
from edge.cache.ledger_file import LedgerFile
from edge.journal.follower import Applier, JournalSource
from edge.journal.lease import Proof
from edge.journal.progress import Resync, judge
from edge.model.change import Entry
from edge.model.instant import Clock, Instant
from edge.model.position import AsOf
from edge.model.stats import Stats

EVERY = 3.0
"""Seconds at most between two writes of what is no revoke."""

log = structlog.get_logger()


Standing = Literal["recalled", "uncompared", "another", "own"]
"""Of the ledger and the copies on the disk: what they are to the journal that this node follows."""


class Recorder:
    """Told what is applied to ``floors``. ``source`` must not hold polls; ``empty`` removes copies, but not of one
    epoch."""

    def __init__(
        self,
        floors: Floors,
        proof: Proof,
        *,
        file: LedgerFile,
        empty: Callable[[str | None], None],
        source: JournalSource,
        clock: Clock,
        stats: Stats,
    ) -> None:
        self._floors = floors
        self._proof = proof
        self._file = file
        self._empty = empty
        self._source = source
        self._clock = clock
        self._stats = stats
        self._kept: Ledger | None = None
        self._standing: Standing = "recalled"
        self._owed = self._secured = 0
        self._healthy = True

    @property
    def ledger(self) -> Ledger | None:
        """What to judge copies by; ``None`` while none of them can be trusted."""
        return None if self._standing == "another" else self._kept

    def recall(self) -> None:
        """Read what the last process wrote; before anything is served. Blocks."""
        self._kept = self._file.read(self._clock())

    def applied(self, entry: Entry) -> None:
        if entry.verb == "revoke":
            self._owed += 1

    def restarted(self, head: AsOf) -> None:
        # A second restart in one process is a resync: the follower has seen that the journal is another one.
        first = self._standing == "recalled"
        same_epoch = self._kept is not None and self._kept.cursor.epoch == head.epoch
        self._standing = "uncompared" if first and (same_epoch or self._kept is None) else "another"
        self._owed += 1

    async def secure(self) -> None:
        """Have on the disk what must be there before a cursor is reported. Raises OSError where it is not."""
        owed = self._owed
        if owed == self._secured:
            return
        if self._standing == "uncompared" and not await self._recognised():
            self._standing = "another"
        if self._standing == "another":
            await self._start_over()
        else:
            await self._down(self._file.merge)
        self._secured = owed
        # Another resync may have come while the disk was at work.
        if self._owed == owed:
            self._standing = "own"

    async def run(self) -> None:
        """Write down now and then how far this node has come, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.save()

    async def save(self) -> None:
        """Write down how far this node has come, unless something is owed: the next report writes that, and knows
        whether the copies are to be trusted."""
        if self._standing == "own" and self._owed == self._secured:
            with suppress(OSError):
                await self._write(self._file.merge)

    async def _recognised(self) -> bool:
        """Whether the ledger is of the journal that is followed. Read anew: another worker may have begun it."""
        self._kept = await asyncio.to_thread(self._file.read, self._clock())
        if self._kept is None:
            return False
        cursor = self._kept.cursor
        return not isinstance(judge(cursor, await self._source.poll(cursor.position)), Resync)

    async def _start_over(self) -> None:
        cursor, kept = self._proof.cursor, self._kept
        begun: str | None = None
        if cursor is not None and kept is not None:
            log.warning("the copies on this disk are of another journal: they are removed", epoch=kept.cursor.epoch)
            # Copies of an epoch that has just begun are another worker's, which noticed earlier; unless the journal was
            # replaced within its epoch.
            begun = cursor.epoch if cursor.epoch != kept.cursor.epoch else None
        try:
            await asyncio.to_thread(self._empty, begun)
        except OSError as error:
            self._refused(error)
        await self._down(self._file.replace)

    async def _down(self, write: Callable[[Ledger, Instant], Ledger]) -> None:
        """Raises OSError where it could neither be written nor removed: then the receipt must not count on it."""
        try:
            await self._write(write)
        except OSError:
            # A full disk cannot take what must not be forgotten; without its ledger no copy is ever served again.
            await asyncio.to_thread(self._file.remove)

    async def _write(self, write: Callable[[Ledger, Instant], Ledger]) -> None:
        mine = self._mine()
        if mine is None:
            return
        try:
            self._kept = await asyncio.to_thread(write, mine, self._clock())
        except OSError as error:
            self._refused(error)
            raise
        self._healthy = True

    def _mine(self) -> Ledger | None:
        """Read in one step of the event loop: cursor, proof and floors belong together."""
        cursor = self._proof.cursor
        if cursor is None:
            return None
        known = self._floors.copy()
        return Ledger(cursor, self._proof.leased_at, known.base, known.floors, known.revoked)

    def _refused(self, error: OSError) -> None:
        self._stats.copies_failed += 1
        if self._healthy:
            log.error("the disk refuses the journal's state", error=error.strerror or type(error).__name__)
        self._healthy = False


class Recorded:
    """An Applier that has what it passes on written down."""

    def __init__(self, applier: Applier, recorder: Recorder) -> None:
        self._applier = applier
        self._recorder = recorder

    def apply(self, entry: Entry) -> None:
        self._applier.apply(entry)
        self._recorder.applied(entry)

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        self._applier.restart(head, recent, revoked)
        self._recorder.restarted(head)
