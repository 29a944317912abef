"""Floors: for each tag the highest position at which it was purged, as far as this node knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.journal.trail import Trail
from edge.model.change import Entry
from edge.model.position import AsOf
from edge.model.tags import key_tag

OUTSIDE = -1
"""The generation of what came from outside as last known good: no generation of floors, so it never passes them."""

REMEMBERED = 100_000
"""Tags remembered at most. Beyond it the older half is forgotten and the base rises above what they said. As many
positions are remembered with their ids."""


@dataclass(frozen=True, slots=True)
class FloorsCopy:
    """All that is known at one moment: tag -> position. Complete above ``base``; ``revoked`` always is."""

    base: int
    floors: dict[str, int]
    revoked: dict[str, int]


class Floors:
    """Complete only above ``base``: an as-of below it is never fresh. Revoke floors have no base and no window.

    ``version`` changes whenever any answer of ``passes`` may have changed from true to false. ``generation`` changes at
    every restart: what was read in an earlier one may carry a position of another journal, whatever the number. And
    whenever all that was read is to be read anew, though the journal is the same.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._epoch: str | None = None
        self._base = 0
        self._floors: dict[str, int] = {}
        self._revoked: dict[str, int] = {}
        self._revoked_before: set[str] = set()
        self._trail = Trail(remembered)
        self.version = 0
        self.generation = 0
        self._first_generation = 0

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        """Begin anew at ``head``, with the floors of ``recent`` entries; what was read before is never fresh again."""
        self._epoch = head.epoch
        self._base = _complete_from(head, recent)
        self._floors = {}
        # A restored store may lack a revoke that this node has seen; what it named stays revoked here.
        self._revoked_before.update(self._revoked)
        self._revoked = dict(revoked)
        self._trail = Trail(self._remembered)
        for entry in recent:
            self.apply(entry)
        if not self._trail.has(head.position, head.entry_id):
            self._trail.begin(head.position, head.entry_id)
        self.outdate()
        self._first_generation = self.generation

    def outdate(self) -> None:
        """Whatever was read before is never fresh again. It is of the same journal, and stays last known good."""
        self.version += 1
        self.generation += 1

    def apply(self, entry: Entry) -> None:
        """Raise the floors of the entry's tags and write keys; nothing has to be found or deleted (I3).

        Of its write keys too, whichever of its tags is theirs: so everything that is answered for one of them from now
        on was read at the entry or later, which is what a front's read-back asks for.
        """
        keys = [key_tag(key) for key in entry.keys] if entry.tags else []
        for tag in dict.fromkeys((*entry.tags, *keys)):
            # Re-inserted, so that the dict stays in order of position and its first half is the older one. An entry
            # may come twice: a window that is loaded reaches beyond the head it was asked with.
            self._floors[tag] = max(entry.position, self._floors.pop(tag, 0))
            if entry.verb == "revoke" and tag in entry.tags:
                self._revoked[tag] = max(entry.position, self._revoked.get(tag, 0))
        self._trail.note(entry.position, entry.id)
        if entry.tags:
            self.version += 1
        if len(self._floors) > self._remembered:
            self._forget()

    def has(self, as_of: AsOf) -> bool:
        """Whether the journal, as this node knows it, has that id at that position: what is asked of any copy that
        comes from outside the process. A position beyond the cursor cannot be told, and is a no."""
        return as_of.epoch == self._epoch and self._trail.has(as_of.position, as_of.entry_id)

    def place(self, epoch: str, position: int) -> AsOf | None:
        """That place in full, if the journal, as this node knows it, has it and the id there is known."""
        entry_id = self._trail.id_at(position) if epoch == self._epoch else None
        return AsOf(epoch, position, entry_id) if entry_id is not None else None

    def passes(self, as_of: AsOf, tags: Iterable[str], generation: int) -> bool:
        """Whether something whose read began in ``generation`` is newer than every purge of its tags. Unknown is no."""
        if generation != self.generation or as_of.epoch != self._epoch or as_of.position < self._base:
            return False
        return all(self._floors.get(tag, 0) <= as_of.position for tag in tags)

    def revoked(self, as_of: AsOf, tags: Iterable[str], generation: int) -> bool:
        """Whether it may not even be served on error. Across restarts positions do not compare: any revoke counts."""
        if generation == OUTSIDE and as_of.epoch == self._epoch:
            return any(self._revoked.get(tag, 0) > as_of.position or tag in self._revoked_before for tag in tags)
        if generation < self._first_generation or as_of.epoch != self._epoch:
            return any(tag in self._revoked or tag in self._revoked_before for tag in tags)
        return any(self._revoked.get(tag, 0) > as_of.position for tag in tags)

    def condemns(self, as_of: AsOf, tags: Iterable[str]) -> bool:
        """Whether a purge is known that something of this journal, read as of then, lacks. Unknown is no."""
        if as_of.epoch != self._epoch:
            return False
        return any(max(self._floors.get(tag, 0), self._revoked.get(tag, 0)) > as_of.position for tag in tags)

    def copy(self) -> FloorsCopy:
        return FloorsCopy(self._base, dict(self._floors), dict(self._revoked))

    def _forget(self) -> None:
        oldest = list(self._floors)[: self._remembered // 2]
        self._base = max(self._base, *(self._floors.pop(tag) for tag in oldest))
        self.version += 1


def _complete_from(head: AsOf, recent: Sequence[Entry]) -> int:
    """The first position of the unbroken run of ``recent`` that reaches the head; the head itself if none does.

    A window is chosen by time, and writers' clocks differ: an entry in its midst may be missing.
    """
    first = head.position + 1
    for entry in reversed(recent):
        if entry.position < first - 1:
            break
        first = min(first, entry.position)
    return min(first, head.position)
