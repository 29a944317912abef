"""Measuring on the way: where the journal's head is, how long changes took to arrive, how large documents are."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from edge.cache.reading import Reader, Reading
from edge.journal.follower import Applier, JournalSource
from edge.model.change import Entry
from edge.model.instant import Clock
from edge.model.outcome import Found
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.observe.minutes import Minutes
from edge.publish.publication import Wanted
from edge.store.journal_reader import Batch

T = TypeVar("T")


class Heard:
    """A journal source that remembers the head it last answered."""

    def __init__(self, source: JournalSource, stats: Stats) -> None:
        self._source = source
        self._stats = stats

    async def poll(self, position: int) -> Batch:
        return self._noted(await self._source.poll(position))

    async def since(self, at: float) -> Batch:
        return self._noted(await self._source.since(at))

    def _noted(self, batch: Batch) -> Batch:
        self._stats.journal_head = batch.head.position
        return batch


class Timed:
    """An applier that measures when entries arrive. What a restart loads did not arrive, it was there."""

    def __init__(self, applier: Applier, stats: Stats, clock: Clock, minutes: Minutes) -> None:
        self._applier = applier
        self._stats = stats
        self._clock = clock
        self._minutes = minutes

    def apply(self, entry: Entry) -> None:
        self._applier.apply(entry)
        # Two machines' clocks: what seems to have arrived before it was sent took no time that can be told.
        seconds = max(0.0, self._clock().wall - entry.at)
        self._stats.propagation_seconds.observe(seconds)
        self._minutes.arrived(seconds)

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        self._applier.restart(head, recent, revoked)


def metered(read: Reader[Wanted, T], weigh: Callable[[T], int], stats: Stats) -> Reader[Wanted, T]:
    """``read`` of the store, counting what it finds and how large that is."""

    async def reading(wanted: Wanted) -> Reading[T]:
        found = await read(wanted)
        if isinstance(found.outcome, Found):
            stats.store_hits += 1
            stats.document_bytes.observe(weigh(found.outcome.value), wanted.kind)
        return found

    return reading
