"""Immutable files of the store."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.asset import Asset
from edge.model.client import Client, official_version
from edge.store.documents import Codec
from edge.store.schema import assets, documents


async def find_asset(connection: AsyncConnection, content_hash: str) -> Asset | None:
    row = (await connection.execute(select(assets).where(assets.c.hash == content_hash))).first()
    return Asset(row.hash, row.integrity, row.content_type, row.body) if row is not None else None


async def find_chunk(connection: AsyncConnection, codec: Codec, name: str) -> str | None:
    """The hash of what some version of the official client asks for by this name. There are few, each decoded once."""
    query = select(documents.c.id, documents.c.body).where(documents.c.kind == "client").order_by(documents.c.id)
    for row in await connection.execute(query):
        if official_version(row.id) is not None:
            client: Client = codec.decode("client", row.body)
            if name in client.files:
                return client.files[name]
    return None
