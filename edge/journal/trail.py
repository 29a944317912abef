"""Which entry is at which position, as far as this node has applied the journal."""


class Trail:
    """The ids of one unbroken stretch of positions, up to the newest; at most ``remembered`` of them."""

    def __init__(self, remembered: int) -> None:
        self._remembered = remembered
        self._first = 0
        self._ids: list[str] = []

    def begin(self, position: int, entry_id: str) -> None:
        """Know this place, and nothing else."""
        self._first, self._ids = position, [entry_id]

    def note(self, position: int, entry_id: str) -> None:
        """Go on with the next position; one that is known may come again, one beyond the next begins a stretch."""
        place = position - self._first
        if not self._ids or place < 0 or place > len(self._ids):
            self.begin(position, entry_id)
        elif place < len(self._ids):
            self._ids[place] = entry_id
        else:
            self._ids.append(entry_id)
            if len(self._ids) > self._remembered:
                # The older half at once: a list that loses its first entry each time moves all others each time.
                forgotten = len(self._ids) // 2
                self._first += forgotten
                del self._ids[:forgotten]

    def has(self, position: int, entry_id: str) -> bool:
        """Whether the entry at ``position`` is this one. What is not known is a no."""
        return self.id_at(position) == entry_id

    def id_at(self, position: int) -> str | None:
        place = position - self._first
        return self._ids[place] if 0 <= place < len(self._ids) else None
