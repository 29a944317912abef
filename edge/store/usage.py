"""Which sources a definition matters to, page by page: a release changes many definitions, and sources are many."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.store.documents import Codec
from edge.store.effects import SourceImage
from edge.store.schema import documents

PAGE = 200
"""Sources read at once: neither what is held in memory nor how long others wait for this process grows with them."""

AT_ONCE = 500
"""Destinations asked for in one statement: databases bound its parameters."""


async def users_of(
    connection: AsyncConnection, codec: Codec, slugs: Collection[str]
) -> AsyncIterator[list[SourceImage]]:
    """Every source that has a destination of one of these definitions, enabled or not, with all of its documents."""
    # Also what does not say what it uses: a process of an older version wrote it.
    using = documents.c.uses.in_(["", *sorted(slugs)])
    query = select(documents.c.parent).where(documents.c.kind == "destination", using).distinct()
    users = sorted((await connection.execute(query)).scalars())
    definitions = {
        row.id: codec.decode("definition", row.body) for row in await _rows(connection, "definition", documents.c.id)
    }
    for first in range(0, len(users), PAGE):
        page = users[first : first + PAGE]
        destinations: dict[str, list[Destination]] = {source_id: [] for source_id in page}
        for row in await _rows(connection, "destination", documents.c.parent, page):
            destinations[row.parent].append(codec.decode("destination", row.body))
        filters = await _filters(connection, codec, destinations)
        yield [
            SourceImage(codec.decode("source", row.body), tuple(destinations[row.id]), definitions, filters[row.id])
            for row in await _rows(connection, "source", documents.c.id, page)
            if any(one.definition in slugs for one in destinations[row.id])
        ]


async def _filters(
    connection: AsyncConnection, codec: Codec, destinations: Mapping[str, Sequence[Destination]]
) -> dict[str, tuple[Filter, ...]]:
    """The filters of these destinations, by their source."""
    owners = {one.id: source_id for source_id, several in destinations.items() for one in several}
    ids = sorted(owners)
    found: dict[str, list[Filter]] = {source_id: [] for source_id in destinations}
    for first in range(0, len(ids), AT_ONCE):
        for row in await _rows(connection, "filter", documents.c.parent, ids[first : first + AT_ONCE]):
            found[owners[row.parent]].append(codec.decode("filter", row.body))
    return {source_id: tuple(several) for source_id, several in found.items()}


async def _rows(
    connection: AsyncConnection, kind: str, column: Column[Any], values: Sequence[str] | None = None
) -> Sequence[Row[Any, Any, Any]]:
    query = select(documents.c.id, documents.c.parent, documents.c.body).where(documents.c.kind == kind)
    if values is not None:
        query = query.where(column.in_(values))
    return (await connection.execute(query.order_by(documents.c.name))).all()
