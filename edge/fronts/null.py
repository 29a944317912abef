"""No front: nothing holds a copy, so nothing older is ever shown."""

from edge.fronts.front import Due


class NullFront:
    async def refresh(self, due: Due) -> None:
        """There is nothing to refresh."""

    async def empty(self) -> int:
        return 0

    async def close(self) -> None:
        """There is nothing to close."""
