"""The roster's rows: which nodes there are and how far each has come."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.model.position import AsOf
from edge.store.engine import autocommit, migrate, writing
from edge.store.schema import acks, cursors, disks, hosts, nodes

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
    role: str = "all"
    url: str = ""
    """Where the node answers for itself alone, as ``http://127.0.0.1:41234``; empty where it does not."""
    disk: str = ""
    """The id of the disk on which it keeps copies of documents, unique on its host; empty where it keeps none."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a node says of itself when it joins."""

    node: str
    host: str
    build: str
    role: str = "all"
    front: str = "none"
    url: str = ""
    disk: str = ""


@dataclass(frozen=True, slots=True)
class DiskRow:
    """A disk with copies of documents, as ``node``, which left it behind, last reported: nothing that lies there was
    confirmed later, and what was revoked up to ``cursor`` is written down beside it."""

    host: str
    disk: str
    node: str
    epoch: str
    cursor: int
    reported_at: float


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host and its front, ``none`` or ``nginx``. ``seen_at``: when one of its nodes last reported, Unix seconds."""

    host: str
    front: str
    seen_at: float


@dataclass(frozen=True, slots=True)
class AckRow:
    """How far a host's front is with one position; times are Unix seconds, ``None`` until it is so.

    ``done`` of ``total`` write keys were refreshed, ``resume_after`` last: whoever takes over goes on there.
    """

    host: str
    epoch: str
    position: int
    acked_at: float | None = None
    rebound_at: float | None = None
    last_error: str | None = None
    done: int = 0
    total: int | None = None
    resume_after: str = ""


class Roster:
    """The table that receipts are computed from. Without a database server it is an SQLite file of its own, so that
    heartbeats never wait for a configuration write."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def prepare(self) -> None:
        await migrate(self._engine, "roster_migrations")

    async def close(self) -> None:
        await self._engine.dispose()

    async def join(self, newcomer: Newcomer, now: float) -> None:
        """Register before the first read; a node that is not in the roster could serve what no receipt counts."""
        row = asdict(newcomer)
        front = row.pop("front")
        row |= {"epoch": "", "cursor": 0, "beat": 0, "started_at": now, "reported_at": now}
        # One statement: the workers of a host start together, and the second would find no row either.
        seen = {"front": front, "seen_at": now}
        upsert = self._upsert(hosts).values(host=newcomer.host, **seen)
        upsert = upsert.on_conflict_do_update(index_elements=["host"], set_=seen)
        async with writing(self._engine) as connection:
            await connection.execute(insert(nodes).values(row))
            await connection.execute(upsert)

    async def beat(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool:
        """Write a heartbeat; ``False`` when the node is no longer in the roster and must join again.

        In as few statements as it takes: after each change every node of the fleet writes one, through the control
        nodes that are to answer with what was changed.
        """
        values = {"node": node, "epoch": cursor.epoch, "cursor": cursor.position, "now": now, "moved": moved}
        if self._engine.dialect.name == "postgresql":
            async with autocommit(self._engine) as connection:
                return bool((await connection.execute(_BEAT, values)).scalar())
        return await self._beat_step_by_step(node, cursor, moved, now)

    async def _beat_step_by_step(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool:
        """For SQLite, which has no writes inside a statement, and whose statements are no round trips."""
        async with writing(self._engine) as connection:
            values = {"epoch": cursor.epoch, "cursor": cursor.position, "beat": nodes.c.beat + 1, "reported_at": now}
            result = await connection.execute(update(nodes).where(nodes.c.node == node).values(values))
            if result.rowcount == 0:
                return False
            own_host = select(nodes.c.host).where(nodes.c.node == node).scalar_subquery()
            await connection.execute(update(hosts).where(hosts.c.host == own_host).values(seen_at=now))
            if moved:
                place = {"node": node, "epoch": cursor.epoch, "cursor": cursor.position}
                await connection.execute(self._replacing(cursors, place, {"applied_at": now}))
            return True

    async def leave(self, node: str) -> None:
        """Strike ``node`` off; not the disk that it leaves behind."""
        async with writing(self._engine) as connection:
            row = (await connection.execute(select(nodes).where(nodes.c.node == node))).first()
            await connection.execute(delete(nodes).where(nodes.c.node == node))
            if row is None or not row.disk:
                return
            left = DiskRow(row.host, row.disk, node, row.epoch, row.cursor, row.reported_at)
            upsert = self._upsert(disks).values(asdict(left))
            # A node that fell silent long ago may be struck off after one that left in order.
            later = disks.c.reported_at <= upsert.excluded.reported_at
            newest = {name: upsert.excluded[name] for name in ("node", "epoch", "cursor", "reported_at")}
            await connection.execute(
                upsert.on_conflict_do_update(index_elements=["host", "disk"], set_=newest, where=later)
            )

    async def rows(self) -> list[NodeRow]:
        async with autocommit(self._engine) as connection:
            found = await connection.execute(select(nodes).order_by(nodes.c.host, nodes.c.node))
            return [NodeRow(**row._mapping) for row in found]

    async def hosts(self) -> list[HostRow]:
        async with autocommit(self._engine) as connection:
            return [HostRow(**row._mapping) for row in await connection.execute(select(hosts).order_by(hosts.c.host))]

    async def disks(self) -> list[DiskRow]:
        """Those that were left behind. Their nodes' successors may have gone on with them since."""
        async with autocommit(self._engine) as connection:
            found = await connection.execute(select(disks).order_by(disks.c.host, disks.c.disk))
            return [DiskRow(**row._mapping) for row in found]

    async def forget(self, nodes_before: float, hosts_before: float, marks_before: float) -> None:
        """Forget nodes, and disks, that last reported before ``nodes_before``, and hosts without nodes that were last
        seen before ``hosts_before``: what could still be answered from there has ended. And when nodes and fronts came
        to their positions, where that was before ``marks_before``. All are Unix seconds."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(cursors).where(cursors.c.applied_at < marks_before))
            await connection.execute(delete(acks).where(acks.c.changed_at < marks_before))
            await connection.execute(delete(nodes).where(nodes.c.reported_at < nodes_before))
            await connection.execute(delete(disks).where(disks.c.reported_at < nodes_before))
            deserted = hosts.c.host.not_in(select(nodes.c.host))
            await connection.execute(delete(hosts).where(hosts.c.seen_at < hosts_before, deserted))

    async def ack(self, ack: AckRow, now: float) -> None:
        """Write how far a front is, replacing what was known of that host and position."""
        place = {"host": ack.host, "epoch": ack.epoch, "position": ack.position}
        said = {name: value for name, value in asdict(ack).items() if name not in place}
        async with writing(self._engine) as connection:
            await connection.execute(self._replacing(acks, place, said | {"changed_at": now}))

    async def acks(self, epoch: str, position: int) -> list[AckRow]:
        """What each host's front shows of ``position``."""
        return await self._acks((acks.c.epoch == epoch) & (acks.c.position == position))

    async def acks_of(self, host: str, epoch: str) -> list[AckRow]:
        """All that is remembered of one host's front, the oldest position first."""
        return await self._acks((acks.c.host == host) & (acks.c.epoch == epoch))

    async def _acks(self, condition: Any) -> list[AckRow]:
        query = select(acks).where(condition).order_by(acks.c.position, acks.c.host)
        async with autocommit(self._engine) as connection:
            found = (await connection.execute(query)).mappings()
            return [AckRow(**{name: row[name] for name in AckRow.__dataclass_fields__}) for row in found]

    async def applied_at(self, epoch: str, position: int) -> dict[str, float]:
        """When each node first had a cursor at or beyond ``position``; nodes that do not remember are left out."""
        beyond = (cursors.c.epoch == epoch) & (cursors.c.cursor >= position)
        query = select(cursors.c.node, func.min(cursors.c.applied_at)).where(beyond).group_by(cursors.c.node)
        async with autocommit(self._engine) as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}

    def _replacing(self, table: Table, place: dict[str, Any], values: dict[str, Any]) -> Any:
        """The row at ``place``, the primary key, with these values, whether it is there already or not."""
        upsert = self._upsert(table).values(place | values)
        return upsert.on_conflict_do_update(index_elements=[*place], set_=values)

    def _upsert(self, table: Table) -> Any:
        """An insert that may say what happens where the row is there already: each database's own."""
        return (postgresql if self._engine.dialect.name == "postgresql" else sqlite).insert(table)


_BEAT = text("""
    WITH mine AS (
        UPDATE nodes SET epoch = :epoch, cursor = :cursor, beat = beat + 1, reported_at = :now
        WHERE node = :node RETURNING host
    ), seen AS (
        UPDATE hosts SET seen_at = :now WHERE host IN (SELECT host FROM mine)
    ), come AS (
        INSERT INTO cursors (node, epoch, cursor, applied_at)
        SELECT CAST(:node AS varchar), CAST(:epoch AS varchar), CAST(:cursor AS bigint), :now FROM mine
        WHERE CAST(:moved AS boolean)
        ON CONFLICT (node, epoch, cursor) DO UPDATE SET applied_at = EXCLUDED.applied_at
    )
    SELECT count(*) FROM mine
""")
"""A heartbeat as PostgreSQL takes it: whole or not at all, in one round trip."""
