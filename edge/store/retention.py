"""Forgetting: history beyond its horizon, and files that nothing has named for long."""

from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from edge.store.engine import writing
from edge.store.head import lock_counter
from edge.store.schema import assets, counter, document_versions, journal

DAY = 86_400.0
ASSET_SECONDS = 30 * DAY
"""How long a file is kept after its last mention: far beyond any cached manifest that could still name it (I22)."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Rows removed by one pass."""

    versions: int
    entries: int
    assets: int


async def forget(engine: AsyncEngine, *, named: frozenset[str], history_seconds: float, now: float) -> Forgotten:
    """Remove what is older than ``history_seconds`` and no longer the state of anything at the horizon.

    ``named`` are the hashes that definitions and clients name today; none of them is removed, whatever its age.
    """
    async with writing(engine) as connection:
        await lock_counter(connection)
        versions, entries = await _history(connection, await _horizon(connection, now - history_seconds))
        unmentioned = assets.c.mentioned_at < now - ASSET_SECONDS
        dead = delete(assets).where(unmentioned, assets.c.hash.not_in(sorted(named)))
        return Forgotten(versions, entries, (await connection.execute(dead)).rowcount)


async def _horizon(connection: AsyncConnection, oldest: float) -> int:
    """The position before the first entry written at or after ``oldest``; the head where there is none.

    Not the last entry written before it: one commit under a clock that had fallen back would drag all that precedes it
    over the horizon.
    """
    remembered = select(func.min(journal.c.position)).where(journal.c.at >= oldest)
    first: int | None = (await connection.execute(remembered)).scalar()
    if first is not None:
        return first - 1
    head: int = (await connection.execute(select(counter.c.head))).scalar_one()
    return head


async def _history(connection: AsyncConnection, horizon: int) -> tuple[int, int]:
    newer = document_versions.alias("newer")
    # The newest version at or before the horizon stays: it is what the document was when remembered time begins.
    superseded = exists(
        select(newer.c.position).where(
            and_(
                newer.c.kind == document_versions.c.kind,
                newer.c.id == document_versions.c.id,
                newer.c.position > document_versions.c.position,
                newer.c.position <= horizon,
            )
        )
    )
    old = document_versions.c.position <= horizon
    versions = (await connection.execute(delete(document_versions).where(old, superseded))).rowcount
    ended = document_versions.c.body.is_(None)
    versions += (await connection.execute(delete(document_versions).where(old, ended))).rowcount
    # The head's own entry stays, however old: followers recognise their journal by the entry at their cursor.
    head = select(counter.c.head).scalar_subquery()
    aged = delete(journal).where(journal.c.position <= horizon, journal.c.position < head)
    return versions, (await connection.execute(aged)).rowcount
