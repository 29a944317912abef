"""Which sources a definition matters to, read in bulk: a release changes many definitions in one commit."""

from collections.abc import Collection

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.destination import Destination
from edge.store.documents import Codec
from edge.store.effects import SourceImage
from edge.store.schema import documents


async def users_of(connection: AsyncConnection, codec: Codec, slugs: Collection[str]) -> list[SourceImage]:
    """Every source that has a destination of one of these definitions, enabled or not, with all of its documents."""
    # Only the settings are sealed: what belongs to no user is never opened.
    places = [(orjson.loads(body), body) for _, body in await _bodies(connection, "destination")]
    users = {fields["source_id"] for fields, _ in places if fields["definition"] in slugs}
    destinations: dict[str, list[Destination]] = {source_id: [] for source_id in users}
    for fields, body in places:
        if fields["source_id"] in users:
            destinations[fields["source_id"]].append(codec.decode("destination", body))
    definitions = {slug: codec.decode("definition", body) for slug, body in await _bodies(connection, "definition")}
    return [
        SourceImage(codec.decode("source", body), tuple(destinations[source_id]), definitions)
        for source_id, body in await _bodies(connection, "source")
        if source_id in users
    ]


async def _bodies(connection: AsyncConnection, kind: str) -> list[tuple[str, bytes]]:
    query = select(documents.c.id, documents.c.body).where(documents.c.kind == kind).order_by(documents.c.name)
    return [(row.id, row.body) for row in await connection.execute(query)]
