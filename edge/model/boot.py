"""An instant that outlives its process: which boot of the machine its boot clock belongs to."""

from collections.abc import Mapping
from typing import Any

from edge.model.instant import Instant

FUTURE = 1.0
"""Seconds that a written wall clock may lie ahead of ours; more, and somebody set the clock back meanwhile."""


def to_stamp(instant: Instant, boot: str) -> dict[str, Any]:
    """``boot``: the id of this boot; empty where the machine has none."""
    return {"wall": instant.wall, "boot": instant.boot, "id": boot}


def from_stamp(stamp: Mapping[str, Any], boot: str, now: Instant) -> Instant | None:
    """The instant as this process counts time; ``None`` when how long ago it was cannot be told.

    Within one boot both clocks tell. After another one only the wall clock does, and not if it lies in the future:
    a copy of unknown age must not pass for a young one. Raises KeyError, TypeError or ValueError for what is no stamp.
    """
    wall, then = float(stamp["wall"]), float(stamp["boot"])
    if boot and stamp["id"] == boot:
        return Instant(wall, then)
    return None if wall > now.wall + FUTURE else Instant(wall, now.boot - (now.wall - wall))
