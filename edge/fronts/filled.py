"""What a front's cache was filled under, written beside it: journal, builds and clock.

Whoever comes to lead a host compares this with what holds now. What differs cannot be purged by the journal, because no
entry says so; the cache is emptied:

| differs                          | what it may hold                                              |
|----------------------------------|---------------------------------------------------------------|
| the journal                      | documents of another life of the store, at equal positions    |
| a build has left, of the nodes   | documents as only that build would make them                  |
| or of the control nodes          |                                                               |
| the wall clock was set back      | copies whose deadline, a wall-clock time, has become later    |
| nothing is written               | anything                                                      |
"""

import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from edge.journal.lease import CLOCK_STEP
from edge.model.instant import Instant
from edge.model.position import AsOf

FILE = "filled.json"


@dataclass(frozen=True, slots=True)
class Filled:
    """``cursor`` is a place in the journal that was followed while it was filled, by nodes of these ``builds``."""

    cursor: AsOf
    builds: tuple[str, ...]
    at: Instant

    def later(self, cursor: AsOf, builds: Collection[str], at: Instant) -> "Filled":
        """The same cache, after nodes of ``builds`` have gone on filling it."""
        return Filled(cursor, tuple(sorted({*self.builds, *builds})), at)


def mismatch(filled: Filled | None, cursor: AsOf, ids: Mapping[int, str], builds: Collection[str], now: Instant) -> str:
    """Why a cache that was filled so holds what nobody can vouch for; empty where it does not.

    ``cursor`` is this node's, ``ids`` are those of recent entries by position, ``builds`` those of the host's live
    nodes, and of what they serve.
    """
    if filled is None:
        return "nothing is known of what it holds"
    if _another_journal(filled.cursor, cursor, ids):
        return "it was filled under another journal"
    gone = sorted(set(filled.builds) - set(builds))
    if gone:
        return f"build {', '.join(gone)} has left"
    if set_back(filled.at, now):
        return "the wall clock was set back"
    return ""


def set_back(earlier: Instant, now: Instant) -> bool:
    """Whether the wall clock was set back since ``earlier``, which may be of an earlier start of the machine."""
    if now.boot < earlier.boot:
        return now.wall < earlier.wall - CLOCK_STEP
    return (now.boot - earlier.boot) - (now.wall - earlier.wall) > CLOCK_STEP


def set_forwards(earlier: Instant, now: Instant) -> bool:
    """Whether the wall clock was set forwards since ``earlier``, of the same start of the machine."""
    return (now.wall - earlier.wall) - (now.boot - earlier.boot) > CLOCK_STEP


def _another_journal(then: AsOf, now: AsOf, ids: Mapping[int, str]) -> bool:
    if then.epoch != now.epoch or then.position > now.position:
        return True
    if then.position == now.position:
        return then.entry_id != now.entry_id
    # Where the entry is not among the recent ones, all that the cache held then has ended.
    return ids.get(then.position, then.entry_id) != then.entry_id


class FilledFile:
    """Where it is written: beside the cache, so that it goes where the cache goes."""

    def __init__(self, cache: Path) -> None:
        self._file = cache.parent / FILE

    def read(self) -> Filled | None:
        """``None`` also for what cannot be read: then nothing is known either."""
        try:
            fields = orjson.loads(self._file.read_bytes())
            return Filled(AsOf(**fields["cursor"]), tuple(fields["builds"]), Instant(**fields["at"]))
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return None

    def write(self, filled: Filled) -> None:
        """Whole or not at all. Raises OSError."""
        draft = self._file.with_name(f".{FILE}-{secrets.token_hex(8)}")
        try:
            draft.write_bytes(orjson.dumps(asdict(filled)))
            os.replace(draft, self._file)
        finally:
            draft.unlink(missing_ok=True)
