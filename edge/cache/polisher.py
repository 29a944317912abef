"""Making better, at leisure, what memory holds and somebody asks for.

    wanted ──► due ──► old enough? ──► polished in a thread ──► memory holds it still? ──► in its place ──► a rest
                           └ replaced meanwhile: left; whoever asks next wants it again

What is put in place has the as-of of what it replaces, so floors judge it as before: polishing proves nothing. A read
that ends while it is under way replaces what is held, and then the polished one is of no use:

    polishing begins ── a change is applied, read anew and kept ── polishing ends with what was before: thrown away
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from typing import Generic, TypeVar

import structlog

from edge.cache.memory import Memory
from edge.model.failure import places_of
from edge.model.instant import Clock
from edge.model.outcome import Found
from edge.model.stats import Stats

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

DUE = 1000
"""Keys due at most; those beyond are wanted again when somebody asks for them."""
SETTLED = 1.0
"""Seconds since it was read, before which nothing is polished: changes come in bursts, and each makes it anew."""
RESTS = 9.0
"""How many times as long as it worked it rests: a tenth of one core at most."""
LONGEST = 60.0
"""Seconds of one rest at most, since a machine may have been suspended meanwhile; and the rest after a failure."""

log = structlog.get_logger()


class Polisher(Generic[K, T]):
    """One key at a time. ``polish`` runs in a thread; ``None`` from it: nothing to gain. ``rest`` waits for seconds."""

    def __init__(
        self,
        memory: Memory[K, T],
        polish: Callable[[T], T | None],
        clock: Clock,
        stats: Stats,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._memory = memory
        self._polish = polish
        self._clock = clock
        self._stats = stats
        self._rest = rest
        self._due: dict[K, None] = {}
        self._wanted = asyncio.Event()

    def want(self, key: K) -> None:
        """Called for every answer, so it only notes the key."""
        if len(self._due) < DUE:
            self._due.setdefault(key)
            self._wanted.set()

    async def run(self) -> None:
        """Until cancelled; a thread that is at work then ends by itself, and what it made is dropped."""
        while True:
            await self._wanted.wait()
            while self._due:
                # Taken out before it is looked at: what is asked for meanwhile may be another document already.
                key = next(iter(self._due))
                del self._due[key]
                await self._turn(key)
            self._wanted.clear()

    async def _turn(self, key: K) -> None:
        held = self._memory.get(key)
        if held is None or not isinstance(held.known, Found):
            return
        young = held.read_at + SETTLED - self._clock().boot
        if young > 0:
            await self._rest(young)
            if self._memory.get(key) is not held:
                return
        begun = self._clock().boot
        try:
            better = await asyncio.to_thread(self._polish, held.known.value)
        except Exception as error:
            log.warning("polishing failed", error=type(error).__name__, frames=places_of(error))
            await self._rest(LONGEST)
            return
        if better is not None and self._memory.exchange(key, held, replace(held.known, value=better)):
            self._stats.polished += 1
        await self._rest(min(RESTS * (self._clock().boot - begun), LONGEST))
