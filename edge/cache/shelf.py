"""Copies of documents on this host's disk: what an edge node answers with when nothing else can be asked (I20).

Whatever is restored is last known good and no more: it is served as stale, never as fresh, and not at all once a purge
or a revoke is known that it lacks.
"""

import asyncio
from functools import partial

from edge.cache.copy_files import Copy, CopyFiles
from edge.cache.disk_queue import DiskQueue
from edge.cache.floors import Floors
from edge.cache.frame import DamagedError
from edge.cache.ledger import Ledger
from edge.cache.reading import Spare
from edge.cache.recorder import Recorder
from edge.cache.room import Room
from edge.model.instant import Clock, Instant
from edge.model.outcome import Known
from edge.model.stats import Stats
from edge.publish.publication import Publication, Wanted


class Shelf:
    """A Backing. ``recorder`` has the ledger by which copies are judged, ``floors`` what has come since."""

    def __init__(
        self,
        files: CopyFiles,
        room: Room,
        queue: DiskQueue,
        recorder: Recorder,
        floors: Floors,
        *,
        clock: Clock,
        stats: Stats,
    ) -> None:
        self._files = files
        self._room = room
        self._queue = queue
        self._recorder = recorder
        self._floors = floors
        self._clock = clock
        self._stats = stats

    def keep(self, wanted: Wanted, known: Known[Publication], confirmed_at: Instant) -> None:
        self._queue.put(wanted, partial(self._write, wanted, known, confirmed_at))

    async def restored(self, wanted: Wanted) -> Spare[Publication] | None:
        ledger = self._recorder.ledger
        if ledger is None:
            return None
        epoch = ledger.cursor.epoch
        try:
            copy = await asyncio.to_thread(self._files.read, epoch, wanted, self._clock())
        except DamagedError:
            self._stats.copies_refused += 1
            self._queue.put(wanted, partial(self._remove, epoch, wanted, None))
            return None
        except OSError as error:
            self._queue.refused(error)
            return None
        return self._judge(wanted, copy) if copy is not None else None

    def _judge(self, wanted: Wanted, copy: Copy) -> Spare[Publication] | None:
        """In one step of the event loop with the answer: the ledger may have moved on, or gone, since it was read."""
        ledger, found = self._recorder.ledger, copy.found
        if ledger is None or found.as_of.epoch != ledger.cursor.epoch:
            return None
        if ledger.condemns(found.as_of, found.tags) or self._floors.condemns(found.as_of, found.tags):
            self._stats.copies_refused += 1
            self._queue.put(wanted, partial(self._remove, found.as_of.epoch, wanted, copy))
            return None
        confirmed_at = _confirmed(ledger, copy)
        if confirmed_at is None:
            return None
        self._stats.copies_restored += 1
        return Spare(found, confirmed_at)

    def _write(self, wanted: Wanted, known: Known[Publication], confirmed_at: Instant) -> None:
        written = self._files.write(wanted, known, confirmed_at, self._clock())
        if written:
            self._stats.copies_written += 1
            self._room.written(written)

    def _remove(self, epoch: str, wanted: Wanted, copy: Copy | None) -> None:
        self._files.remove(epoch, wanted, copy.found.as_of if copy is not None else None, self._clock())


def _confirmed(ledger: Ledger, copy: Copy) -> Instant | None:
    """When it was last known to be current: as written in it, or later, where it passes the floors of the ledger."""
    found, written = copy.found, copy.confirmed_at
    proven = ledger.proven_at if ledger.vouches(found.as_of, found.tags) else None
    if written is None or proven is None:
        return written or proven
    return max(written, proven, key=lambda instant: instant.boot)
