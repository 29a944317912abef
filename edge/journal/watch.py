"""Looking at the roster on behalf of everybody who waits, at once when something happens here, else now and then."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from edge.journal.bell import Bell
from edge.journal.membership import Attendance

SOONEST = 0.005
LATEST = 0.1
"""Seconds between two looks without a ring: growing from the one to the other while nothing happens."""
GROWTH = 1.5


class Watch:
    """One look for all waiters. A waiter may be given a look that began before it asked: the roster then was older,
    and an older roster only says ``pending`` for longer."""

    def __init__(self, look: Callable[[], Awaitable[Attendance]], bell: Bell) -> None:
        self._look = look
        self._bell = bell
        self._delay = SOONEST
        self._waiters = 0
        self._turn: asyncio.Task[Attendance] | None = None
        self._mark = bell.mark()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around everything that one waiter does, its own first look too. The last to leave ends the one under way."""
        self._waiters += 1
        self._delay = SOONEST
        if self._waiters == 1:
            self._mark = self._bell.mark()
        elif self._turn is not None:
            # The others have become patient; the new one is not.
            self._bell.ring()
        try:
            yield
        finally:
            self._waiters -= 1
            if not self._waiters and self._turn is not None:
                self._turn.cancel()
                self._turn = None

    async def next(self, seconds: float) -> Attendance | None:
        """The next look at the roster; ``None`` when there was none within ``seconds``.

        Raises what the roster raises.
        """
        if self._turn is None or self._turn.done():
            self._turn = asyncio.create_task(self._take())
            self._turn.add_done_callback(_seen)
        done, _ = await asyncio.wait([self._turn], timeout=seconds)
        return done.pop().result() if done else None

    async def _take(self) -> Attendance:
        await self._bell.after(self._mark, self._delay)
        self._delay = SOONEST if self._mark.is_set() else min(self._delay * GROWTH, LATEST)
        self._mark = self._bell.mark()
        return await self._look()


def _seen(turn: asyncio.Task[Attendance]) -> None:
    """A failure that no waiter is left to hear of is no news."""
    if not turn.cancelled():
        turn.exception()
