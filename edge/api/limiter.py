"""The rate limit: so many requests a minute for one token, counted in this process."""

import math
import time
from collections.abc import Callable

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from edge.manage.problem import ProblemError


class RateLimitedError(ProblemError):
    """``retry_after`` is in whole seconds: by then one more request fits."""

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__("rate_limited", text)
        self.retry_after = retry_after


class Limiter:
    """A moving window; with 0 requests a minute there is no limit. ``now`` is the clock that ``limits`` reads."""

    def __init__(self, requests_per_minute: int, now: Callable[[], float] = time.time) -> None:
        self._item = parse(f"{requests_per_minute}/minute") if requests_per_minute else None
        # The storage starts a task, so it is made where a loop runs: at the first request.
        self._limiter: MovingWindowRateLimiter | None = None
        self._now = now

    async def check(self, token_id: str) -> None:
        """Count one request of this token. Raises RateLimitedError where it is one too many."""
        if self._item is None:
            return
        if self._limiter is None:
            self._limiter = MovingWindowRateLimiter(MemoryStorage())
        if await self._limiter.hit(self._item, token_id):
            return
        window = await self._limiter.get_window_stats(self._item, token_id)
        raise RateLimitedError(
            f"this token may make {self._item.amount} requests a minute: wait, and go on more slowly",
            # The library still refuses at the very end of the window.
            max(1, math.floor(window.reset_time - self._now()) + 1),
        )
