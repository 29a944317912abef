"""A front that only remembers what was asked of it, and fails when it is told to: for tests, and to show an order."""

from collections.abc import Callable

from edge.fronts.front import Due, FrontError


def well(_due: Due | None) -> str | None:
    """Nothing goes wrong."""


class RecordingFront:
    """``wrong`` says what is wrong with a refresh, or with an emptying (``None``), if anything is; it may change."""

    def __init__(self, wrong: Callable[[Due | None], str | None] = well) -> None:
        self.wrong = wrong
        self.refreshed: list[Due] = []
        self.emptied = 0

    async def refresh(self, due: Due) -> None:
        self._check(due)
        self.refreshed.append(due)

    async def empty(self) -> int:
        self._check(None)
        self.emptied += 1
        return 0

    async def close(self) -> None:
        """Nothing is open."""

    def _check(self, due: Due | None) -> None:
        reason = self.wrong(due)
        if reason is not None:
            raise FrontError(reason)
