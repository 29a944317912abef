"""Documents as they were at a position, from their versions."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.store.documents import Codec
from edge.store.schema import document_versions, journal

versions = document_versions.c
CHUNK = 200


class Past:
    """What there was at ``position``: of each document the newest version at or before it.

    Whole only from ``oldest`` on: what came before is forgotten (``EDGE_HISTORY_DAYS``).
    """

    def __init__(self, connection: AsyncConnection, codec: Codec, position: int) -> None:
        self._connection = connection
        self._codec = codec
        self.position = position

    async def document(self, kind: str, document_id: str) -> Any | None:
        found = await self._newest(and_(versions.kind == kind, versions.id == document_id))
        return found[0] if found else None

    async def under(self, kind: str, parents: Iterable[str]) -> list[Any]:
        """All documents of ``kind`` under any of ``parents``, by name."""
        return await self._chunked(kind, versions.parent, parents)

    async def several(self, kind: str, ids: Iterable[str]) -> list[Any]:
        """Those of these documents that there were, by name."""
        return await self._chunked(kind, versions.id, ids)

    async def _chunked(self, kind: str, column: ColumnElement[str], wanted: Iterable[str]) -> list[Any]:
        names = sorted(set(wanted))
        found: list[Any] = []
        for first in range(0, len(names), CHUNK):
            found += await self._newest(and_(versions.kind == kind, column.in_(names[first : first + CHUNK])))
        return found

    async def _newest(self, condition: ColumnElement[bool]) -> list[Any]:
        later = document_versions.alias("later")
        newest = (
            select(func.max(later.c.position))
            .where(later.c.kind == versions.kind, later.c.id == versions.id, later.c.position <= self.position)
            .scalar_subquery()
        )
        query = select(document_versions).where(condition, versions.position == newest).order_by(versions.name)
        rows = await self._connection.execute(query)
        return [self._codec.decode(row.kind, row.body) for row in rows if row.body is not None]


async def oldest(connection: AsyncConnection) -> int:
    """The first position that is remembered; 0 where nothing was ever written."""
    found: int | None = (await connection.execute(select(func.min(journal.c.position)))).scalar()
    return found or 0


async def begun(connection: AsyncConnection, kind: str, document_id: str) -> int:
    """Where the remembered life of a document begins; 0 where there is none."""
    query = select(func.min(versions.position)).where(versions.kind == kind, versions.id == document_id)
    return (await connection.execute(query)).scalar() or 0


async def touched(connection: AsyncConnection, source_id: str) -> int:
    """The last position at which a source, one of its destinations or a filter of these was written or deleted."""
    mine = select(versions.id).where(versions.kind == "destination", versions.parent == source_id)
    condition = or_(
        and_(versions.kind == "source", versions.id == source_id),
        and_(versions.kind == "destination", versions.parent == source_id),
        and_(versions.kind == "filter", versions.parent.in_(mine)),
    )
    return (await connection.execute(select(func.max(versions.position)).where(condition))).scalar() or 0
