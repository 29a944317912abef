"""Announcing: what was committed is told to whoever follows the stream, after the commit and beside it.

committed ──► queue ──► ready? ──► one pipeline of XADD ──► the streams ──► every node's ``Stream``
                │         └ not yet: PREPARING at most, and not where anything behind it is urgent
                └ full, or Redis does not answer in time ──► counted, forgotten: the nodes' polls bring the entry

Never the truth: a write is answered without waiting for it, and whatever is lost here costs a poll's interval.

An entry is told when the documents that it concerns are ready, and with them where they are few
(``edge.journal.latest``). Told before, it would have every node of the fleet ask for them while this process still
makes them: it would be busy with their questions, and all of them would have the change later.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from redis.asyncio import Redis

from edge.journal.latest import LATEST, LATEST_SECONDS, Enclosed, fields_of, latest_name
from edge.journal.outage import Outage
from edge.journal.redis_client import FAILURES, close_client
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
PREPARING = 0.1
"""Seconds for which an entry waits at most until its documents are ready. It is told without them then."""
LULL = 0.03
"""Seconds after which what was told with its documents is told in the journal's stream too: to wake everybody once more
would hold up what they were woken for."""

Ready = Callable[[], Awaitable[Enclosed]]
"""Answers the documents that an entry concerns, to be told with it; none once they are where those who hear of it find
them. May raise."""


def stream_name(epoch: str) -> str:
    """Of this life of the journal alone: entries of another one are never met in it."""
    return f"edgewise:journal:{epoch}"


class Announcer(Protocol):
    """Tells other processes of entries that this one committed. No method ever raises."""

    def announce(self, epoch: str, entry: Entry, ready: Ready | None = None) -> None:
        """Returns at once, whatever state Redis is in. Without ``ready`` it is urgent: it waits for nothing, nor does
        what was announced before it."""

    async def told(self, position: int) -> None:
        """Wait until the entry at ``position`` was told or given up; as long as that takes."""

    async def flush(self) -> None:
        """Wait until everything was told or given up; bounded."""

    async def close(self) -> None:
        """Flush, and let go of connections."""


class NullAnnouncer:
    """Where there is no Redis: everybody polls."""

    def announce(self, epoch: str, entry: Entry, ready: Ready | None = None) -> None:
        pass

    async def told(self, position: int) -> None:
        pass

    async def flush(self) -> None:
        pass

    async def close(self) -> None:
        pass


@dataclass(slots=True, eq=False)
class Told:
    """``due`` is set once it may be told, ``over`` once it was, or was given up."""

    epoch: str
    entry: Entry
    due: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    enclosed: Enclosed = field(default_factory=dict)


class RedisAnnouncer:
    """Owns ``client``. ``timeout`` in seconds bounds each pipeline, and each ``flush``."""

    def __init__(self, client: Redis, place: str, stats: Stats, timeout: float) -> None:
        self._client = client
        self._stats = stats
        self._timeout = timeout
        self._waiting: deque[Told] = deque()
        self._untold: dict[int, Told] = {}
        """By position, those that wait and those that are being told."""
        self._sender: asyncio.Task[None] | None = None
        self._preparing: set[asyncio.Task[None]] = set()
        self._more = asyncio.Event()
        self._outage = Outage("announce", place, FAILURES)

    def announce(self, epoch: str, entry: Entry, ready: Ready | None = None) -> None:
        if len(self._waiting) >= WAITING:
            self._stats.announce_failures += 1
            return
        told = Told(epoch, entry)
        self._waiting.append(told)
        self._untold[entry.position] = told
        self._more.set()
        if ready is None:
            self._hurry()
        else:
            preparing = asyncio.create_task(_prepare(told, ready))
            self._preparing.add(preparing)
            preparing.add_done_callback(self._preparing.discard)
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())

    async def told(self, position: int) -> None:
        told = self._untold.get(position)
        if told is not None:
            await told.over.wait()

    async def flush(self) -> None:
        if self._sender is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timeout):
                    await asyncio.shield(self._sender)

    async def close(self) -> None:
        self._hurry()
        await self.flush()
        for preparing in self._preparing:
            preparing.cancel()
        await asyncio.gather(*self._preparing, return_exceptions=True)
        self._stats.announce_failures += len(self._waiting)
        self._over(self._waiting)
        self._waiting.clear()
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        with suppress(*FAILURES):
            await close_client(self._client)

    def _hurry(self) -> None:
        for told in self._waiting:
            told.due.set()

    def _batch(self) -> list[Told]:
        batch: list[Told] = []
        while self._waiting and self._waiting[0].due.is_set() and len(batch) < AT_ONCE:
            batch.append(self._waiting.popleft())
        return batch

    async def _send(self) -> None:
        """Until nothing waits. One at a time, so that a process' entries stand in the stream in their order."""
        try:
            while self._waiting:
                await self._waiting[0].due.wait()
                batch = self._batch()
                told = False
                try:
                    async with asyncio.timeout(self._timeout):
                        enclosed = await self._enclose(batch)
                    if enclosed:
                        await self._lull()
                    async with asyncio.timeout(self._timeout):
                        await self._append(batch)
                    told = True
                    self._outage.ended()
                except Exception as error:
                    # Not kept for later: when Redis is back, what is said first must be what is new.
                    self._outage.began(error)
                finally:
                    self._over(batch)
                    if told:
                        self._stats.announced += len(batch)
                    else:
                        self._stats.announce_failures += len(batch)
        finally:
            self._sender = None

    async def _enclose(self, batch: list[Told]) -> bool:
        """Tell those that have documents with them; whether there are any, and nothing else."""
        # Two commits of one process may return in the other order; readers would ask the store about the gap.
        batch.sort(key=lambda told: told.entry.position)
        enclosing = [told for told in batch if told.enclosed]
        if enclosing:
            async with self._client.pipeline(transaction=False) as pipeline:
                for told in enclosing:
                    name = latest_name(told.epoch)
                    pipeline.xadd(name, fields_of(told.entry, told.enclosed), maxlen=LATEST, approximate=False)
                    pipeline.expire(name, LATEST_SECONDS)
                await pipeline.execute()
            self._over(enclosing)
        return len(enclosing) == len(batch)

    def _over(self, batch: Iterable[Told]) -> None:
        for told in batch:
            told.over.set()
            if self._untold.get(told.entry.position) is told:
                del self._untold[told.entry.position]

    async def _lull(self) -> None:
        """Wait until those who have heard of it with its documents are done with that, or there is more to be told."""
        self._more.clear()
        if not self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(LULL):
                    await self._more.wait()

    async def _append(self, batch: list[Told]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for told in batch:
                pipeline.xadd(stream_name(told.epoch), fields_of(told.entry), maxlen=KEPT, approximate=True)
            for epoch in {told.epoch for told in batch}:
                pipeline.expire(stream_name(epoch), UNUSED)
            await pipeline.execute()


async def _prepare(told: Told, ready: Ready) -> None:
    try:
        # Whatever goes wrong with a document, the entry is told; TimeoutError is one of these.
        with suppress(Exception):
            async with asyncio.timeout(PREPARING):
                told.enclosed = await ready()
    finally:
        told.due.set()
