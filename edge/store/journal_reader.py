"""Polling the journal: the one query that proves."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.model.change import Entry
from edge.model.position import AsOf
from edge.store.engine import autocommit
from edge.store.entries import entry_of
from edge.store.schema import counter, journal

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Batch:
    """The head as of the poll, and the entries from the asked position on, that position's own entry included."""

    head: AsOf
    entries: tuple[Entry, ...]


class JournalReader:
    """Reads on connections of its own: a poll never waits for another transaction, nor for a page's read.

    Head and entries come from one statement, and so from one moment: neither is ever older than the other.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._newest: Entry | None = None

    async def poll(self, position: int) -> Batch:
        """At most BATCH entries from ``position`` (inclusive); in the usual case only the one at the cursor."""
        return await self._read(_POLL, {"first": position, "most": BATCH})

    async def since(self, at: float) -> Batch:
        """The head, and every entry from the first one on that was written at or after the Unix time ``at``."""
        return await self._read(_SINCE, {"at": at})

    async def close(self) -> None:
        await self._engine.dispose()

    async def _read(self, query: Select[Any], values: dict[str, Any]) -> Batch:
        async with autocommit(self._engine) as connection:
            rows = (await connection.execute(query, values)).all()
        # A join without a match answers the head's row alone.
        entries = tuple(self._entry(row) for row in rows if row.position is not None)
        self._newest = entries[-1] if entries else None
        return Batch(AsOf(rows[0].epoch, rows[0].head, rows[0].head_id), entries)

    def _entry(self, row: Row[Any]) -> Entry:
        # Nearly every poll answers with the entry at the cursor alone, and again: of a release it is a long one.
        newest = self._newest
        return newest if newest is not None and newest.id == row.id else entry_of(row)


def _with_entries(wanted: ColumnElement[bool]) -> Select[Any]:
    columns = (counter.c.epoch, counter.c.head, counter.c.head_id, *journal.c)
    return select(*columns).select_from(counter.outerjoin(journal, wanted)).order_by(journal.c.position)


# Put together once: a node without Redis polls twenty times a second, and that would be half of what a poll costs.
_POLL = _with_entries(journal.c.position >= bindparam("first")).limit(bindparam("most"))
# By position, not by time alone: a clock that stepped back would tear a hole into what is known.
_FIRST = select(func.min(journal.c.position)).where(journal.c.at >= bindparam("at")).scalar_subquery()
_SINCE = _with_entries(journal.c.position >= _FIRST)
