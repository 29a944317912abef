"""Times and spans in words, for pages."""

from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3600, 86_400


def clock_time(seconds: float) -> str:
    """Unix seconds as the time of day, in UTC: ``14:05:09 UTC``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S UTC")


def span(seconds: float) -> str:
    """A stretch of time, as exact as people want it: ``4.2 ms``, ``320 ms``, ``4.1 s``, ``12 min``, ``3 h``."""
    if seconds < 0.01:
        return f"{max(seconds, 0.0) * 1000:.1f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def size(count: int) -> str:
    """Bytes: ``812 B``, ``4.2 kB`` (of 1000, as browsers' tools count)."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
