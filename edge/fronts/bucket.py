"""A token bucket: so many a second, and no more than a second's worth at once."""


class Bucket:
    """``rate`` tokens a second. Times are seconds of a clock that never steps."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = rate
        self._at: float | None = None

    def take(self, now: float) -> float:
        """Take one token: 0, or for how many seconds there is none."""
        if self._at is not None:
            self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate
        self._tokens -= 1
        return 0.0
