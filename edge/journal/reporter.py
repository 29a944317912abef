"""Telling how far this node has come: whoever waits in this process, and the roster."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from edge.journal.lease import Proof
from edge.journal.membership import Membership
from edge.model.failure import places_of
from edge.model.instant import Clock, Instant
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.store.failures import STORE_FAILURES

HEARTBEAT = 1.0
"""Seconds between heartbeats of a node whose cursor does not move."""
LULL = 0.05
"""Seconds at most by which a report of what came early is put off."""

log = structlog.get_logger()


async def at_once() -> None:
    """A lull that is always there."""


class Reporter:
    """One per node. What could not be written is owed to the next poll. ``timeout`` in seconds.

    ``lull`` returns when a change has what it calls for at once. What came early is told the roster only then: it is a
    control node that writes it, and what this node has to say would be in the way of those who wait for the change.
    """

    def __init__(
        self,
        membership: Membership,
        proof: Proof,
        clock: Clock,
        stats: Stats,
        *,
        timeout: float,
        lull: Callable[[], Awaitable[None]] = at_once,
    ) -> None:
        self._lull = lull
        self._membership = membership
        self._proof = proof
        self._clock = clock
        self._stats = stats
        self._timeout = timeout
        self._moved = asyncio.Condition()
        # One heartbeat at a time: of two under way, the one with the older cursor could be written last.
        self._writing = asyncio.Lock()
        self._written: AsOf | None = None
        self._told: AsOf | None = None
        self._heard = True

    async def reached(self, position: int, seconds: float) -> bool:
        """Wait until this node has applied ``position``; ``False`` when that took longer than ``seconds``."""
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self._position() >= position)
        except TimeoutError:
            return False
        return True

    def begin_anew(self) -> None:
        """The cursor is another journal's: it is reported even where it looks like the last one."""
        self._written = None

    async def tell(self) -> None:
        """Wake those who wait in this process."""
        if self._told != self._proof.cursor:
            self._told = self._proof.cursor
            async with self._moved:
                self._moved.notify_all()

    async def report_early(self) -> None:
        """Report what came early: here at once, to the roster in a lull."""
        await self.tell()
        with suppress(TimeoutError):
            async with asyncio.timeout(LULL):
                await self._lull()
        await self.report()

    async def report(self, polled_at: Instant | None = None) -> None:
        """Report the cursor. ``polled_at``: when the poll was sent that proved it; ``None`` for what came early.

        Only a poll that wrote a heartbeat extends the lease. A node that is cut off from the store could otherwise
        live on what the stream brings, and miss what the stream lost.
        """
        await self.tell()
        try:
            async with asyncio.timeout(self._timeout), self._writing:
                if not await self._beat(polled_at):
                    return
        except Exception as error:
            self._stats.heartbeat_failures += 1
            if self._heard:
                frames = [] if isinstance(error, STORE_FAILURES) else places_of(error)
                log.warning("heartbeat failed", error=type(error).__name__, frames=frames)
            self._heard = False
        else:
            if polled_at is not None:
                self._proof.leased_at = polled_at
            self._heard = True

    async def _beat(self, polled_at: Instant | None) -> bool:
        """Whether a heartbeat was due, and written."""
        # Fresh answers older than the cursor are gone by now: floor check, start and body are one step of the event
        # loop, and this runs in a later one.
        cursor, held = self._proof.cursor, self._proof.leased_at
        if cursor is None:
            return False
        moved = cursor != self._written
        due = polled_at is not None and (held is None or polled_at.elapsed_since(held) >= HEARTBEAT)
        if not moved and not due:
            return False
        # What a change makes of the roster is of interest at once only to who looks after a front: acks go by it. The
        # others look with every heartbeat that is due.
        look = polled_at is not None or self._membership.newcomer.front != "none"
        await self._membership.beat(cursor, moved, self._clock(), look=look)
        self._written = cursor
        return True

    def _position(self) -> int:
        return self._proof.cursor.position if self._proof.cursor is not None else -1
