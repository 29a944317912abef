"""One broad purge on its way through a front: its tags expanded to write keys, page by page.

  waiting ──► first passage ──► shown ──► second passage, HOLD after the first began ──► firm
   (risen)     │    ▲                      (what the first did before that: looked at, refreshed where older)
               │    └── keys that failed, again with growing pauses
               └ as it goes: done, total and how far to resume, in the roster

A front that holds nothing of a key has nothing older to show; what was on its way to it then is found by the second
passage. Every node has risen before the first begins, so that HOLD after its beginning nothing from before can still be
on its way: what is refreshed later needs no second look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from edge.fronts.front import Due, KeySource, Reach
from edge.fronts.passage import Passage
from edge.model.tags import LOADER
from edge.publish.publication import KINDS, SCRIPTS, Kind

SETTLING = 0.25
"""Seconds that a first passage waits once every node has risen. What a front does not hold is passed over, and answers
that were sent just before arrive in it just after; a busy machine's nginx takes some milliseconds to store one."""
PAGE = 200
"""Write keys that the store is asked for at once."""


@dataclass(slots=True)
class Sweep:
    """Of the entries at ``positions``, which have the same ``tags``. ``noticed`` and ``began`` in seconds of the boot
    clock.

    ``gentle``: repeated after a take-over, so that what shows the position already is left alone. ``once``: its rebound
    is sent already, so that there is no second passage. ``hold`` in seconds.
    """

    epoch: str
    positions: tuple[int, ...]
    tags: tuple[str, ...]
    hold: float
    gentle: bool = False
    once: bool = False
    first: Passage = field(default_factory=Passage)
    second: Passage | None = None
    noticed: float | None = None
    began: float | None = None
    done: int = 0
    total: int | None = None
    error: str | None = None
    failures: int = 0
    not_before: float = 0.0

    def shown(self) -> bool:
        return self.first.over()

    def firm(self) -> bool:
        return self.shown() and (self.once or (self.second is not None and self.second.over()))

    def due_at(self) -> float:
        """When there is something to do; what has not begun is due as soon as what was on its way has settled."""
        if self.began is None and self.noticed is not None and not self.first.after:
            return max(self.not_before, self.noticed + SETTLING)
        rebound = self.began + self.hold if self.began is not None and self.shown() and self.second is None else 0.0
        return max(self.not_before, rebound)

    def notice(self, now: float) -> None:
        """It is waiting, and every node has risen."""
        if self.noticed is None:
            self.noticed = now

    def passage(self, now: float) -> Passage:
        """The one to go on with."""
        if self.began is None:
            self.began = now
        if self.second is None and not self.once and now >= self.began + self.hold:
            # What the first has done so far it did early; the rest it does late enough.
            early = self.first.walked
            self.second = Passage(until=early, ended=not early)
        return self.second if self.shown() and self.second is not None else self.first

    async def fill(self, passage: Passage, source: KeySource) -> None:
        """Ask for the next page. Raises what ``source`` raises."""
        if self.total is None:
            self.total = await source.count(self.tags)
        keys = await source.keys(self.tags, passage.after, PAGE)
        kinds = await _kinds(self.tags, keys, passage.after, source)
        reach = Reach.OLDER if self.gentle or passage is self.second else Reach.HELD
        position = self.positions[-1]
        page = [Due(key, self.epoch, position, kinds.get(key, SCRIPTS), reach) for key in keys]
        passage.add(page, last=len(keys) < PAGE)


async def _kinds(
    tags: Sequence[str], keys: Sequence[str], after: str, source: KeySource
) -> dict[str, tuple[Kind, ...]]:
    """The documents of each key that carry one of ``tags``: all of them. A key that ``loader`` alone reaches is left
    out: of it only the loader does, and its halves."""
    if LOADER not in tags:
        return dict.fromkeys(keys, KINDS)
    others = [tag for tag in tags if tag != LOADER]
    # In the same order and from the same key on, so whichever of the page they reach are in their own page too.
    return dict.fromkeys(await source.keys(others, after, PAGE), KINDS) if others else {}
