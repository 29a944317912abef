"""What a cache before the nodes must be able to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from edge.publish.publication import KINDS, Kind


class FrontError(Exception):
    """A front does not show what it has to, or does not say; the text is short, for people, and holds no secret."""


class FrontDownError(FrontError):
    """It cannot be reached at all: asking for the next write key would fail as well."""


class Reach(Enum):
    """How much is done about a write key.

    ``EVERY``: each variant is fetched anew, so that it is there afterwards. ``HELD``: each that the front holds; what
    it does not hold has nothing older to show. ``OLDER``: each that it holds and that shows an older position.
    """

    EVERY = "every"
    HELD = "held"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Due:
    """What a front has to show of one write key: its documents of these kinds, in every encoding, read as of
    ``position`` or later in ``epoch``. That there is no such key is an answer like any other."""

    key: str
    epoch: str
    position: int
    kinds: tuple[Kind, ...] = KINDS
    reach: Reach = Reach.EVERY


class Front(Protocol):
    """Safe to be called many times at once, by several nodes of a host too: what is fetched is always the newest."""

    async def refresh(self, due: Due) -> None:
        """Make the front show ``due``, and read it back. Raises FrontError unless it was seen to be shown."""
        ...

    async def empty(self) -> int:
        """Drop every copy; how many there were. Raises FrontError when one may be left."""
        ...

    async def close(self) -> None: ...


class KeySource(Protocol):
    """Which write keys a purge concerns. Raises one of STORE_FAILURES when it cannot say."""

    async def keys(self, tags: Sequence[str], after: str, limit: int) -> list[str]:
        """At most ``limit`` write keys whose documents carry one of ``tags``, in an order of its own, beyond ``after``
        (exclusive; empty: from the first)."""
        ...

    async def count(self, tags: Sequence[str]) -> int: ...
