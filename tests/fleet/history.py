"""What was committed, since when it was live, and which of it a replaced store has lost: what answers are held to.

Times are this process' monotonic seconds. A write is sent, is committed at some instant before its answer, and is live
when its receipt says so; each of these may be ``NEVER``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from edge.model.change import Verb
from loadtest.sources import LoadSource

ALWAYS, NEVER = float("-inf"), float("inf")


@dataclass(slots=True)
class Reign:
    """While one counter is what a source has: from between ``sent`` and ``answered`` until the next one's ``answered``.

    ``answered`` is NEVER where no answer came: such a write may stand or not.
    """

    counter: int
    sent: float
    answered: float = NEVER
    live: float = NEVER
    position: int = 0


@dataclass(slots=True)
class Purge:
    """``void`` is when its journal ended, which a replaced store does to it."""

    verb: Verb
    sources: frozenset[str]
    sent: float
    position: int = 0
    live: float = NEVER
    void: float = NEVER


@dataclass(slots=True)
class History:
    """Written by who changes and purges, read by the judge."""

    _reigns: dict[str, list[Reign]] = field(default_factory=dict)
    _purges: list[Purge] = field(default_factory=list)
    replaced: list[float] = field(default_factory=list)
    """When the store was replaced by an older one: positions from before mean nothing after it."""

    def begin(self, sources: Iterable[LoadSource]) -> None:
        """What every source has from the beginning."""
        self._reigns = {source.id: [Reign(0, ALWAYS, ALWAYS, ALWAYS)] for source in sources}

    def change(self, source: LoadSource, sent: float) -> Reign:
        """A change that is about to be sent. Counters are never used twice, whatever is lost."""
        reign = Reign(max(one.counter for one in self._reigns[source.id]) + 1, sent)
        self._reigns[source.id].append(reign)
        return reign

    def purge(self, purge: Purge) -> Purge:
        self._purges.append(purge)
        return purge

    def replace(self, position: int, begun: float, done: float) -> None:
        """The store was replaced, between these instants, by one that knows nothing after ``position``."""
        for reigns in self._reigns.values():
            kept = [one for one in reigns if one.answered < NEVER and one.position <= position]
            reigns.append(Reign(kept[-1].counter, begun, done, NEVER, kept[-1].position))
        for purge in self._purges:
            if purge.position > position:
                purge.void = min(purge.void, begun)
        self.replaced.append(begun)

    def newest(self, source: LoadSource) -> Reign:
        """The last that is known to have been committed."""
        return [one for one in self._reigns[source.id] if one.answered < NEVER][-1]

    def committed(self) -> list[int]:
        """Positions of every change and purge whose journal has not ended."""
        since = max(self.replaced, default=ALWAYS)
        reigns = [
            one for reigns in self._reigns.values() for one in reigns if one.answered < NEVER and one.sent > since
        ]
        return sorted([*(one.position for one in reigns), *(one.position for one in self._purges if one.sent > since)])

    def reign_of(self, source: LoadSource, counter: int, done: float) -> int | None:
        """The place of the last reign of ``counter`` that can have begun by ``done``; ``None`` for none."""
        reigns = self._reigns[source.id]
        found = (place for place, one in enumerate(reigns) if one.counter == counter and one.sent <= done)
        return max(found, default=None)

    def reign_at(self, source: LoadSource, position: int, done: float) -> int:
        """The place of the last reign that can have begun by ``done`` and is not after ``position``."""
        reigns = self._reigns[source.id]
        begun = (place for place, one in enumerate(reigns) if one.sent <= done and one.answered < NEVER)
        return max(place for place in begun if reigns[place].position <= position)

    def live_reign(self, source: LoadSource, before: float) -> int:
        """The place of the last reign that was live before then; what is older may not be shown as current."""
        return max(place for place, one in enumerate(self._reigns[source.id]) if one.live < before)

    def counter_at(self, source: LoadSource, place: int) -> int:
        return self._reigns[source.id][place].counter

    def ended(self, source: LoadSource, place: int) -> float:
        """When a reign had surely ended; NEVER while it lasts."""
        return min((one.answered for one in self._reigns[source.id][place + 1 :]), default=NEVER)

    def floor(self, source: LoadSource, before: float, verb: Literal["any", "revoke"] = "any") -> int:
        """The highest position of a purge of ``source`` that was live ``before`` then; 0 for none."""
        return max((one.position for one in self._floors(source, before) if verb in ("any", one.verb)), default=0)

    def certain(self, source: LoadSource) -> bool:
        """Whether positions tell the reign: no write without an answer, and no position that was used twice."""
        return not self.replaced and all(one.answered < NEVER for one in self._reigns[source.id])

    def _floors(self, source: LoadSource, before: float) -> Iterator[Purge]:
        return (one for one in self._purges if one.live < before < one.void and source.id in one.sources)


def overlaps(windows: Iterable[tuple[float, float]], sent: float, done: float) -> bool:
    """Whether something lasted at any instant between the two."""
    return any(since <= done and until >= sent for since, until in windows)
