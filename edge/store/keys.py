"""Which write keys tags reach, page by page."""

from collections.abc import Sequence
from typing import Protocol


class KeySource(Protocol):
    """Live write keys in one fixed order. Raises SQLAlchemyError, OSError or TimeoutError when it cannot be asked."""

    async def keys(self, tags: Sequence[str], after: str, limit: int) -> list[str]:
        """At most ``limit`` keys beyond ``after`` (exclusive; empty: from the first)."""
        ...

    async def count(self, tags: Sequence[str]) -> int: ...
