"""Documents as the cache keeps them: beside their bytes the answers already made from these."""

from collections.abc import Callable
from dataclasses import dataclass, field

from edge.cache.backing import Backing
from edge.cache.policy import Held
from edge.cache.reading import Reader, Reading, Spare
from edge.delivery.http import Reply
from edge.model.instant import Instant
from edge.model.outcome import Found, Known
from edge.publish.publication import Publication, Wanted
from edge.publish.variants import Encoding


@dataclass(frozen=True, slots=True)
class Prepared:
    """A publication in the cache, with the answers already made from it: a hit builds nothing."""

    publication: Publication
    replies: dict[tuple[Encoding, str | None, bool], Reply] = field(default_factory=dict)

    def size(self) -> int:
        return self.publication.size()

    def document_size(self) -> int:
        return self.publication.document_size()

    def polished(self) -> "Prepared | None":
        """The same document in fewer bytes, with no answer made yet; ``None`` where there is nothing to gain."""
        return Prepared(self.publication.polished()) if self.publication.rough() else None


class Preparing:
    """Documents as the cache keeps them: read from ``read``, and from ``backing`` where that fails.

    ``kept`` answers what memory holds: what was polished there is not made anew where only its as-of has changed.
    """

    def __init__(
        self,
        read: Reader[Wanted, Publication],
        backing: Backing[Wanted, Publication],
        kept: Callable[[Wanted], Held[Prepared] | None],
    ) -> None:
        self._read = read
        self._backing = backing
        self._kept = kept

    async def read(self, wanted: Wanted) -> Reading[Prepared]:
        reading = await self._read(wanted)
        outcome = reading.outcome
        prepared = self._polished(wanted, outcome) if isinstance(outcome, Found) else outcome
        return Reading(prepared, reading.age, _spared(reading.spare), reading.vouched)

    def keep(self, wanted: Wanted, known: Known[Prepared], confirmed_at: Instant) -> None:
        self._backing.keep(wanted, bare(known), confirmed_at)

    async def restored(self, wanted: Wanted) -> Spare[Prepared] | None:
        return _spared(await self._backing.restored(wanted))

    def _polished(self, wanted: Wanted, found: Found[Publication]) -> Found[Prepared]:
        held = self._kept(wanted)
        if held is None or not isinstance(held.known, Found):
            return _prepared(found)
        return Found(Prepared(found.value.polished_as(held.known.value.publication)), found.as_of, found.tags)


def _prepared(found: Found[Publication]) -> Found[Prepared]:
    return Found(Prepared(found.value), found.as_of, found.tags)


def _spared(spare: Spare[Publication] | None) -> Spare[Prepared] | None:
    return Spare(_prepared(spare.found), spare.confirmed_at) if spare is not None else None


def bare(known: Known[Prepared]) -> Known[Publication]:
    """What was read, without what was made of it here."""
    return Found(known.value.publication, known.as_of, known.tags) if isinstance(known, Found) else known
