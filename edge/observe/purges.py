"""Whether the purges that admins ask for get everywhere: followed by the auditor until they are live, and counted."""

from collections.abc import Sequence

from edge.journal.receipts import Receipt, Receipts
from edge.model.change import Entry, Verb
from edge.model.instant import Clock, Instant
from edge.model.stats import Stats
from edge.observe.judge import Difference
from edge.observe.ledger import Ledger, Subject

MOST = 64
"""Purges followed at a time; of more, the oldest are let go."""


class PurgeWatch:
    """``budget``: seconds after which a purge that is not live counts as late. It is counted once, as one or the other:
    there is no way from a failure to ``live``, since a receipt has none."""

    def __init__(self, receipts: Receipts, clock: Clock, stats: Stats, budget: float) -> None:
        self._receipts = receipts
        self._clock = clock
        self._stats = stats
        self._budget = budget
        self._followed: dict[int, tuple[Verb, Instant]] = {}
        self._late: set[int] = set()

    def follow(self, entries: Sequence[Entry]) -> None:
        """Follow the purges among ``entries``."""
        now = self._clock()
        self._followed |= {one.position: (one.verb, now) for one in entries if one.verb != "change"}

    async def look(self, ledger: Ledger) -> None:
        """Count those that came to an end, and note in ``ledger`` which are not live."""
        now = self._clock()
        for position in list(self._followed)[:-MOST]:
            self._let_go(position, ledger, now)
        for position, (verb, since) in list(self._followed.items()):
            receipt = await self._receipts.of(position)
            if receipt is None or receipt.state != "pending":
                if receipt is not None and position not in self._late:
                    self._stats.purges.add(verb, "live")
                self._let_go(position, ledger, now)
                continue
            if now.boot - since.boot >= self._budget and position not in self._late:
                self._late.add(position)
                self._stats.purges.add(verb, "late")
            ledger.note(Subject(purge=position), Difference("late", _why(receipt)), now)

    def _let_go(self, position: int, ledger: Ledger, now: Instant) -> None:
        self._followed.pop(position)
        self._late.discard(position)
        ledger.note(Subject(purge=position), None, now)


def _why(receipt: Receipt) -> str:
    behind = sum(node.applied_at is None for host in receipt.hosts for node in host.nodes)
    text = f"it is not live: {behind} nodes have not applied it" if behind else "it is not live"
    return f"{text}; {receipt.last_error}" if receipt.last_error else text
