"""Following the stream of announced entries: it makes a change arrive sooner, and proves nothing.

        ┌───────────── nothing new for BLOCK seconds: is the stream still the one we know? ─────────────┐
        ▼                                                                                               │
   find the place ──► XREAD BLOCK after the last id ──► offer each entry to the follower ───────────────┘
        ▲                                                       │ an error, or silence of a connection beyond its time
        └──────────────── back-off with jitter ◄────────────────┘

The place is the last id seen, as long as the stream has come so far. A stream whose newest entry is older was emptied,
or is a replica's that lagged: ids there begin anew, and waiting for one beyond the last seen could last for ever.

Two streams are read in one question: the journal's, and that of the latest changes with their documents
(``edge.journal.latest``). Of that one only what comes while somebody listens is of use.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from redis.asyncio import Redis

from edge.journal.announcer import stream_name
from edge.journal.latest import FIELD, Enclosed, enclosed_in, latest_name
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
Receive = Callable[[Enclosed], None]
"""Takes documents that came with an entry, before that is offered."""


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
        receive: Receive,
        epoch: Callable[[], str | None],
        stats: Stats,
        timeout: float,
        jitter: Callable[[], float],
    ) -> None:
        self._client = client
        self._offer = offer
        self._receive = receive
        self._epoch = epoch
        self._stats = stats
        self._timeout = timeout
        self._jitter = jitter
        self._outage = Outage("stream", place, FAILURES)
        self._followed: str | None = None
        self._last: StreamId = START
        self._latest: StreamId = START
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
            enclosing, found = await self._read(epoch)
            # Nothing came: either there was nothing, or what there is has ids below the last one seen.
            placed = bool(enclosing or found)
            self._take_latest(epoch, enclosing)
            self._take(epoch, found)
            self._failures = 0
            self._outage.ended()

    async def _find_place(self, epoch: str) -> None:
        newest, latest = await self._newest(stream_name(epoch), latest_name(epoch))
        if epoch != self._followed or latest < self._latest:
            self._latest = latest
        if epoch == self._followed and newest >= self._last:
            return
        self._followed, self._last = epoch, START
        async with asyncio.timeout(self._timeout):
            tail: Any = await self._client.xrevrange(stream_name(epoch), count=TAIL)
        self._take(epoch, reversed(tail or ()))

    async def _newest(self, *names: str) -> list[StreamId]:
        """The newest id of each stream."""
        async with asyncio.timeout(self._timeout), self._client.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.xrevrange(name, count=1)
            return [stream_id(found[0][0]) if found else START for found in await pipeline.execute()]

    async def _read(self, epoch: str) -> tuple[list[Any], list[Any]]:
        """What is new in the stream of the latest changes, and in the journal's."""
        latest, journal = latest_name(epoch), stream_name(epoch)
        # What may come at the same moment is looked for in this order.
        after: Any = {latest: _told(self._latest), journal: _told(self._last)}
        # Around the client's own time for an answer: connecting, and asking a Sentinel where, are in this one.
        async with asyncio.timeout(BLOCK + self._timeout):
            # One list for each stream that has something: its name, and its entries.
            answer: Any = await self._client.xread(after, count=AT_ONCE, block=int(BLOCK * 1000))
        found = {name: list(entries) for name, entries in answer or ()}
        return found.get(latest.encode(), []), found.get(journal.encode(), [])

    def _take_latest(self, epoch: str, found: Any) -> None:
        for found_id, fields in found:
            self._latest = stream_id(found_id)
            self._receive(enclosed_in(fields))
            self._offer_in(epoch, fields)

    def _take(self, epoch: str, found: Any) -> None:
        for found_id, fields in found:
            self._last = stream_id(found_id)
            self._offer_in(epoch, fields)

    def _offer_in(self, epoch: str, fields: Any) -> None:
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


def _told(place: StreamId) -> str:
    return "-".join(map(str, place))


def pause(failures: int, jitter: float) -> float:
    """Seconds until the next attempt: doubled each time, and between half of that and all, so that nodes that lost
    the same server do not come back to it at the same moment."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 16))
    return longest * (0.5 + 0.5 * jitter)
