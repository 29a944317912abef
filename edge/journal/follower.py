"""Following the journal: poll, apply, prove, report, wait, and again; and meanwhile what comes early.

            every interval, when kicked, on a gap                        head reached
  waiting ────────────────────────────────────────► polling ──► applied ────────────► proven ──► reported ──► waiting
     ▲                                               │    ▲        │ more to come                    (extends the lease)
     │                                               │    └────────┘
     │                              another journal  └──► loading (offers are held) ──► proven ──► reported
     │
  offered ──► next to the cursor? ──► applied, with what was held and follows ──► reported  (proves nothing)
                   └ a gap, or strange ──► polled for at once

There is one poll at a time. Offers are taken at any moment: also while a poll, a heartbeat or a load is under way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from edge.journal.held import HeldEntries
from edge.journal.lease import Proof
from edge.journal.membership import Membership
from edge.journal.progress import Early, Resync, judge, meet, reconcile
from edge.journal.reporter import Reporter, at_once
from edge.model.change import Entry
from edge.model.failure import places_of
from edge.model.instant import Clock, Instant
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.store.failures import STORE_FAILURES
from edge.store.journal_reader import Batch

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
        lull: Callable[[], Awaitable[None]] = at_once,
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
        self._reporter = Reporter(membership, proof, clock, stats, timeout=timeout, lull=lull)
        self._wake = asyncio.Event()
        self._moved_early = asyncio.Event()
        self.synced = asyncio.Event()
        """Set when the journal was caught up with, and that reported, for the first time."""
        self._loading = False
        self._held = HeldEntries()
        self._early: dict[int, str] = {}
        """Ids by position of what was applied early since the last poll was sent."""

    def epoch(self) -> str | None:
        """Of the journal that is followed; ``None`` until it was read once."""
        return self._proof.cursor.epoch if self._proof.cursor is not None else None

    def kick(self) -> None:
        """Poll now."""
        self._wake.set()

    def committed(self, entry: Entry) -> None:
        """``entry`` was committed by this process, so its own node need not be told of it by anybody."""
        epoch = self.epoch()
        if epoch is not None:
            self.offer(epoch, entry)

    def offer(self, epoch: str, entry: Entry) -> None:
        """An entry that comes before the poll that would bring it; applied only where it is the next one."""
        cursor = None if self._loading else self._proof.cursor
        match meet(cursor, epoch, entry):
            case Early.NEXT:
                self._apply_early([entry], epoch)
                self._apply_held()
            case Early.AHEAD:
                self._held.hold(epoch, entry)
                self._stats.stream_held += 1
                self._stats.stream_gaps += cursor is not None and not self._wake.is_set()
                self.kick()
            case Early.STRANGE:
                self.kick()
            case Early.KNOWN:
                pass

    async def reached(self, position: int, seconds: float) -> bool:
        """Wait until this node has applied ``position``; ``False`` when that took longer than ``seconds``."""
        return await self._reporter.reached(position, seconds)

    async def run(self) -> None:
        """Follow until cancelled. A failing poll is retried every interval; the lease fences the node meanwhile."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._poll_on())
            tasks.create_task(self._report_on())

    async def step(self) -> bool:
        """One poll with all its consequences; whether it reached the head."""
        sent_at = self._clock()
        async with asyncio.timeout(self._timeout):
            reached_head = await self._advance(sent_at)
        if reached_head:
            await self._reporter.report(sent_at)
            if self._proof.leased_at is not None:
                self.synced.set()
        return reached_head

    async def report_early(self) -> None:
        """Wait for something to be applied early, and report it."""
        await self._moved_early.wait()
        self._moved_early.clear()
        await self._reporter.report_early()

    async def _poll_on(self) -> None:
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

    async def _report_on(self) -> None:
        while True:
            await self.report_early()

    async def _advance(self, sent_at: Instant) -> bool:
        sent_for, held_before = self._proof.cursor, self._held.positions()
        self._early.clear()
        if sent_for is None:
            await self._restart(sent_at.wall)
        else:
            batch = await self._source.poll(sent_for.position)
            verdict = judge(sent_for, batch)
            # Offers may have moved the cursor while the poll was under way.
            if not isinstance(verdict, Resync):
                verdict = reconcile(verdict, self._proof.cursor or sent_for, self._early)
            if isinstance(verdict, Resync):
                self._stats.resyncs += 1
                log.error("journal resync", reason=verdict.reason, cursor=str(sent_for), head=str(batch.head))
                # Fenced now, not when the other journal has been loaded, which may fail: what is held is of this one.
                self._proof.leased_at = None
                self._membership.doubt(self._clock())
                await self._restart(sent_at.wall)
            else:
                for entry in verdict.entries:
                    self._apply(entry)
                self._proof.cursor = verdict.cursor
                self._apply_held()
                if not verdict.proven:
                    return False
                self._held.forget(held_before)
        self._stats.polls += 1
        self._proof.proven_at = sent_at
        return True

    async def _restart(self, now: float) -> None:
        """Begin at the head, knowing the floors of the last RECENT seconds; anything from before is below the base.

        Until that is done offers are held. Otherwise:
            window and head 7 are read ── 8 is offered, applied, reported ── floors restart at 7: 8 is reported, and not
            applied
        """
        self._loading = True
        try:
            # The window first, the revokes after it: a revoke between the two is in one of them, and polled later.
            batch = await self._source.since(now - RECENT)
            self._applier.restart(batch.head, batch.entries, await self._revokes.revoked())
        finally:
            self._loading = False
        self._proof.cursor = batch.head
        self._early.clear()
        self._reporter.begin_anew()
        self._apply_held()

    def _apply(self, entry: Entry) -> None:
        self._applier.apply(entry)
        self._stats.applied += 1

    def _apply_early(self, entries: Sequence[Entry], epoch: str) -> None:
        """``entries`` follow the cursor, one the other."""
        for entry in entries:
            self._apply(entry)
            self._early[entry.position] = entry.id
            self._proof.cursor = AsOf(epoch, entry.position, entry.id)
            self._stats.stream_applied += 1
            self._moved_early.set()

    def _apply_held(self) -> None:
        cursor = self._proof.cursor
        if cursor is not None:
            self._apply_early(self._held.following(cursor), cursor.epoch)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._interval):
                await self._wake.wait()
        except TimeoutError:
            pass
