"""Finding documents in one snapshot: by id, by name, or under their parent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.position import AsOf
from edge.store.documents import Codec
from edge.store.schema import documents

PAGE_LIMIT = 200


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


class Lookup:
    """Documents of one moment of the store; ``as_of`` was read before anything else.

    Those that were found by themselves, or as all of their parent's, are not asked for again: what a plan has read is
    what the writer then compares with. So a lookup ends where something is written.
    """

    def __init__(self, connection: AsyncConnection, codec: Codec, as_of: AsOf) -> None:
        self._connection = connection
        self._codec = codec
        self._known: dict[tuple[str, str], Stored] = {}
        """By kind and id."""
        self._families: dict[tuple[str, str], list[Any]] = {}
        """Everything of a kind, by kind and parent."""
        self.as_of = as_of

    async def stored(self, kind: str, document_id: str) -> Stored | None:
        known = self._known.get((kind, document_id))
        return known or await self._one(kind, documents.c.id == document_id)

    async def several(self, kind: str, ids: Iterable[str]) -> dict[str, Stored]:
        """Those of these documents that there are, by id."""
        wanted = set(ids)
        found = {one: self._known[kind, one] for one in wanted if (kind, one) in self._known}
        missing = sorted(wanted - found.keys())
        for first in range(0, len(missing), PAGE_LIMIT):
            mine = (documents.c.kind == kind) & documents.c.id.in_(missing[first : first + PAGE_LIMIT])
            found |= {
                row.id: self._learned(row) for row in await self._connection.execute(select(documents).where(mine))
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

    async def every(self, kind: str, parent: str) -> list[Any]:
        """All documents of ``kind`` under ``parent``, page by page; for what is bounded where it is made."""
        if (kind, parent) in self._families:
            return [*self._families[kind, parent]]
        found: list[Any] = []
        after = ""
        while True:
            page = await self._rows(kind, parent, Page(after))
            found += [self._learned(row).document for row in page]
            if len(page) < PAGE_LIMIT:
                self._families[kind, parent] = found
                return [*found]
            after = page[-1].name

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
        return self._learned(row) if row is not None else None

    def _learned(self, row: Row[Any]) -> Stored:
        known = self._known[row.kind, row.id] = self._stored(row)
        return known

    def _stored(self, row: Row[Any]) -> Stored:
        return Stored(self._codec.decode(row.kind, row.body), row.position, row.revision)
