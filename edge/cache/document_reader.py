"""A reader of documents as a node is given it, and what it is where nodes share nothing."""

from collections.abc import Iterable
from typing import Protocol

from edge.cache.reading import Reader
from edge.journal.latest import NOTHING, Enclosed
from edge.publish.publication import Publication, Wanted


class DocumentReader(Protocol):
    """A reader with something to let go of."""

    @property
    def read(self) -> Reader[Wanted, Publication]: ...

    def changed_here(self, wanted: Iterable[Wanted]) -> None:
        """This process has committed a change of ``wanted``, of which it has told nobody yet."""

    async def enclosed(self, wanted: Iterable[Wanted]) -> Enclosed:
        """Copies of those of ``wanted`` that were changed and read here, for others to ``receive``; none where that was
        too much, once they are where others find them, or given up."""

    def receive(self, enclosed: Enclosed) -> None:
        """Copies that came with the entry that calls for them."""

    async def close(self) -> None: ...


class Unshared:
    """Where nodes share nothing: ``read`` as it is."""

    def __init__(self, read: Reader[Wanted, Publication]) -> None:
        self.read = read

    def changed_here(self, wanted: Iterable[Wanted]) -> None:
        pass

    async def enclosed(self, wanted: Iterable[Wanted]) -> Enclosed:
        return NOTHING

    def receive(self, enclosed: Enclosed) -> None:
        pass

    async def close(self) -> None:
        pass
