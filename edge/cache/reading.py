"""What one read of a document came to, wherever it was read from."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from edge.model.instant import Instant
from edge.model.outcome import Found, Outcome

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spare(Generic[T]):
    """Last known good from outside this process's memory (its disk, a control node): never fresh, only on error."""

    found: Found[T]
    confirmed_at: Instant


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """``age``: how many seconds before the read began the outcome was last known to be current; 0 from the store.

    ``spare`` may come with ``Unavailable``: what to fall back on where memory holds nothing. ``vouched``: whether this
    node can tell that the outcome is of the journal which it follows. What it cannot is for those who wait for it, and
    kept by nobody: not in memory, not on a disk, not in the shared cache.
    """

    outcome: Outcome[T]
    age: float = 0.0
    spare: Spare[T] | None = None
    vouched: bool = True


Reader = Callable[[K], Awaitable[Reading[T]]]


def direct(read: Callable[[K], Awaitable[Outcome[T]]]) -> Reader[K, T]:
    """A reader of the store itself: what it answers is current when the read begins.

    It needs nobody to vouch for it, beyond the cursor either. If the store is of another life than the journal that
    was followed so far, the next poll of that same store says so, and voids whatever was read before it.
    """

    async def reading(key: K) -> Reading[T]:
        return Reading(await read(key))

    return reading
