"""Noticing entries that no cached copy is concerned with: what access tokens, among others, are changed by."""

from collections.abc import Sequence

from edge.journal.follower import Applier
from edge.model.change import Entry
from edge.model.position import AsOf


class Untagged:
    """Counts them as they are applied by this node, and restarts, after which any number may have been missed.

    Not by resource: entries that came by a stream name none.
    """

    def __init__(self) -> None:
        self.count = 0

    def counting(self, applier: Applier) -> Applier:
        """``applier``, with what it applies counted."""
        return _Counting(self, applier)


class _Counting:
    def __init__(self, untagged: Untagged, applier: Applier) -> None:
        self._untagged = untagged
        self._applier = applier

    def apply(self, entry: Entry) -> None:
        self._applier.apply(entry)
        if not entry.tags:
            self._untagged.count += 1

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        self._applier.restart(head, recent, revoked)
        self._untagged.count += 1
