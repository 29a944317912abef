"""Journal entries made by hand: their ids follow from their positions, so that they chain."""

from edge.model.change import Entry, Verb
from edge.model.position import AsOf

EPOCH = "e1"


def entry(position: int, *tags: str, life: str = "", previous: str | None = None, verb: Verb = "change") -> Entry:
    """``life`` tells two journals of equal numbers apart; ``previous`` is another predecessor than the one before."""
    before = previous if previous is not None else f"{life}{position - 1}"
    return Entry(position, f"{life}{position}", before, verb, tags, (), (), "tests", "", 0.0, {})


def entries(first: int, last: int) -> tuple[Entry, ...]:
    return tuple(entry(position) for position in range(first, last + 1))


def at(position: int, life: str = "", epoch: str = EPOCH) -> AsOf:
    return AsOf(epoch, position, f"{life}{position}")
