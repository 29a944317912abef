"""Going on with broad purges, a few write keys at a time, no faster than the bucket gives."""

import asyncio
from collections.abc import Sequence

import structlog

from edge.fronts.bucket import Bucket
from edge.fronts.front import Due, Front, FrontDownError, FrontError, KeySource
from edge.fronts.ledger import Random, pause
from edge.fronts.sweep import Sweep
from edge.fronts.term import IDLE, Term
from edge.model.failure import places_of
from edge.model.instant import Clock
from edge.model.stats import Stats
from edge.store.failures import STORE_FAILURES

CHUNK = 8
"""Write keys between two looks at what else there is to do."""
AT_A_TIME = 2

log = structlog.get_logger()


class Sweeper:
    """``rate``: write keys a second, for all broad purges of this node together."""

    def __init__(
        self, front: Front, keys: KeySource, *, rate: float, clock: Clock, stats: Stats, random: Random
    ) -> None:
        self._front = front
        self._keys = keys
        self._bucket = Bucket(rate)
        self._clock = clock
        self._stats = stats
        self._random = random

    async def turn(self, term: Term) -> float:
        """Go on with one sweep; seconds until there is more to do."""
        now = self._clock().boot
        # What is only repeated comes last.
        waiting = [sweep for sweep in term.agenda.sweeps if not sweep.firm()]
        for sweep in waiting:
            sweep.notice(now)
        due = [sweep for sweep in waiting if sweep.due_at() <= now]
        if not due:
            return min((sweep.due_at() - now for sweep in waiting), default=IDLE)
        return await self._go_on(min(due, key=lambda sweep: (sweep.gentle, sweep.positions)), term)

    async def _go_on(self, sweep: Sweep, term: Term) -> float:
        passage = sweep.passage(self._clock().boot)
        if passage.wants_page():
            try:
                await sweep.fill(passage, self._keys)
            except STORE_FAILURES as error:
                self._fail(sweep, f"the write keys to be refreshed cannot be listed: {type(error).__name__}")
                return 0.0
        repeated = not passage.ready
        wanted = passage.take(CHUNK)
        tried, wait = self._paid(wanted)
        if not tried:
            return wait
        errors = await self._refresh(tried)
        if not term.holds():
            return 0.0
        down = next((error for error in errors.values() if isinstance(error, FrontDownError)), None)
        if down is not None:
            self._fail(sweep, str(down))
            return 0.0
        passage.settle(tried, errors)
        self._stats.front_refreshed += len(tried) - len(errors)
        if passage is sweep.first:
            sweep.done += len(tried) - len(errors)
        if errors:
            self._stats.front_failures += len(errors)
            sweep.error = str(next(iter(errors.values())))
            if repeated:
                self._fail(sweep, sweep.error)
        elif not passage.failed:
            sweep.error, sweep.failures = None, 0
        return 0.0

    def _paid(self, wanted: Sequence[Due]) -> tuple[list[Due], float]:
        """As many of ``wanted`` as there are tokens for; seconds until there is one, where there is none."""
        now, paid = self._clock().boot, list[Due]()
        for due in wanted:
            wait = self._bucket.take(now)
            if wait > 0:
                return paid, wait
            paid.append(due)
        return paid, 0.0

    async def _refresh(self, wanted: Sequence[Due]) -> dict[Due, FrontError]:
        """What was wrong, by what was asked for."""
        errors: dict[Due, FrontError] = {}
        left = iter(wanted)

        async def work() -> None:
            for due in left:
                try:
                    await self._front.refresh(due)
                except FrontError as error:
                    errors[due] = error
                except Exception as error:
                    # Whatever it is: nothing but an answer that was seen makes a change live (I13).
                    log.error("refresh failed", error=type(error).__name__, frames=places_of(error))  # noqa: TRY400 - no texts
                    errors[due] = FrontError(f"unexpected {type(error).__name__}")

        await asyncio.gather(*(work() for _ in range(AT_A_TIME)))
        return errors

    def _fail(self, sweep: Sweep, reason: str) -> None:
        """Later, and later each time."""
        if sweep.error is None:
            log.warning("a purge does not go on", position=sweep.positions[-1], reason=reason)
        sweep.error = reason
        sweep.failures += 1
        sweep.not_before = self._clock().boot + pause(sweep.failures, self._random)
        self._stats.front_failures += 1
