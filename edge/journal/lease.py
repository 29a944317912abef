"""Proof and lease: whether this node may call anything fresh.

polled, applied to the head ──► proven_at        heartbeat written in that poll ──► leased_at
age(leased_at) >= lease, the wall clock stepped back, or the journal is another one (leased_at is void)
    ──► fenced: nothing is fresh until a later poll that writes a heartbeat
"""

from dataclasses import dataclass

from edge.model.instant import Instant
from edge.model.position import AsOf

CLOCK_STEP = 1.0
"""Seconds that the wall clock may fall behind the boot clock before the node fences itself."""


@dataclass(slots=True)
class Proof:
    """What this node knows about its own place in the journal; written by the follower alone.

    Both instants were read *before* the request that they rest on was sent. ``cursor`` is ``None`` until the first
    sync.
    """

    cursor: AsOf | None = None
    proven_at: Instant | None = None
    leased_at: Instant | None = None

    def fenced(self, now: Instant, lease: float) -> bool:
        """Whether the lease has run out. At exactly ``lease`` seconds it has (I7)."""
        held = self.leased_at
        if self.cursor is None or self.proven_at is None or held is None:
            return True
        return now.elapsed_since(held) >= lease or stepped_back(held, now)


def stepped_back(earlier: Instant, now: Instant) -> bool:
    """Whether the wall clock lost more than CLOCK_STEP against the boot clock since ``earlier``."""
    return (now.boot - earlier.boot) - (now.wall - earlier.wall) > CLOCK_STEP
