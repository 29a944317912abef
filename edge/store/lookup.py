"""Finding documents in one snapshot: by id, by name, or under their parent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.position import AsOf
from edge.store.documents import Codec
from edge.store.schema import documents

PAGE_LIMIT = 200


# Made once: putting a statement together takes longer than the database does with it.
_OF_KIND = select(documents).where(documents.c.kind == bindparam("its_kind"))
_BY_ID = _OF_KIND.where(documents.c.id == bindparam("its_id"))
_BY_NAME = _OF_KIND.where(documents.c.name == bindparam("its_name"))
_SEVERAL = _OF_KIND.where(documents.c.id.in_(bindparam("its_ids", expanding=True)))
_UNDER = _OF_KIND.where(documents.c.parent.in_(bindparam("its_parents", expanding=True))).order_by(documents.c.name)
_PAGE = (
    _OF_KIND.where(documents.c.parent == bindparam("its_parent"), documents.c.name > bindparam("after"))
    .order_by(documents.c.name)
    .limit(bindparam("most", type_=Integer))
)


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
        return known or await self._one(_BY_ID, {"its_kind": kind, "its_id": document_id})

    async def several(self, kind: str, ids: Iterable[str]) -> dict[str, Stored]:
        """Those of these documents that there are, by id."""
        wanted = set(ids)
        found = {one: self._known[kind, one] for one in wanted if (kind, one) in self._known}
        missing = sorted(wanted - found.keys())
        for first in range(0, len(missing), PAGE_LIMIT):
            of = {"its_kind": kind, "its_ids": missing[first : first + PAGE_LIMIT]}
            found |= {row.id: self._learned(row) for row in await self._connection.execute(_SEVERAL, of)}
        return found

    async def named(self, kind: str, name: str) -> Stored | None:
        return await self._one(_BY_NAME, {"its_kind": kind, "its_name": name})

    async def listed(self, kind: str, parent: str, page: Page = FIRST_PAGE) -> list[Stored]:
        """Documents of ``kind`` under ``parent``, by name, at most ``page.limit`` of them."""
        return [self._stored(row) for row in await self._rows(kind, parent, page)]

    async def under(self, kind: str, parents: Iterable[str]) -> list[Stored]:
        """All documents of ``kind`` under any of ``parents``, by name; for as many parents as one page has."""
        of = {"its_kind": kind, "its_parents": sorted(set(parents))}
        return [self._stored(row) for row in await self._connection.execute(_UNDER, of)]

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
        of = {"its_kind": kind, "its_parent": parent, "after": page.after, "most": page.limit}
        return (await self._connection.execute(_PAGE, of)).all()

    async def _one(self, query: Select[Any], of: dict[str, Any]) -> Stored | None:
        row = (await self._connection.execute(query, of)).first()
        return self._learned(row) if row is not None else None

    def _learned(self, row: Row[Any]) -> Stored:
        known = self._known[row.kind, row.id] = self._stored(row)
        return known

    def _stored(self, row: Row[Any]) -> Stored:
        return Stored(self._codec.decode(row.kind, row.body), row.position, row.revision)
