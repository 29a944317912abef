"""Following the journal: poll, apply, prove, report, wait, and again."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from edge.journal.lease import Proof
from edge.journal.membership import Membership
from edge.journal.progress import Resync, judge
from edge.model.change import Entry
from edge.model.failure import places_of
from edge.model.instant import Clock, Instant
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.store.failures import STORE_FAILURES
from edge.store.journal_reader import Batch

HEARTBEAT = 1.0
"""Seconds between heartbeats of a node whose cursor does not move."""
RECENT = 1800.0
"""Seconds of journal loaded at start: copies older than that are never used."""

log = structlog.get_logger()


class JournalSource(Protocol):
    """Where entries come from. Raises one of STORE_FAILURES when it cannot say."""

    async def poll(self, position: int) -> Batch: ...

    async def since(self, at: float) -> Batch: ...


class Applier(Protocol):
    """What a journal acts upon: the cache's floors."""

    def apply(self, entry: Entry) -> None: ...

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None: ...


class RevokeSource(Protocol):
    async def revoked(self) -> dict[str, int]: ...


class Follower:
    """One per node. ``interval`` and ``timeout`` in seconds; ``proof`` is written here and read by the cache."""

    def __init__(
        self,
        *,
        source: JournalSource,
        revokes: RevokeSource,
        applier: Applier,
        membership: Membership,
        proof: Proof,
        clock: Clock,
        stats: Stats,
        interval: float,
        timeout: float,
    ) -> None:
        self._source = source
        self._revokes = revokes
        self._applier = applier
        self._membership = membership
        self._proof = proof
        self._clock = clock
        self._stats = stats
        self._interval = interval
        self._timeout = timeout
        self._wake = asyncio.Event()
        self._moved = asyncio.Condition()
        self._unreported = False
        self._heard = True

    def kick(self) -> None:
        """Poll now: something was committed by this process."""
        self._wake.set()

    async def reached(self, position: int, seconds: float) -> bool:
        """Wait until this node has applied ``position``; ``False`` when that took longer than ``seconds``."""
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self._position() >= position)
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Follow until cancelled. A failing poll is retried every interval; the lease fences the node meanwhile."""
        healthy = True
        while True:
            self._wake.clear()
            try:
                caught_up = await self.step()
            except Exception as error:
                # Whatever it is: a node that ceased to follow would stay fenced for good, and nobody would know why.
                self._stats.poll_failures += 1
                if healthy:
                    frames = [] if isinstance(error, STORE_FAILURES) else places_of(error)
                    log.warning("journal poll failed", error=type(error).__name__, frames=frames)
                healthy, caught_up = False, True
            else:
                if not healthy:
                    log.info("journal poll answered again")
                healthy = True
            if caught_up:
                await self._pause()

    async def step(self) -> bool:
        """One poll with all its consequences; whether it reached the head."""
        sent_at = self._clock()
        async with asyncio.timeout(self._timeout):
            reached_head = await self._advance(sent_at)
        if reached_head:
            await self._report()
        return reached_head

    async def _advance(self, sent_at: Instant) -> bool:
        cursor = self._proof.cursor
        if cursor is None:
            await self._restart(sent_at.wall)
        else:
            batch = await self._source.poll(cursor.position)
            verdict = judge(cursor, batch)
            if isinstance(verdict, Resync):
                self._stats.resyncs += 1
                log.error("journal resync", reason=verdict.reason, cursor=str(cursor), head=str(batch.head))
                # Fenced now, not when the other journal has been loaded, which may fail: what is held is of this one.
                self._proof.leased_at = None
                self._membership.doubt(self._clock())
                await self._restart(sent_at.wall)
            else:
                for entry in verdict.entries:
                    self._applier.apply(entry)
                self._stats.applied += len(verdict.entries)
                self._unreported = self._unreported or bool(verdict.entries)
                self._proof.cursor = verdict.cursor
                if not verdict.proven:
                    return False
        self._stats.polls += 1
        self._proof.proven_at = sent_at
        return True

    async def _report(self) -> None:
        """Tell who waits in this process, and the roster; what could not be written is owed to the next poll."""
        # Fresh answers older than the cursor are gone by now: floor check, start and body are one step of the event
        # loop, and this runs in a later one.
        sent_at, cursor = self._proof.proven_at, self._proof.cursor
        if sent_at is None or cursor is None:
            return
        if self._unreported:
            async with self._moved:
                self._moved.notify_all()
        held = self._proof.leased_at
        if not self._unreported and held is not None and sent_at.elapsed_since(held) < HEARTBEAT:
            return
        try:
            async with asyncio.timeout(self._timeout):
                await self._membership.beat(cursor, self._unreported, self._clock())
        except STORE_FAILURES as error:
            self._stats.heartbeat_failures += 1
            if self._heard:
                log.warning("heartbeat failed", error=type(error).__name__)
            self._heard = False
        else:
            self._proof.leased_at = sent_at
            self._unreported, self._heard = False, True

    async def _restart(self, now: float) -> None:
        """Begin at the head, knowing the floors of the last RECENT seconds; anything from before is below the base."""
        # The window first, the revokes after it: a revoke between the two is in one of them, and polled later.
        batch = await self._source.since(now - RECENT)
        self._applier.restart(batch.head, batch.entries, await self._revokes.revoked())
        self._proof.cursor = batch.head
        self._unreported = True

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._interval):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _position(self) -> int:
        return self._proof.cursor.position if self._proof.cursor is not None else -1
