"""Entries that came before their predecessors, until these come too."""

from edge.model.change import Entry
from edge.model.position import AsOf

HELD = 1000
"""Entries held at most; what comes beyond is polled for like anything else."""


class HeldEntries:
    """At most one a position. Nothing in here was applied."""

    def __init__(self, most: int = HELD) -> None:
        self._most = most
        self._held: dict[int, tuple[str, Entry]] = {}

    def hold(self, epoch: str, entry: Entry) -> None:
        if len(self._held) < self._most or entry.position in self._held:
            self._held[entry.position] = (epoch, entry)

    def following(self, cursor: AsOf) -> list[Entry]:
        """Take out, in order, the unbroken run that follows ``cursor``, and forget what can follow no more."""
        self._held = {
            position: (epoch, entry)
            for position, (epoch, entry) in self._held.items()
            if position > cursor.position and epoch == cursor.epoch
        }
        run: list[Entry] = []
        position, entry_id = cursor.position, cursor.entry_id
        while (following := self._held.pop(position + 1, None)) is not None and following[1].previous_id == entry_id:
            run.append(following[1])
            position, entry_id = following[1].position, following[1].id
        return run

    def positions(self) -> frozenset[int]:
        return frozenset(self._held)

    def forget(self, positions: frozenset[int]) -> None:
        """What was held when a poll was sent that found nothing of it: the journal does not have it."""
        for position in positions:
            self._held.pop(position, None)

    def __len__(self) -> int:
        return len(self._held)
