"""Queries of a view that are more than one line."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.store.schema import documents


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
