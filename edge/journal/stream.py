"""Following the stream of announced entries: it makes a change arrive sooner, and proves nothing.

        ┌───────────── nothing new for BLOCK seconds: is the stream still the one we know? ─────────────┐
        ▼                                                                                               │
   find the place ──► XREAD BLOCK after the last id ──► offer each entry to the follower ───────────────┘
        ▲                                                       │ an error, or silence of a connection beyond its time
        └──────────────── back-off with jitter ◄────────────────┘

The place is the last id seen, as long as the stream has come so far. A stream whose newest entry is older was emptied,
or is a replica's that lagged: ids there begin anew, and waiting for one beyond the last seen could last for ever.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from redis.asyncio import Redis

from edge.journal.announcer import FIELD, stream_name
from edge.journal.outage import Outage
from edge.journal.redis_client import FAILURES, close_client
from edge.journal.wire import EntryError, load_entry
from edge.model.change import Entry
from edge.model.stats import Stats

BLOCK = 1.0
"""Seconds for which one read waits at the server. Short: a connection that only looks alive is noticed by it."""
TAIL = 100
"""Entries looked at where the place is lost: what was announced since this node's last poll is among them."""
AT_ONCE = 500
"""Entries in one answer at most."""
UNSYNCED = 0.05
"""Seconds between two looks at whether the node has come to know its epoch."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds of back-off: the first, doubled each time up to the longest."""

StreamId = tuple[int, int]
START: StreamId = (0, 0)

Offer = Callable[[str, Entry], None]


class Following(Protocol):
    """Brings entries early for as long as it runs."""

    async def run(self) -> None: ...


class NoStream:
    """Where there is no Redis."""

    async def run(self) -> None:
        return None


class Stream:
    """One per node. Owns ``client``, which must bear answers that come BLOCK seconds late; ``timeout`` is in seconds.

    ``epoch`` is the node's own, ``None`` until it knows it. ``jitter`` answers a number from 0 to 1.
    """

    def __init__(
        self,
        client: Redis,
        place: str,
        *,
        offer: Offer,
        epoch: Callable[[], str | None],
        stats: Stats,
        timeout: float,
        jitter: Callable[[], float],
    ) -> None:
        self._client = client
        self._offer = offer
        self._epoch = epoch
        self._stats = stats
        self._timeout = timeout
        self._jitter = jitter
        self._outage = Outage("stream", place, FAILURES)
        self._followed: str | None = None
        self._last: StreamId = START
        self._failures = 0

    async def run(self) -> None:
        """Follow until cancelled, whatever happens to Redis."""
        try:
            while not _cancelled():
                try:
                    await self._follow()
                except Exception as error:
                    self._stats.stream_reconnects += 1
                    self._outage.began(error)
                    await asyncio.sleep(pause(self._failures, self._jitter()))
                    self._failures += 1
        finally:
            with suppress(*FAILURES):
                await close_client(self._client)

    async def _follow(self) -> None:
        """Until the connection fails."""
        placed = False
        while not _cancelled():
            epoch = self._epoch()
            if epoch is None:
                await asyncio.sleep(UNSYNCED)
                continue
            if epoch != self._followed or not placed:
                await self._find_place(epoch)
            found = await self._read(epoch)
            # Nothing came: either there was nothing, or what there is has ids below the last one seen.
            placed = bool(found)
            self._take(epoch, found)
            self._failures = 0
            self._outage.ended()

    async def _find_place(self, epoch: str) -> None:
        newest = await self._newest(epoch, 1)
        last = stream_id(newest[0][0]) if newest else START
        if epoch == self._followed and last >= self._last:
            return
        self._followed, self._last = epoch, START
        self._take(epoch, reversed(await self._newest(epoch, TAIL)))

    async def _newest(self, epoch: str, count: int) -> list[Any]:
        async with asyncio.timeout(self._timeout):
            return list(await self._client.xrevrange(stream_name(epoch), count=count) or ())

    async def _read(self, epoch: str) -> list[Any]:
        after = "-".join(map(str, self._last))
        # Around the client's own time for an answer: connecting, and asking a Sentinel where, are in this one.
        async with asyncio.timeout(BLOCK + self._timeout):
            # One list for each stream: its name, and its entries.
            answer: Any = await self._client.xread({stream_name(epoch): after}, count=AT_ONCE, block=int(BLOCK * 1000))
        return list(answer[0][1]) if answer else []

    def _take(self, epoch: str, found: Any) -> None:
        for found_id, fields in found:
            self._last = stream_id(found_id)
            try:
                entry = load_entry(fields.get(FIELD, b""))
            except EntryError:
                # Another release's, or nobody's: a gap to the follower, which asks the store.
                self._stats.stream_unreadable += 1
            else:
                self._offer(epoch, entry)


def _cancelled() -> bool:
    """Whether this task was told to end. asyncio.wait_for, which redis-py sends with, may keep that to itself when it
    comes at the moment at which the sending ends (https://github.com/python/cpython/issues/86296)."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def stream_id(text: bytes) -> StreamId:
    milliseconds, _, sequence = text.partition(b"-")
    return int(milliseconds), int(sequence)


def pause(failures: int, jitter: float) -> float:
    """Seconds until the next attempt: doubled each time, and between half of that and all, so that nodes that lost
    the same server do not come back to it at the same moment."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 16))
    return longest * (0.5 + 0.5 * jitter)
