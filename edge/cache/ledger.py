"""The ledger: what this host knew of the journal when it was last proven, to judge its copies by when nobody can be
asked.

Several processes of a host write one ledger, and each may be behind: so it is merged, and only ever learns. What would
go wrong otherwise:

    A applies a revoke, writes it down, reports ── B, a poll behind, writes its own state over it ── both are killed,
    everything else is down ── whoever starts next serves what was revoked
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from edge.model.instant import Instant
from edge.model.position import AsOf

REMEMBERED = 10_000
"""Tags written down at most; beyond them the base rises above what the oldest said. Revokes are all kept."""
PAST = 16
"""Epochs that ended, so that no process which has not noticed yet brings one back."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Floors up to ``cursor``, complete above ``base``; at ``proven_at`` there was no entry beyond ``cursor``."""

    cursor: AsOf
    proven_at: Instant | None
    base: int
    floors: Mapping[str, int]
    revoked: Mapping[str, int]
    past: tuple[str, ...] = ()

    def vouches(self, as_of: AsOf, tags: Iterable[str]) -> bool:
        """Whether what was read as of then was still current at ``proven_at``. Unknown is no."""
        if as_of.epoch != self.cursor.epoch or as_of.position < self.base:
            return False
        return not self.condemns(as_of, tags)

    def condemns(self, as_of: AsOf, tags: Iterable[str]) -> bool:
        """Whether a purge or a revoke is known that it lacks; of another epoch, whatever it is (I20)."""
        if as_of.epoch != self.cursor.epoch:
            return True
        return any(max(self.floors.get(tag, 0), self.revoked.get(tag, 0)) > as_of.position for tag in tags)


def merged(kept: Ledger | None, mine: Ledger) -> Ledger:
    """What both know together. ``kept`` is on the disk; in any order, with any repetition, the result is the same."""
    if kept is None:
        return _bounded(mine)
    if kept.cursor.epoch != mine.cursor.epoch:
        if mine.cursor.epoch in kept.past:
            return kept
        return _bounded(replace(mine, past=(*kept.past, kept.cursor.epoch)[-PAST:]))
    later, earlier = (mine, kept) if mine.cursor.position >= kept.cursor.position else (kept, mine)
    # Floors are known from just above the base on. Apart, the two leave a stretch of the journal that neither has seen.
    touch = later.base <= earlier.cursor.position
    return _bounded(
        Ledger(
            cursor=later.cursor,
            proven_at=_later(kept.proven_at, mine.proven_at),
            base=min(kept.base, mine.base) if touch else later.base,
            floors=_highest(kept.floors, mine.floors),
            revoked=_highest(kept.revoked, mine.revoked),
            past=kept.past,
        )
    )


def _later(one: Instant | None, other: Instant | None) -> Instant | None:
    if one is None or other is None:
        return one or other
    return one if one.boot >= other.boot else other


def _highest(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {tag: max(one.get(tag, 0), other.get(tag, 0)) for tag in one.keys() | other.keys()}


def _bounded(ledger: Ledger) -> Ledger:
    if len(ledger.floors) <= REMEMBERED:
        return ledger
    by_age = sorted(ledger.floors.items(), key=lambda floor: floor[1])
    forgotten, remembered = by_age[: -REMEMBERED // 2], by_age[-REMEMBERED // 2 :]
    return replace(ledger, base=max(ledger.base, forgotten[-1][1]), floors=dict(remembered))
