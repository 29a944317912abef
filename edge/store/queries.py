"""Queries of a view that are more than one line."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.store.schema import document_versions, documents

versions = document_versions.c


async def body_at(connection: AsyncConnection, kind: str, document_id: str, position: int) -> bytes | None:
    """The newest version at or before ``position``; ``None`` for a deletion, and where there is none."""
    query = (
        select(versions.body)
        .where(versions.kind == kind, versions.id == document_id, versions.position <= position)
        .order_by(versions.position.desc())
        .limit(1)
    )
    body: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return body


async def rows_using(connection: AsyncConnection, definition: str, workspace: str, limit: int) -> Sequence[Row[Any]]:
    """A workspace's destinations of a definition, by name."""
    inside = documents.c.name.startswith(f"workspaces/{workspace}/sources/", autoescape=True)
    query = (
        select(documents)
        .where(documents.c.kind == "destination", documents.c.uses == definition, inside)
        .order_by(documents.c.name)
        .limit(limit)
    )
    return (await connection.execute(query)).all()
