"""How numbers are told: always with their spread."""

import statistics
from collections.abc import Sequence


def percentiles(milliseconds: Sequence[float]) -> str:
    """Median, 99th percentile and maximum; of fewer than a hundred the 99th is the maximum."""
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return f"p50 {cuts[49]:8.2f} ms   p99 {cuts[98]:8.2f} ms   max {max(milliseconds):8.2f} ms"


def spread(values: Sequence[float]) -> str:
    """Median, and the least and the greatest of a few rounds."""
    return f"{statistics.median(values):10.2f} [{min(values):.2f} .. {max(values):.2f}]"
