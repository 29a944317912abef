"""Which write keys a purge concerns: tags expanded page by page, each page by an index."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.model.tags import ALL, LOADER
from edge.store.engine import autocommit
from edge.store.schema import documents, write_keys


class Keys:
    """Write keys whose documents carry one of some tags, in the database's order."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keys(self, tags: Sequence[str], after: str, limit: int) -> list[str]:
        """At most ``limit`` keys beyond ``after`` (exclusive; empty: from the first). An unknown tag has none."""
        condition = _condition(tags)
        query = select(write_keys.c.key).where(condition, write_keys.c.key > after)
        async with autocommit(self._engine) as connection:
            found = await connection.execute(query.order_by(write_keys.c.key).limit(limit))
            return [row.key for row in found]

    async def count(self, tags: Sequence[str]) -> int:
        """How many keys there are in all."""
        query = select(func.count()).select_from(write_keys).where(_condition(tags))
        async with autocommit(self._engine) as connection:
            return int((await connection.execute(query)).scalar_one())


def _condition(tags: Sequence[str]) -> ColumnElement[bool]:
    """Retired keys only where their answer, that there is no such key, carries the tag: ``key:`` and ``all``."""
    named = _named(tags)
    if ALL in named:
        return true()
    live: list[ColumnElement[bool]] = []
    if LOADER in named:
        live.append(write_keys.c.retired.is_(False))
    if "source" in named:
        live.append(write_keys.c.source_id.in_(named["source"]))
    if "workspace" in named:
        parents = [f"workspaces/{slug}" for slug in named["workspace"]]
        live.append(write_keys.c.source_id.in_(_select("source", documents.c.id, documents.c.parent.in_(parents))))
    if "definition" in named:
        # Also what does not say what it uses: a process of an older version wrote it.
        linked = documents.c.uses.in_(["", *named["definition"]])
        live.append(write_keys.c.source_id.in_(_select("destination", documents.c.parent, linked)))
    return or_(write_keys.c.key.in_(named.get("key", [])), write_keys.c.retired.is_(False) & or_(false(), *live))


def _select(kind: str, column: ColumnElement[Any], condition: ColumnElement[bool]) -> Any:
    return select(column).where(documents.c.kind == kind, condition)


def _named(tags: Sequence[str]) -> dict[str, list[str]]:
    """``source:a``, ``source:b``, ``all`` as ``{"source": ["a", "b"], "all": [""]}``."""
    named: dict[str, list[str]] = {}
    for tag in tags:
        kind, _, name = tag.partition(":")
        named.setdefault(kind, []).append(name)
    return named
