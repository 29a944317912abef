"""Charts as columns of bars: where each stands in a box of WIDTH x HEIGHT, which is stretched to its place."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600.0, 100.0
FILLED = 0.72
"""How much of its minute a bar is wide."""


@dataclass(frozen=True, slots=True)
class Bar:
    """``y`` is its upper edge, from the top; ``kind`` is its class."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``top``: what the upper edge stands for."""

    bars: tuple[Bar, ...]
    top: float


def stacked(columns: Sequence[Sequence[tuple[str, float]]]) -> Chart:
    """Each column's values on top of each other, the first at the bottom."""
    top = round_top(max((sum(value for _, value in column) for column in columns), default=0))
    bars = []
    for index, column in enumerate(columns):
        below = 0.0
        for kind, value in column:
            if value > 0:
                bars.append(_bar(index, len(columns), kind, below / top, value / top))
            below += value
    return Chart(tuple(bars), top)


def layered(columns: Sequence[Sequence[tuple[str, float]]]) -> Chart:
    """Each column's values before each other, from the bottom, the first at the back."""
    top = round_top(max((value for column in columns for _, value in column), default=0))
    bars = (
        _bar(index, len(columns), kind, 0.0, value / top)
        for index, column in enumerate(columns)
        for kind, value in column
        if value > 0
    )
    return Chart(tuple(bars), top)


def round_top(highest: float) -> float:
    """The next of 1, 2, 5, 10, 20, ... that is not below ``highest``; 1 where there is nothing."""
    if highest <= 0:
        return 1.0
    step = 10.0 ** (len(f"{int(highest)}") - 1) if highest >= 1 else 1.0
    while step > highest and step > 1e-6:
        step /= 10
    return next(round(step * factor, 9) for factor in (1, 2, 5, 10) if step * factor >= highest * (1 - 1e-9))


def _bar(index: int, columns: int, kind: str, low: float, high: float) -> Bar:
    """``low`` is where it begins, ``high`` how high it is, in shares of the box. At least one unit: little is not
    nothing."""
    step, height = WIDTH / columns, max(1.0, high * HEIGHT)
    y = max(0.0, HEIGHT - low * HEIGHT - height)
    return Bar(round(index * step, 2), round(y, 2), round(step * FILLED, 2), round(height, 2), kind)
