"""Reading documents in one snapshot."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import select

from edge.model.asset import Asset
from edge.model.change import Entry
from edge.model.client import Client, official_version, version_rank
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source, Workspace
from edge.model.token import AccessToken
from edge.store.entries import Span, entry_of, rows_of
from edge.store.files import find_asset
from edge.store.lookup import PAGE_LIMIT, Lookup, Stored
from edge.store.past import Past, begun, oldest, touched
from edge.store.queries import rows_using
from edge.store.schema import assets, documents, journal, write_keys

T = TypeVar("T")


class View(Lookup):
    """Everything that can be asked of one moment of the store."""

    async def using(self, definition: str, workspace: str) -> list[Destination]:
        """The destinations of a definition in a workspace, by name, at most PAGE_LIMIT of them."""
        rows = await rows_using(self._connection, definition, workspace, PAGE_LIMIT)
        return [self._stored(row).document for row in rows]

    async def workspace(self, slug: str) -> Workspace | None:
        return _document(Workspace, await self.named("workspace", f"workspaces/{slug}"))

    async def source(self, workspace: str, slug: str) -> Source | None:
        return _document(Source, await self.named("source", f"workspaces/{workspace}/sources/{slug}"))

    async def source_of_key(self, key: str) -> Stored | None:
        """The source that ``key`` is a live write key of, its revision not before the key became live."""
        query = select(write_keys).where(write_keys.c.key == key, write_keys.c.retired.is_(False))
        owner = (await self._connection.execute(query)).one_or_none()
        stored = await self.stored("source", owner.source_id) if owner is not None else None
        if owner is None or stored is None:
            return None
        return replace(stored, revision=max(stored.revision, owner.position))

    async def source_that_had_key(self, key: str) -> Stored | None:
        """The source that ``key`` is, or was, a write key of, while that source exists."""
        query = select(write_keys.c.source_id).where(write_keys.c.key == key)
        owner = (await self._connection.execute(query)).scalar_one_or_none()
        return await self.stored("source", owner) if owner is not None else None

    async def key_is_known(self, key: str) -> bool:
        """Whether any source of the instance has, or ever had, this write key."""
        query = select(write_keys.c.key).where(write_keys.c.key == key)
        return (await self._connection.execute(query)).first() is not None

    async def key_position(self, key: str) -> int | None:
        """Where a write key became live or, later, was retired; ``None`` for one that never was."""
        query = select(write_keys.c.position).where(write_keys.c.key == key)
        position: int | None = (await self._connection.execute(query)).scalar_one_or_none()
        return position

    async def destinations(self, source_id: str) -> list[Destination]:
        """All of a source's destinations, enabled or not."""
        return await self.every("destination", source_id)

    async def destination(self, source: Source, slug: str) -> Destination | None:
        return _document(Destination, await self.named("destination", f"{source.name}/destinations/{slug}"))

    async def filter(self, destination: Destination, filter_id: str) -> Filter | None:
        return _document(Filter, await self.named("filter", f"{destination.name}/filters/{filter_id}"))

    async def filters(self, destinations: Sequence[Destination]) -> list[Filter]:
        """All filters of these destinations, enabled or not."""
        wanted = sorted({destination.id for destination in destinations})
        found: list[Filter] = []
        for first in range(0, len(wanted), PAGE_LIMIT):
            found += [one.document for one in await self.under("filter", wanted[first : first + PAGE_LIMIT])]
        return found

    async def definition(self, slug: str) -> Definition | None:
        return _document(Definition, await self.stored("definition", slug))

    async def definitions(self, slugs: Sequence[str]) -> dict[str, Stored]:
        return await self.several("definition", slugs)

    async def users_of(self, definition: str) -> list[str]:
        """Names of all destinations of a definition, in any workspace."""
        # Also what does not say what it uses: a process of an older version wrote it.
        using = (documents.c.kind == "destination") & documents.c.uses.in_(["", definition])
        rows = await self._connection.execute(select(documents).where(using).order_by(documents.c.name))
        found: list[Destination] = [self._stored(row).document for row in rows]
        return [destination.name for destination in found if destination.definition == definition]

    async def token(self, token_id: str) -> AccessToken | None:
        return _document(AccessToken, await self.stored("token", token_id))

    async def client(self, slug: str) -> Stored | None:
        return await self.stored("client", slug)

    async def official_versions(self) -> list[str]:
        """Those of the official client that this store has, the newest first."""
        clients: list[Client] = await self.every("client", "")
        found = [version for client in clients if (version := official_version(client.slug)) is not None]
        return sorted(found, key=version_rank, reverse=True)

    async def client_document(self, slug: str) -> Client | None:
        return _document(Client, await self.client(slug))

    async def asset(self, content_hash: str) -> Asset | None:
        return await find_asset(self._connection, content_hash)

    async def integrities(self, hashes: Sequence[str]) -> dict[str, str]:
        """The stored integrity of each of these assets; a missing asset is missing here too."""
        query = select(assets.c.hash, assets.c.integrity).where(assets.c.hash.in_(sorted(set(hashes))))
        return {row.hash: row.integrity for row in await self._connection.execute(query)}

    async def entry(self, position: int) -> Entry | None:
        row = (await self._connection.execute(select(journal).where(journal.c.position == position))).first()
        return entry_of(row) if row is not None else None

    async def entries(self, span: Span) -> list[Entry]:
        """Entries of the journal, the newest first."""
        return [entry_of(row) for row in await rows_of(self._connection, span)]

    def past(self, position: int) -> Past:
        return Past(self._connection, self._codec, position)

    async def oldest(self) -> int:
        return await oldest(self._connection)

    async def begun(self, kind: str, document_id: str) -> int:
        return await begun(self._connection, kind, document_id)

    async def touched(self, source_id: str) -> int:
        return await touched(self._connection, source_id)

    async def newest(self, limit: int) -> list[Entry]:
        """The journal's last entries, the newest first."""
        query = select(journal).order_by(journal.c.position.desc()).limit(limit)
        return [entry_of(row) for row in await self._connection.execute(query)]


def _document(kind: type[T], stored: Stored | None) -> T | None:
    return stored.document if stored is not None and isinstance(stored.document, kind) else None
