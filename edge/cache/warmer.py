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

    async def close(self) -> None:
        self._due.clear()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _work(self) -> None:
        while self._due:
            key = next(iter(self._due))
            del self._due[key]
            try:
                await self._read(key)
            except Exception as error:
                # Nobody waits for it: whoever asks next reads again, and is told.
                log.warning("reading ahead failed", error=type(error).__name__, frames=places_of(error))
