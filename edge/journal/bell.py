"""A bell: rung when something that a receipt or a front waits for may have happened; whoever waits looks again."""

import asyncio


class Bell:
    """Carries no news itself, so that a ring too many does no harm, and one that is lost costs the time-out.

    A waiter takes ``mark`` *before* it looks, and waits for what is rung after that:

        looks: not yet ── rung ── begins to wait: would sleep through it
    """

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    def mark(self) -> asyncio.Event:
        return self._next

    async def after(self, mark: asyncio.Event, seconds: float) -> None:
        """Wait until it is rung after ``mark``, at most that long."""
        if mark.is_set() or seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await mark.wait()
        except TimeoutError:
            pass
