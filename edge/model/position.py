"""A place in the journal, and the claim "read as of" that place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AsOf:
    """The journal position at which documents were read.

    ``entry_id`` is the random id of the entry at ``position``: two journals that both reach a position differ in it,
    so a copy from another life of the store is recognised even where the numbers agree.
    """

    epoch: str
    position: int
    entry_id: str

    def __str__(self) -> str:
        """``<epoch>.<position>``, the value of the ``Edge-As-Of`` header (DESIGN section 6)."""
        return f"{self.epoch}.{self.position}"
