"""Reading documents in one snapshot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.asset import Asset
from edge.model.change import Entry
from edge.model.client import Client, official_version, version_rank
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.position import AsOf
from edge.model.source import Source, Workspace
from edge.model.token import AccessToken
from edge.store.documents import Codec
from edge.store.files import find_asset
from edge.store.head import entry_of
from edge.store.schema import assets, documents, journal, write_keys

PAGE_LIMIT = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a listing in order of resource name; ``after`` is exclusive."""

    after: str = ""
    limit: int = PAGE_LIMIT


FIRST_PAGE = Page()


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with the positions beside it."""

    document: Any
    position: int
    revision: int


class View:
    """Everything that can be asked of one moment of the store; ``as_of`` was read before anything else."""

    def __init__(self, connection: AsyncConnection, codec: Codec, as_of: AsOf) -> None:
        self._connection = connection
        self._codec = codec
        self.as_of = as_of

    async def stored(self, kind: str, document_id: str) -> Stored | None:
        return await self._one(kind, documents.c.id == document_id)

    async def several(self, kind: str, ids: Iterable[str]) -> dict[str, Stored]:
        """Those of these documents that there are, by id."""
        wanted = sorted(set(ids))
        found: dict[str, Stored] = {}
        for first in range(0, len(wanted), PAGE_LIMIT):
            mine = (documents.c.kind == kind) & documents.c.id.in_(wanted[first : first + PAGE_LIMIT])
            found |= {
                row.id: self._stored(row) for row in await self._connection.execute(select(documents).where(mine))
            }
        return found

    async def named(self, kind: str, name: str) -> Stored | None:
        return await self._one(kind, documents.c.name == name)

    async def listed(self, kind: str, parent: str, page: Page = FIRST_PAGE) -> list[Stored]:
        """Documents of ``kind`` under ``parent``, by name, at most ``page.limit`` of them."""
        return [self._stored(row) for row in await self._rows(kind, parent, page)]

    async def under(self, kind: str, parents: Iterable[str]) -> list[Stored]:
        """All documents of ``kind`` under any of ``parents``, by name; for as many parents as one page has."""
        mine = (documents.c.kind == kind) & documents.c.parent.in_(sorted(set(parents)))
        query = select(documents).where(mine).order_by(documents.c.name)
        return [self._stored(row) for row in await self._connection.execute(query)]

    async def listed_anywhere(self, kind: str, page: Page = FIRST_PAGE) -> list[Stored]:
        """Documents of ``kind`` under any parent, by name."""
        query = (
            select(documents)
            .where(documents.c.kind == kind, documents.c.name > page.after)
            .order_by(documents.c.name)
            .limit(page.limit)
        )
        return [self._stored(row) for row in await self._connection.execute(query)]

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

    async def every(self, kind: str, parent: str) -> list[Any]:
        """All documents of ``kind`` under ``parent``, page by page; for what is bounded where it is made."""
        found: list[Any] = []
        after = ""
        while True:
            page = await self._rows(kind, parent, Page(after))
            found += [self._stored(row).document for row in page]
            if len(page) < PAGE_LIMIT:
                return found
            after = page[-1].name

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
            mine = (documents.c.kind == "filter") & documents.c.parent.in_(wanted[first : first + PAGE_LIMIT])
            query = select(documents).where(mine).order_by(documents.c.name)
            found += [self._stored(row).document for row in await self._connection.execute(query)]
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

    async def _rows(self, kind: str, parent: str, page: Page) -> Sequence[Row[Any]]:
        query = (
            select(documents)
            .where(documents.c.kind == kind, documents.c.parent == parent, documents.c.name > page.after)
            .order_by(documents.c.name)
            .limit(page.limit)
        )
        return (await self._connection.execute(query)).all()

    async def _one(self, kind: str, condition: Any) -> Stored | None:
        query: Select[Any] = select(documents).where(and_(documents.c.kind == kind, condition))
        row = (await self._connection.execute(query)).first()
        return self._stored(row) if row is not None else None

    def _stored(self, row: Row[Any]) -> Stored:
        return Stored(self._codec.decode(row.kind, row.body), row.position, row.revision)


def _document(kind: type[T], stored: Stored | None) -> T | None:
    return stored.document if stored is not None and isinstance(stored.document, kind) else None
