"""Leaving alone what did not answer.

closed ──it failed──► open: not asked ──the pause is over──► one asks ──it answers──► closed
                        ▲                                       │
                        └──────────────it failed────────────────┘
"""

PAUSE = 5.0
"""Seconds without asking after a failure: what is slow costs one time-out in so long, not one in every read."""


class Circuit:
    """Times are seconds of a clock that never steps."""

    def __init__(self, pause: float = PAUSE) -> None:
        self._pause = pause
        self._open_until: float | None = None

    def allows(self, now: float) -> bool:
        """Whether to ask now. Once a pause is over, the first to be told yes asks alone until it has an answer."""
        if self._open_until is None:
            return True
        if now < self._open_until:
            return False
        self._open_until = now + self._pause
        return True

    def failed(self, now: float) -> None:
        self._open_until = now + self._pause

    def answered(self) -> None:
        self._open_until = None
