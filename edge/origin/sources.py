"""What a control node answers origin calls from."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.cache.cache import Answer
from edge.cache.floors import Floors
from edge.journal.follower import JournalSource, RevokeSource
from edge.journal.lease import Proof
from edge.journal.membership import Roster
from edge.model.asset import Asset
from edge.model.instant import Clock
from edge.model.outcome import Unavailable
from edge.publish.publication import Publication, Wanted

BRIEFLY = 0.5
"""Seconds to come to a position that an edge node has heard of before this node did."""


class KeySource(Protocol):
    """Which write keys tags reach, in one fixed order. Raises SQLAlchemyError, OSError or TimeoutError."""

    async def keys(self, tags: Sequence[str], after: str, limit: int) -> list[str]:
        """At most ``limit`` keys beyond ``after`` (exclusive; empty: from the first)."""
        ...

    async def count(self, tags: Sequence[str]) -> int: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """``journal``, ``revokes``, ``roster`` and ``keys`` ask the primary store; ``document`` and ``asset`` are what this
    node would serve itself. ``kick`` has its follower poll at once, ``reached`` waits for it; ``changed`` is told when
    the roster was written. ``build`` is the digest of what ``document`` depends on besides the store; ``timeout`` in
    seconds."""

    journal: JournalSource
    revokes: RevokeSource
    roster: Roster
    keys: KeySource | None
    document: Callable[[Wanted], Awaitable[Answer[Publication] | Unavailable]]
    asset: Callable[[str], Awaitable[Asset | None]]
    proof: Proof
    floors: Floors
    kick: Callable[[], None]
    reached: Callable[[int, float], Awaitable[bool]]
    changed: Callable[[], None]
    clock: Clock
    build: str
    timeout: float

    def follows(self, epoch: str) -> bool:
        return self.proof.cursor is not None and self.proof.cursor.epoch == epoch

    async def comes_to(self, epoch: str, position: int) -> bool:
        """Whether this node has applied that position of that epoch, now or in a moment."""
        if self._is_at(epoch, position):
            return True
        self.kick()
        await self.reached(position, BRIEFLY)
        return self._is_at(epoch, position)

    def _is_at(self, epoch: str, position: int) -> bool:
        cursor = self.proof.cursor
        return cursor is not None and cursor.epoch == epoch and cursor.position >= position
