"""Announcing: what was committed is told to whoever follows the stream, after the commit and beside it.

committed ──► queue ──► one pipeline of XADD ──► the stream ──► every node's ``Stream``
                │ full, or Redis does not answer in time ──► counted, forgotten: the nodes' polls bring the entry

Never the truth: a write is answered without waiting for it, and whatever is lost here costs a poll's interval.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Protocol

from redis.asyncio import Redis

from edge.journal.outage import Outage
from edge.journal.redis_client import FAILURES, close_client
from edge.journal.wire import dump_entry
from edge.model.change import Entry
from edge.model.stats import Stats

KEPT = 10_000
"""Entries that a stream keeps, about: a node that was away for longer than that many is told by its poll."""
UNUSED = 7 * 86400
"""Seconds after which a stream that nobody wrote to is dropped, as that of an epoch which has ended."""
WAITING = 1000
"""Entries waiting at most, while Redis is slow."""
AT_ONCE = 100
"""Entries in one pipeline at most."""
FIELD = b"entry"


def stream_name(epoch: str) -> str:
    """Of this life of the journal alone: entries of another one are never met in it."""
    return f"edgewise:journal:{epoch}"


class Announcer(Protocol):
    """Tells other processes of entries that this one committed. No method ever raises."""

    def announce(self, epoch: str, entry: Entry) -> None:
        """Returns at once, whatever state Redis is in."""

    async def flush(self) -> None:
        """Wait until everything was told or given up; bounded."""

    async def close(self) -> None:
        """Flush, and let go of connections."""


class NullAnnouncer:
    """Where there is no Redis: everybody polls."""

    def announce(self, epoch: str, entry: Entry) -> None:
        pass

    async def flush(self) -> None:
        pass

    async def close(self) -> None:
        pass


class RedisAnnouncer:
    """Owns ``client``. ``timeout`` in seconds bounds each pipeline, and each ``flush``."""

    def __init__(self, client: Redis, place: str, stats: Stats, timeout: float) -> None:
        self._client = client
        self._stats = stats
        self._timeout = timeout
        self._waiting: deque[tuple[str, Entry]] = deque()
        self._sender: asyncio.Task[None] | None = None
        self._outage = Outage("announce", place, FAILURES)

    def announce(self, epoch: str, entry: Entry) -> None:
        if len(self._waiting) >= WAITING:
            self._stats.announce_failures += 1
            return
        self._waiting.append((epoch, entry))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())

    async def flush(self) -> None:
        if self._sender is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timeout):
                    await asyncio.shield(self._sender)

    async def close(self) -> None:
        await self.flush()
        self._stats.announce_failures += len(self._waiting)
        self._waiting.clear()
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        with suppress(*FAILURES):
            await close_client(self._client)

    async def _send(self) -> None:
        """Until nothing waits. One at a time, so that a process' entries stand in the stream in their order."""
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
                told = False
                try:
                    async with asyncio.timeout(self._timeout):
                        await self._append(batch)
                    told = True
                    self._outage.ended()
                except Exception as error:
                    # Not kept for later: when Redis is back, what is said first must be what is new.
                    self._outage.began(error)
                finally:
                    if told:
                        self._stats.announced += len(batch)
                    else:
                        self._stats.announce_failures += len(batch)
        finally:
            self._sender = None

    async def _append(self, batch: list[tuple[str, Entry]]) -> None:
        # Two commits of one process may return in the other order; readers would ask the store about the gap.
        batch.sort(key=lambda told: told[1].position)
        async with self._client.pipeline(transaction=False) as pipeline:
            for epoch, entry in batch:
                pipeline.xadd(stream_name(epoch), {FIELD: dump_entry(entry)}, maxlen=KEPT, approximate=True)
            for epoch in {epoch for epoch, _ in batch}:
                pipeline.expire(stream_name(epoch), UNUSED)
            await pipeline.execute()
