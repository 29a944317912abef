"""Entries of the journal: from their rows, and backwards, the newest first."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.change import Entry
from edge.store.schema import journal


@dataclass(frozen=True, slots=True)
class Span:
    """``name`` is a resource: entries of it and of what is beneath it. ``before`` and ``since`` bound positions, the
    first exclusively (0: none); ``actor`` is one actor, or empty for all."""

    name: str
    before: int = 0
    since: int = 0
    actor: str = ""
    limit: int = 200


async def rows_of(connection: AsyncConnection, span: Span) -> list[Row[Any]]:
    """The rows of the journal, newest first, at most ``span.limit`` of them."""
    # Names are listed as JSON: a quote before each, and behind it a quote or the slash of what is beneath it.
    named = or_(
        journal.c.resources.contains(f'"{span.name}"', autoescape=True),
        journal.c.resources.contains(f'"{span.name}/', autoescape=True),
    )
    query = select(journal).where(named, journal.c.position >= span.since)
    if span.before:
        query = query.where(journal.c.position < span.before)
    if span.actor:
        query = query.where(journal.c.actor == span.actor)
    query = query.order_by(journal.c.position.desc()).limit(span.limit)
    return list(await connection.execute(query))


def is_within(resource: str, name: str) -> bool:
    return resource == name or resource.startswith(f"{name}/")


def entry_of(row: Row[Any]) -> Entry:
    return Entry(
        position=row.position,
        id=row.id,
        previous_id=row.previous_id,
        verb=row.verb,
        tags=tuple(orjson.loads(row.tags)),
        keys=tuple(orjson.loads(row.keys)),
        resources=tuple(orjson.loads(row.resources)),
        actor=row.actor,
        reason=row.reason,
        at=row.at,
        diff=orjson.loads(row.diff),
    )
