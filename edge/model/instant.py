"""Time as a value: a wall clock for deadlines that travel, a boot clock for durations that must not lie."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instant:
    """One reading of both clocks, in seconds.

    ``wall`` is Unix time and may be stepped; ``boot`` counts through suspend (CLOCK_BOOTTIME) and never steps.
    """

    wall: float
    boot: float

    def elapsed_since(self, earlier: "Instant") -> float:
        """Seconds since ``earlier``: the larger of both clocks, so that neither a step nor a suspend hides time."""
        return max(self.boot - earlier.boot, self.wall - earlier.wall)

    def before(self, seconds: float) -> "Instant":
        """The instant that many ``seconds`` earlier, on both clocks."""
        return Instant(self.wall - seconds, self.boot - seconds)


Clock = Callable[[], Instant]

_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def system_clock() -> Instant:
    """Read the machine's clocks; only the composition root hands this out."""
    return Instant(time.time(), time.clock_gettime(_BOOT_CLOCK))
