"""A walk over the write keys of some tags, in the order of the store: pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from edge.fronts.front import Due

MOST_FAILED = 1000
"""Keys that may have failed before a walk goes on to others."""


@dataclass(slots=True)
class Passage:
    """``after``: the last key that the store was asked for. ``walked``: the last one that was tried. ``safe``: the last
    one before which nothing is left to be done, where a successor goes on. ``until``: the last one that matters; empty:
    all of them do.
    """

    after: str = ""
    walked: str = ""
    safe: str = ""
    until: str = ""
    ended: bool = False
    ready: list[Due] = field(default_factory=list)
    failed: list[Due] = field(default_factory=list)

    def over(self) -> bool:
        return self.ended and not self.ready and not self.failed

    def wants_page(self) -> bool:
        return not self.ready and not self.ended and len(self.failed) < MOST_FAILED

    def add(self, page: Sequence[Due], *, last: bool) -> None:
        """The next page of the store; ``last`` where there is none after it."""
        keys = [due.key for due in page]
        if self.until in keys:
            page, last = page[: keys.index(self.until) + 1], True
        self.ready += page
        self.ended = last
        self.after = page[-1].key if page else self.after

    def take(self, most: int) -> list[Due]:
        """What is to be tried now, at most so many: the next ones, or else those that failed."""
        return (self.ready or self.failed)[:most]

    def settle(self, tried: Sequence[Due], failed: Collection[Due]) -> None:
        """What ``take`` gave was tried, and ``failed`` of it did."""
        if self.ready:
            self.ready = self.ready[len(tried) :]
            self.walked = tried[-1].key
            self.failed += [due for due in tried if due in failed]
        else:
            self.failed = [due for due in self.failed if due in failed or due not in tried]
        if not self.failed:
            self.safe = self.walked
