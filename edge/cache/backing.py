"""What outlives the process: last known good on this host's disk, or nothing."""

from collections.abc import Hashable
from typing import Protocol, TypeVar

from edge.cache.reading import Spare
from edge.model.instant import Instant
from edge.model.outcome import Known

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)


class Backing(Protocol[K_contra, T]):
    """Told of everything that memory keeps; asked where memory has nothing and the store cannot be read.

    Never raises, and never makes anybody wait for a disk: ``keep`` is called between a read and its answer.
    """

    def keep(self, key: K_contra, known: Known[T], confirmed_at: Instant) -> None: ...

    async def restored(self, key: K_contra) -> Spare[T] | None: ...


class NoBacking:
    """Keeps nothing: where the store is at hand, last known good lives as long as the process."""

    def keep(self, _key: object, _known: object, _confirmed_at: Instant) -> None:
        pass

    async def restored(self, _key: object) -> None:
        return None
