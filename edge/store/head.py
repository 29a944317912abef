"""The head of the journal, and its entries as they are stored."""

from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from edge.model.change import Entry
from edge.model.position import AsOf
from edge.store.schema import counter


async def read_as_of(connection: AsyncConnection) -> AsOf:
    row = (await connection.execute(select(counter))).one()
    return AsOf(row.epoch, row.head, row.head_id)


async def lock_counter(connection: AsyncConnection) -> AsOf:
    """Wait for the writer before, then hold the counter until the transaction ends; answers the head as it is then.

    First in every transaction that writes to the store, so that whatever is read after it is the newest there is, and
    stays so. SQLite has no locks of rows and needs none: its one writer has the whole file.
    """
    row = (await connection.execute(select(counter).with_for_update())).one()
    return AsOf(row.epoch, row.head, row.head_id)


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
