"""Shapes of what is counted and measured, as values: no registry, and no word of who reads them."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

Labels = tuple[str, ...]


class Gauge:
    """Marks a field as a reading that goes up and down, where an unmarked number only grows."""


GAUGE = Gauge()


@dataclass(frozen=True, slots=True)
class Part:
    """Marks a number as one part of ``family``: ``hits`` from memory, from disk. ``value`` is the ``label``'s."""

    family: str
    label: str
    value: str


class Tally:
    """Numbers by labels that are few and known. Never by key: a key's traffic is its owner's business."""

    def __init__(self, *labels: str) -> None:
        self.labels = labels
        self.numbers: dict[Labels, int] = {}

    def add(self, *values: str) -> None:
        """Count one more; as many ``values`` as there are labels."""
        self.numbers[values] = self.numbers.get(values, 0) + 1


@dataclass(slots=True)
class Series:
    """``counts``: how many values fell into each bucket, the last of them being beyond the highest bound."""

    counts: list[int]
    total: float = 0.0


class Histogram:
    """How often values were how large: ``bounds`` are the buckets' upper ends, inclusive, in the unit of the values."""

    def __init__(self, bounds: tuple[float, ...], *labels: str) -> None:
        self.bounds = bounds
        self.labels = labels
        self.series: dict[Labels, Series] = {}
        if not labels:
            self._of(())

    def observe(self, value: float, *values: str) -> None:
        series = self._of(values)
        series.counts[bisect_left(self.bounds, value)] += 1
        series.total += value

    def _of(self, values: Labels) -> Series:
        return self.series.setdefault(values, Series([0] * (len(self.bounds) + 1)))

    def __iter__(self) -> Iterator[tuple[Labels, Series]]:
        return iter(self.series.items())
