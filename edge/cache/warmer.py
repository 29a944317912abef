"""Reading anew, in the background, what a change concerned.

    wanted ──► due ──► taken out by a worker ──► read ──► due again meanwhile? ──► taken out once more

The key is taken out *before* it is read (I33). Taken out after it:
    a read begins ── a change is committed and applied, its key is due already ── the read ends with what was before,
    and the key is taken out: nobody reads what the change made
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Generic, TypeVar

import structlog

from edge.model.failure import places_of

K = TypeVar("K", bound=Hashable)

DUE = 1000
"""Keys due at most; those beyond are read when somebody asks for them."""
WORKERS = 4
"""Reads at once; the store has callers that wait, too."""

log = structlog.get_logger()


class Warmer(Generic[K]):
    """``read`` must begin a read of its own for a key even where an earlier one is under way."""

    def __init__(self, read: Callable[[K], Awaitable[None]]) -> None:
        self._read = read
        self._due: dict[K, None] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._reading: dict[K, int] = {}
        self._read_one = asyncio.Event()

    def want(self, keys: Iterable[K]) -> None:
        for key in keys:
            if len(self._due) >= DUE:
                break
            self._due.setdefault(key)
        # Those at work may be held up by a slow read; one too many finds nothing due, and ends.
        for _ in range(min(len(self._due), WORKERS - len(self._workers))):
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def done(self, keys: Iterable[K]) -> None:
        """Wait until none of ``keys`` is due, nor being read."""
        waited_for = set(keys)
        while waited_for & (self._due.keys() | self._reading.keys()):
            await self._read_one.wait()

    async def quiet(self) -> None:
        """The same for all that is due now, or being read."""
        await self.done([*self._due, *self._reading])

    async def close(self) -> None:
        self._due.clear()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _work(self) -> None:
        while self._due:
            key = next(iter(self._due))
            del self._due[key]
            # The same key may be read by several workers: it was wanted again meanwhile.
            self._reading[key] = self._reading.get(key, 0) + 1
            try:
                await self._read(key)
            except Exception as error:
                # Nobody waits for it: whoever asks next reads again, and is told.
                log.warning("reading ahead failed", error=type(error).__name__, frames=places_of(error))
            finally:
                self._ended(key)

    def _ended(self, key: K) -> None:
        self._reading[key] -= 1
        if not self._reading[key]:
            del self._reading[key]
        self._read_one.set()
        self._read_one = asyncio.Event()
