"""Refreshing the write keys that are due at once."""

import asyncio
from collections import deque

import structlog

from edge.fronts.front import Due, Front, FrontError
from edge.fronts.ledger import Ledger
from edge.fronts.term import IDLE, Term
from edge.journal.bell import Bell
from edge.model.failure import places_of
from edge.model.instant import Clock
from edge.model.stats import Stats

AT_A_TIME = 2
"""Write keys under way; each is nine variants or more, which go at once."""

log = structlog.get_logger()


class Runner:
    """One task for each write key under way: one that hangs holds up none but itself and what waits for its place."""

    def __init__(self, front: Front, clock: Clock, stats: Stats, bell: Bell) -> None:
        self._front = front
        self._clock = clock
        self._stats = stats
        self._bell = bell
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready: deque[str] = deque()
        self._scanned: tuple[Ledger, int] | None = None
        self._healthy = True

    def start(self, term: Term) -> float:
        """Begin what is due, as far as there is room; seconds until there is more to begin."""
        ledger, now = term.agenda.ledger, self._clock().boot
        while len(self._tasks) < AT_A_TIME:
            if not self._ready or self._scanned != (ledger, ledger.asked):
                self._ready, self._scanned = deque(ledger.due(now)), (ledger, ledger.asked)
            if not self._ready:
                next_at = ledger.next_at()
                return IDLE if next_at is None else max(0.0, next_at - now)
            key = self._ready.popleft()
            if ledger.is_due(key, now):
                # Begun here: a task runs later, and the key would be found due once more.
                position, reach = ledger.begin(key)
                due = Due(key, term.agenda.epoch, position, reach=reach)
                task = asyncio.create_task(self._refresh(due, now, ledger, term))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        return IDLE

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _refresh(self, due: Due, began: float, ledger: Ledger, term: Term) -> None:
        try:
            await self._front.refresh(due)
        except FrontError as error:
            self._fail(due.key, str(error), ledger)
        except Exception as error:
            # Whatever it is: nothing but an answer that was seen makes a change live (I13).
            log.error("refresh failed", error=type(error).__name__, frames=places_of(error))  # noqa: TRY400 - no texts
            self._fail(due.key, f"unexpected {type(error).__name__}", ledger)
        else:
            if term.holds():
                ledger.done(due.key, due.position, began)
                self._stats.front_refreshed += 1
                self._healthy = True
            else:
                self._fail(due.key, "this node was fenced meanwhile", ledger)
        finally:
            self._bell.ring()

    def _fail(self, key: str, reason: str, ledger: Ledger) -> None:
        if self._healthy:
            log.warning("front does not show a change", reason=reason)
        self._healthy = False
        self._stats.front_failures += 1
        ledger.failed(key, reason, self._clock().boot)
