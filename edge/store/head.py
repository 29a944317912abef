"""The counter's row: where the journal ends, and who may write on."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

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
