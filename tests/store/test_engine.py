"""Transactions and migrations, on each database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.store.engine import autocommit, migrate, open_engine, snapshot, writing
from edge.store.roster import Roster
from edge.store.schema import documents, metadata, revoke_floors, roster_metadata
from tests.store.processes import together
from tests.support.world import DEVICE, IN_DEVICE, RELEASED_CLIENT, database_of, make_world, open_world

pytestmark = pytest.mark.anyio

TREES = {"migrations": metadata, "roster_migrations": roster_metadata}
STARTERS = 5
COUNT = text("SELECT count(*) FROM revoke_floors")


@pytest.fixture
async def bare(bare_place: Path) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_of(bare_place, "tables.db"))
    yield engine
    await engine.dispose()


@pytest.fixture
async def engine(bare: AsyncEngine) -> AsyncEngine:
    await migrate(bare, "migrations")
    return bare


@pytest.mark.parametrize(("tree", "tables"), TREES.items(), ids=TREES)
async def test_migrations_from_nothing_make_the_tables_that_the_code_declares(
    bare: AsyncEngine, tree: str, tables: MetaData
) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), tables)
        # Its own note of where it stands, where that is not called as Alembic calls it.
        return [one for one in found if one[0] != "remove_table" or one[1].name != "roster_version"]

    await migrate(bare, tree)
    async with bare.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("tree", TREES)
async def test_migrating_again_changes_nothing(bare: AsyncEngine, tree: str) -> None:
    def schema(connection: Connection) -> dict[str, Any]:
        tables = inspect(connection)
        return {name: [tables.get_columns(name), tables.get_indexes(name)] for name in tables.get_table_names()}

    async def found() -> str:
        async with bare.connect() as connection:
            return repr(await connection.run_sync(schema))

    await migrate(bare, tree)
    before = await found()
    await migrate(bare, tree)
    assert await found() == before


async def start(directory: Path, _number: int) -> str:
    world = open_world(directory)
    roster = Roster(open_engine(database_of(directory, "roster.db")))
    try:
        await world.store.prepare()
        await roster.prepare()
        async with world.store.view() as view:
            return view.as_of.epoch
    finally:
        await world.close()
        await roster.close()


@pytest.mark.parametrize("round_number", range(3))
def test_processes_that_start_at_once_on_nothing_share_one_epoch(bare_place: Path, round_number: int) -> None:
    epochs = together(start, bare_place, STARTERS)
    assert len(set(epochs)) == 1, (round_number, epochs)
    assert len(epochs[0]) == 32, epochs


async def test_rows_from_before_a_column_say_what_they_use_after_it(bare_place: Path) -> None:
    """The tables as the version before leaves them, with what a process of it wrote."""
    world = await make_world(bare_place)

    async def used() -> dict[str, str]:
        async with world.engine.connect() as connection:
            found = await connection.execute(select(documents.c.id, documents.c.uses))
            return {row.id: row.uses for row in found}

    before = await used()
    assert DEVICE.bundle is not None
    assert before["d1"] == IN_DEVICE.definition
    assert before["tally"] == DEVICE.bundle.hash
    assert before["edgewise"] == RELEASED_CLIENT.hash
    async with writing(world.engine) as connection:
        await connection.execute(text("DROP INDEX documents_uses"))
        await connection.execute(text("ALTER TABLE documents DROP COLUMN uses"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    await world.store.prepare()
    assert await used() == before
    await world.close()


async def test_a_snapshot_never_waits_for_a_writer_and_never_changes_under_its_reader(engine: AsyncEngine) -> None:
    async with snapshot(engine) as reader:
        assert (await reader.execute(COUNT)).scalar() == 0
        async with writing(engine) as writer:
            await writer.execute(insert(revoke_floors).values(tag="all", position=1))
            assert (await reader.execute(COUNT)).scalar() == 0
        assert (await reader.execute(COUNT)).scalar() == 0
        async with autocommit(engine) as newest:
            assert (await newest.execute(COUNT)).scalar() == 1


async def test_an_autocommit_connection_sees_each_commit_at_once(engine: AsyncEngine) -> None:
    async with autocommit(engine) as poller:
        for position in range(1, 4):
            async with writing(engine) as writer:
                await writer.execute(insert(revoke_floors).values(tag=f"key:{position}", position=position))
            assert (await poller.execute(COUNT)).scalar() == position


async def write_twice(engine: AsyncEngine, tag: str) -> None:
    async with writing(engine) as connection:
        for position in range(2):
            await connection.execute(insert(revoke_floors).values(tag=tag, position=position))


async def test_a_connection_is_the_same_after_each_kind_of_use(engine: AsyncEngine) -> None:
    """The pool hands one connection to all three; none may leave its way of beginning to the next."""
    for position in range(3):
        async with autocommit(engine) as connection:
            await connection.execute(text("SELECT 1"))
        with pytest.raises(IntegrityError):
            await write_twice(engine, f"key:{position}")
        async with snapshot(engine) as connection:
            assert (await connection.execute(COUNT)).scalar() == 0


async def test_a_writer_that_waited_sees_what_was_committed_meanwhile(engine: AsyncEngine) -> None:
    raised = update(revoke_floors).values(position=revoke_floors.c.position + 1)
    async with writing(engine) as connection:
        await connection.execute(insert(revoke_floors).values(tag="all", position=0))

    async def raise_it() -> None:
        async with writing(engine) as connection:
            await connection.execute(raised)
            await asyncio.sleep(0)

    await asyncio.gather(*(raise_it() for _ in range(8)))
    async with autocommit(engine) as connection:
        assert (await connection.execute(select(revoke_floors.c.position))).scalar() == 8


async def test_a_cancelled_writer_leaves_no_lock_behind(engine: AsyncEngine) -> None:
    inside = asyncio.Event()

    async def linger() -> None:
        async with writing(engine) as connection:
            await connection.execute(insert(revoke_floors).values(tag="all", position=1))
            inside.set()
            await asyncio.Event().wait()

    lingering = asyncio.create_task(linger())
    await inside.wait()
    lingering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lingering
    async with writing(engine) as connection:
        assert (await connection.execute(COUNT)).scalar() == 0
        await connection.execute(insert(revoke_floors).values(tag="all", position=1))
