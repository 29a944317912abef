"""The entries that a host's front has to show, each until it is firm or too old to matter: pure, but for time, given.

  noted ──► opened ──────────────► acked ─────────────────► rebound ──► (forgotten when its copies have ended anyway)
        every node of the host   all of it was read        and once more,
        has risen to it          back, by a leader         HOLD later

Whoever comes to lead begins anew with every entry of the window: what the roster knows as acked is looked at again, and
the rest is done.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge.fronts.errand import Errand, errand_of
from edge.fronts.ledger import Ledger, Random
from edge.fronts.passage import Passage
from edge.fronts.sweep import Sweep
from edge.model.change import Entry
from edge.store.roster import AckRow

PROGRESS = 1.0
"""Seconds between two reports of nothing but progress."""
REMEMBERED = 10_000
"""Entries whose ids are remembered."""


@dataclass(slots=True)
class Item:
    """One entry, whose window counts from ``since``. ``row`` is what the roster was told last, at ``told_at``. Both in
    seconds of the boot clock."""

    errand: Errand
    since: float
    acked_at: float | None = None
    rebound_at: float | None = None
    sweep: Sweep | None = None
    row: AckRow | None = None
    told_at: float = 0.0

    @property
    def known(self) -> bool:
        """Whether the roster knows it as acked."""
        return self.row is not None and self.row.acked_at is not None


class Agenda:
    """Of one host and one epoch. ``window``: seconds after an entry in which a front may show what was before.

    Positions only grow, so that every collection here is in their order.
    """

    def __init__(self, host: str, epoch: str, *, window: float, hold: float, random: Random) -> None:
        self.host = host
        self.epoch = epoch
        self._window = window
        self._hold = hold
        self._random = random
        self._items: dict[int, Item] = {}
        self._unopened: deque[Item] = deque()
        self._open: dict[int, Item] = {}
        """Those of which the roster does not know everything yet."""
        self.ledger = Ledger(hold, random)
        self.sweeps: list[Sweep] = []
        self.ids: dict[int, str] = {}
        """Of recent entries, by position."""

    def note(self, entry: Entry, since: float) -> None:
        """``since``: from when its window counts, in seconds of the boot clock."""
        self.ids[entry.position] = entry.id
        if len(self.ids) > REMEMBERED:
            del self.ids[next(iter(self.ids))]
        errand = errand_of(entry)
        if errand is not None and entry.position not in self._items:
            item = self._items[entry.position] = Item(errand, since)
            self._unopened.append(item)

    def take_over(self, rows: Iterable[AckRow], *, trusted: bool) -> list[AckRow]:
        """Begin anew, with what the roster knows of this host; answers the rows that have to be taken back.

        Rows that are not ``trusted`` are of another life of the journal, whose positions come again.
        """
        known = {row.position: row for row in rows}
        self.ledger, self.sweeps, self._open = Ledger(self._hold, self._random), [], {}
        for position, item in self._items.items():
            row = known.get(position) if trusted else None
            acked_at, rebound_at = (row.acked_at, row.rebound_at) if row is not None else (None, None)
            self._items[position] = Item(item.errand, item.since, acked_at=acked_at, rebound_at=rebound_at, row=row)
        self._unopened = deque(self._items.values())
        return [] if trusted else [AckRow(self.host, self.epoch, position) for position in known]

    def open(self, risen: int) -> None:
        """Every node of the host has come to ``risen``: none of them answers anything older any more."""
        while self._unopened and self._unopened[0].errand.position <= risen:
            item = self._unopened.popleft()
            self._open[item.errand.position] = item
            for key in item.errand.keys:
                self.ledger.ask(key, item.errand.position, gentle=item.known)
            if item.errand.tags and item.sweep is None:
                self._plan_sweep(item)

    def reopen(self) -> None:
        """A node was there that nobody had waited for: what is not acked yet waits for it, and is done once more."""
        early = [at for at, item in self._open.items() if item.acked_at is None]
        acked: dict[str, int] = {}
        for position, item in self._open.items():
            if item.acked_at is not None:
                acked |= {key: max(position, acked.get(key, 0)) for key in item.errand.keys}
        for position in sorted(early, reverse=True):
            item = self._open.pop(position)
            self._unopened.appendleft(item)
            for key in item.errand.keys:
                self.ledger.withdraw(key, acked.get(key, 0))

    def latch(self, risen: int, wall: float) -> None:
        """What is shown up to ``risen`` is acked, and what is firm is rebound, as of the Unix time ``wall``."""
        for position, item in self._open.items():
            keys, sweep = item.errand.keys, item.sweep
            if position > risen or item.rebound_at is not None:
                continue
            if item.acked_at is None and self.ledger.shows(keys, position) and (sweep is None or sweep.shown()):
                item.acked_at = wall
            if item.acked_at is not None and self.ledger.is_firm(keys, position) and (sweep is None or sweep.firm()):
                item.rebound_at = wall

    def untold(self, now: float, trouble: str | None) -> list[AckRow]:
        """What the roster does not know yet, the oldest position first. ``trouble`` is what keeps everything from being
        acked; ``now`` in seconds of the boot clock."""
        found: list[AckRow] = []
        for item in self._open.values():
            row = self._row(item, trouble)
            if row is None or row == item.row or (_is_progress(row, item.row) and now < item.told_at + PROGRESS):
                continue
            found.append(row)
        return found

    def told(self, row: AckRow, now: float) -> None:
        """The roster knows ``row``."""
        item = self._open.get(row.position)
        if item is not None:
            item.row, item.told_at = row, now

    def prune(self, now: float) -> None:
        """Forget entries from before which no front can show anything any more, and what is done; ``now`` in seconds of
        the boot clock."""
        while self._items:
            position, oldest = next(iter(self._items.items()))
            if oldest.since > now - self._window:
                break
            del self._items[position]
            self._open.pop(position, None)
            if self._unopened and self._unopened[0] is oldest:
                self._unopened.popleft()
        done = [at for at, item in self._open.items() if item.row is not None and item.row.rebound_at is not None]
        for position in done:
            del self._open[position]
        self.ledger.forget({key for item in self._open.values() for key in item.errand.keys})
        self.sweeps = [sweep for sweep in self.sweeps if not sweep.firm() and sweep.positions[-1] in self._items]

    def shown(self) -> bool:
        """Whether the front shows everything that was noted, as far as it goes by write keys."""
        opened = ((item.errand.keys, position) for position, item in self._open.items() if item.acked_at is None)
        return not self._unopened and all(self.ledger.shows(keys, position) for keys, position in opened)

    def pending(self) -> int:
        """How many entries are not acked yet."""
        return sum(item.acked_at is None for item in (*self._unopened, *self._open.values()))

    def _plan_sweep(self, item: Item) -> None:
        """Entries with the same tags share a sweep as long as it has not begun."""
        row, errand = item.row, item.errand
        gentle, once = item.known, item.rebound_at is not None
        if row is not None and not item.known and row.resume_after:
            sweep = Sweep(self.epoch, (), errand.tags, self._hold)
            sweep.first = Passage(after=row.resume_after, walked=row.resume_after, safe=row.resume_after)
            sweep.done = max(0, row.done - len(errand.keys))
            sweep.total = None if row.total is None else row.total - len(errand.keys)
            self.sweeps.append(sweep)
        else:
            waiting = (one for one in self.sweeps if one.began is None and not one.first.after)
            same = (one for one in waiting if (one.tags, one.gentle, one.once) == (errand.tags, gentle, once))
            sweep = next(same, None) or Sweep(self.epoch, (), errand.tags, self._hold, gentle, once)
            if not sweep.positions:
                self.sweeps.append(sweep)
        sweep.positions = (*sweep.positions, errand.position)
        item.sweep = sweep

    def _row(self, item: Item, trouble: str | None) -> AckRow | None:
        """What the roster should know of ``item``; ``None`` while there is nothing to tell."""
        keys, position, sweep = item.errand.keys, item.errand.position, item.sweep
        error = self.ledger.error_of(keys) or (sweep.error if sweep is not None else None)
        if item.known and item.row is not None:
            # What is repeated says nothing new, but for its rebound.
            return replace(item.row, rebound_at=item.rebound_at, last_error=error if item.rebound_at is None else None)
        error = error or (trouble if item.acked_at is None else None)
        done = sum(self.ledger.shows([key], position) for key in keys) if item.acked_at is None else len(keys)
        total, resume_after = len(keys), ""
        if sweep is not None:
            done += sweep.done
            resume_after = sweep.first.safe
        if item.acked_at is None and error is None and not resume_after and item.row is None:
            return None
        counted = total if sweep is None else None if sweep.total is None else total + sweep.total
        return AckRow(
            self.host, self.epoch, position, item.acked_at, item.rebound_at, error, done, counted, resume_after
        )


def _is_progress(row: AckRow, told: AckRow | None) -> bool:
    """Whether ``row`` says nothing new but how far it has come."""
    if told is None:
        return False
    return replace(row, done=told.done, total=told.total, resume_after=told.resume_after) == told
