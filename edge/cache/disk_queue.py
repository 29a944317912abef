"""What waits for the disk: written off the event loop, one at a time, the newest for each name, never too many."""

import asyncio
from collections.abc import Callable, Hashable
from contextlib import suppress

import structlog

from edge.model.stats import Stats

LATER = 0.1
"""Seconds for which what comes to an empty queue waits: as it comes, what a change calls for is still under way."""
MOST = 512
"""Jobs that may wait; what comes beyond them is not written, and is written when it is read the next time."""
MANY = MOST // 2
"""Jobs with which it waits no longer."""

log = structlog.get_logger()


class DiskQueue:
    """A job that raises OSError is counted; the first of a row of failures is logged."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._waiting: dict[Hashable, Callable[[], None]] = {}
        self._working: asyncio.Task[None] | None = None
        self._some = asyncio.Event()
        self._many = asyncio.Event()
        self._healthy = True

    def put(self, name: Hashable, job: Callable[[], None]) -> None:
        """Take the place of what waits under ``name``. Never blocks."""
        if name not in self._waiting and len(self._waiting) >= MOST:
            self._stats.copies_skipped += 1
            return
        self._waiting[name] = job
        self._some.set()
        if len(self._waiting) >= MANY:
            self._many.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._some.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(LATER):
                    await self._many.wait()
            await self.drain()

    async def drain(self) -> None:
        """Work until nothing waits and nothing is being done; also what ``run`` had begun when it was cancelled."""
        while True:
            if self._working is None or self._working.done():
                if not self._waiting:
                    break
                job = self._waiting.pop(next(iter(self._waiting)))
                self._working = asyncio.create_task(asyncio.to_thread(self._do, job))
            await asyncio.shield(self._working)
        self._some.clear()
        self._many.clear()

    def _do(self, job: Callable[[], None]) -> None:
        try:
            job()
        except OSError as error:
            self.refused(error)
        else:
            self._healthy = True

    def refused(self, error: OSError) -> None:
        """The disk did; nothing that is asked now depends on it."""
        self._stats.copies_failed += 1
        if self._healthy:
            log.warning("the disk refuses copies", error=error.strerror or type(error).__name__)
        self._healthy = False
