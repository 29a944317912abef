"""A clock that moves only when a test says so."""

from edge.model.instant import Instant

MORNING = 1_800_000_000.0
"""Unix seconds at which every hand-stepped clock starts."""


class HandClock:
    """Both clocks of an ``Instant``, in seconds; called as a ``Clock``."""

    def __init__(self, wall: float = MORNING, boot: float = 1000.0) -> None:
        self.wall = wall
        self.boot = boot

    def __call__(self) -> Instant:
        return Instant(self.wall, self.boot)

    def advance(self, seconds: float) -> None:
        """Time passes on both clocks."""
        self.wall += seconds
        self.boot += seconds

    def step_wall(self, seconds: float) -> None:
        """Somebody sets the wall clock; no time passes."""
        self.wall += seconds
