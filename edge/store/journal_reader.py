"""Polling the journal: the one query that proves."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from edge.model.change import Entry
from edge.model.position import AsOf
from edge.store.engine import autocommit
from edge.store.schema import journal
from edge.store.view import entry_of, read_as_of

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Batch:
    """The head as of the poll, and the entries from the asked position on, that position's own entry included."""

    head: AsOf
    entries: tuple[Entry, ...]


class JournalReader:
    """Reads on an autocommit connection of its own: a poll never waits for, or sees less than, another transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def poll(self, position: int) -> Batch:
        """At most BATCH entries from ``position`` (inclusive). Read after the head: they may be newer, never older."""
        async with autocommit(self._engine) as connection:
            head = await read_as_of(connection)
            if head.position == position:
                # The usual case: only the entry at the cursor, to see that it is still the same one.
                return Batch(head, await _entries(connection, position, 1))
            return Batch(head, await _entries(connection, position, BATCH))

    async def since(self, at: float) -> Batch:
        """The head, and every entry from the first one on that was written at or after the Unix time ``at``."""
        async with autocommit(self._engine) as connection:
            head = await read_as_of(connection)
            # By position, not by time alone: a clock that stepped back would tear a hole into what is known.
            first = select(func.min(journal.c.position)).where(journal.c.at >= at).scalar_subquery()
            query = select(journal).where(journal.c.position >= first).order_by(journal.c.position)
            return Batch(head, tuple(entry_of(row) for row in await connection.execute(query)))


async def _entries(connection: AsyncConnection, position: int, limit: int) -> tuple[Entry, ...]:
    query = select(journal).where(journal.c.position >= position).order_by(journal.c.position).limit(limit)
    return tuple(entry_of(row) for row in await connection.execute(query))
