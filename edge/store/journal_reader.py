"""Polling the journal: the one query that proves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.model.change import Entry
from edge.model.position import AsOf
from edge.store.engine import autocommit
from edge.store.head import entry_of
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

    async def poll(self, position: int) -> Batch:
        """At most BATCH entries from ``position`` (inclusive); in the usual case only the one at the cursor."""
        return await self._read(journal.c.position >= position, BATCH)

    async def since(self, at: float) -> Batch:
        """The head, and every entry from the first one on that was written at or after the Unix time ``at``."""
        # By position, not by time alone: a clock that stepped back would tear a hole into what is known.
        first = select(func.min(journal.c.position)).where(journal.c.at >= at).scalar_subquery()
        return await self._read(journal.c.position >= first, None)

    async def close(self) -> None:
        await self._engine.dispose()

    async def _read(self, wanted: ColumnElement[bool], limit: int | None) -> Batch:
        joined = counter.outerjoin(journal, wanted)
        columns = (counter.c.epoch, counter.c.head, counter.c.head_id, *journal.c)
        query = select(*columns).select_from(joined).order_by(journal.c.position).limit(limit)
        async with autocommit(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return Batch(AsOf(rows[0].epoch, rows[0].head, rows[0].head_id), _entries(rows))


def _entries(rows: Sequence[Row[Any]]) -> tuple[Entry, ...]:
    # A join without a match answers the head's row alone.
    return tuple(entry_of(row) for row in rows if row.position is not None)
