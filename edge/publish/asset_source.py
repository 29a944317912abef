"""Immutable files by content, wherever they are read from."""

from typing import Protocol

from edge.model.asset import Asset


class AssetSource(Protocol):
    """Raises SQLAlchemyError, OSError or TimeoutError when it cannot be asked: that is not "no such file"."""

    async def asset(self, name: str, /) -> Asset | None:
        """By content hash, or a chunk of the official client by the name under which it asks for it."""
        ...
