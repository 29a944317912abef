"""The roster's rows: which nodes there are and how far each has come."""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.model.position import AsOf
from edge.store.engine import autocommit, migrate, writing
from edge.store.schema import cursors, nodes

CURSOR_MEMORY = 3600.0
"""Seconds for which it is remembered when a node came to a position."""


@dataclass(frozen=True, slots=True)
class NodeRow:
    node: str
    host: str
    epoch: str
    cursor: int
    beat: int
    build: str
    started_at: float
    reported_at: float


class Roster:
    """The table that receipts are computed from. Without a database server it is an SQLite file of its own, so that
    heartbeats never wait for a configuration write."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def prepare(self) -> None:
        await migrate(self._engine, "roster_migrations")

    async def close(self) -> None:
        await self._engine.dispose()

    async def join(self, node: str, host: str, build: str, now: float) -> None:
        """Register before the first read; a node that is not in the roster could serve what no receipt counts."""
        row = {"node": node, "host": host, "epoch": "", "cursor": 0, "beat": 0, "build": build}
        async with writing(self._engine) as connection:
            await connection.execute(insert(nodes).values(row | {"started_at": now, "reported_at": now}))

    async def beat(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool:
        """Write a heartbeat; ``False`` when the node is no longer in the roster and must join again."""
        async with writing(self._engine) as connection:
            values = {"epoch": cursor.epoch, "cursor": cursor.position, "beat": nodes.c.beat + 1, "reported_at": now}
            result = await connection.execute(update(nodes).where(nodes.c.node == node).values(values))
            if result.rowcount == 0:
                return False
            if moved:
                place = {"node": node, "epoch": cursor.epoch, "cursor": cursor.position}
                await connection.execute(delete(cursors).filter_by(**place))
                await connection.execute(insert(cursors).values(place | {"applied_at": now}))
                old = (cursors.c.node == node) & (cursors.c.applied_at < now - CURSOR_MEMORY)
                await connection.execute(delete(cursors).where(old))
            return True

    async def leave(self, node: str) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(delete(nodes).where(nodes.c.node == node))

    async def rows(self) -> list[NodeRow]:
        async with autocommit(self._engine) as connection:
            found = await connection.execute(select(nodes).order_by(nodes.c.host, nodes.c.node))
            return [NodeRow(**row._mapping) for row in found]

    async def applied_at(self, epoch: str, position: int) -> dict[str, float]:
        """When each node first had a cursor at or beyond ``position``; nodes that do not remember are left out."""
        beyond = (cursors.c.epoch == epoch) & (cursors.c.cursor >= position)
        query = select(cursors.c.node, func.min(cursors.c.applied_at)).where(beyond).group_by(cursors.c.node)
        async with autocommit(self._engine) as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}
