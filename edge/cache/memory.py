"""The memory tier: documents bounded in bytes, absent keys bounded in number and time."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Generic, TypeVar

from cachetools import LRUCache, TTLCache

from edge.cache.policy import Held
from edge.model.instant import Clock
from edge.model.outcome import Found

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

MISSING_SECONDS = 10.0
MISSING_MAX = 10_000
OVERHEAD = 12 * 1024
"""Bytes counted for an entry besides its document: key, tags, headers, the objects around them, and what the allocator
loses on them. So counted, the three documents of a source are nine tenths of what a process grows by for them
(``loadtest.bench.memory``): whoever sets a bound wants the process bounded."""


class Memory(Generic[K, T]):
    """Forgetting is only memory management: what is fresh is decided by floors, at every look."""

    def __init__(self, max_bytes: int, size: Callable[[T], int], clock: Clock) -> None:
        def weigh(held: Held[T]) -> int:
            return OVERHEAD + (size(held.known.value) if isinstance(held.known, Found) else 0)

        self._found: LRUCache[K, Held[T]] = LRUCache(max_bytes, getsizeof=weigh)
        self._missing: TTLCache[K, Held[T]] = TTLCache(MISSING_MAX, MISSING_SECONDS, timer=lambda: clock().boot)

    def get(self, key: K) -> Held[T] | None:
        return self._found.get(key) or self._missing.get(key)

    def put(self, key: K, held: Held[T]) -> None:
        """Keep ``held`` unless something read later is kept already (I5), or it is larger than the whole memory."""
        kept = self.get(key)
        if kept is not None and _later(kept, held):
            return
        self._found.pop(key, None)
        self._missing.pop(key, None)
        if not isinstance(held.known, Found):
            self._missing[key] = held
        elif self._found.getsizeof(held) <= self._found.maxsize:
            self._found[key] = held

    def exchange(self, key: K, held: Held[T], known: Found[T]) -> bool:
        """Put ``known``, the document of ``held`` in other bytes, in its place; not where that is kept no longer."""
        exchanged = replace(held, known=known)
        if self._found.get(key) is not held or self._found.getsizeof(exchanged) > self._found.maxsize:
            return False
        # Taken out first, so that nothing else has to go for what both would weigh.
        del self._found[key]
        self._found[key] = exchanged
        return True

    def bytes(self) -> int:
        return int(self._found.currsize)

    def __len__(self) -> int:
        return len(self._found)


def _later(kept: Held[T], held: Held[T]) -> bool:
    same_journal = kept.generation == held.generation and kept.known.as_of.epoch == held.known.as_of.epoch
    return same_journal and kept.known.as_of.position > held.known.as_of.position
