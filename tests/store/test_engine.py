"""Connections, transactions and migrations on SQLite."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, insert, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.store.engine import autocommit, migrate, open_engine, snapshot, writing
from edge.store.schema import metadata, revoke_floors, roster_metadata
from tests.store.processes import together
from tests.support.world import open_world

pytestmark = pytest.mark.anyio

TREES = {"migrations": metadata, "roster_migrations": roster_metadata}
STARTERS = 8


def engine_in(directory: Path) -> AsyncEngine:
    return open_engine(f"sqlite+aiosqlite:///{directory / 'tables.db'}")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = engine_in(tmp_path)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize(("tree", "tables"), TREES.items(), ids=TREES)
async def test_migrations_from_nothing_make_the_tables_that_the_code_declares(
    engine: AsyncEngine, tree: str, tables: MetaData
) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables))

    await migrate(engine, tree)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("tree", TREES)
async def test_migrating_again_changes_nothing(engine: AsyncEngine, tree: str) -> None:
    async def schema() -> list[Any]:
        async with engine.connect() as connection:
            return list(await connection.execute(text("SELECT * FROM sqlite_master ORDER BY name")))

    await migrate(engine, tree)
    before = await schema()
    await migrate(engine, tree)
    assert await schema() == before


async def start(directory: Path, _number: int) -> str:
    world = open_world(directory)
    try:
        await world.store.prepare()
        async with world.store.view() as view:
            return view.as_of.epoch
    finally:
        await world.close()


@pytest.mark.parametrize("round_number", range(5))
def test_processes_that_start_at_once_on_nothing_share_one_epoch(tmp_path: Path, round_number: int) -> None:
    epochs = together(start, tmp_path, STARTERS)
    assert len(set(epochs)) == 1, (round_number, epochs)
    assert len(epochs[0]) == 32, epochs


async def test_a_connection_waits_for_whoever_is_just_making_the_file(
    tmp_path: Path, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says BUSY at once, whatever its timeout, to a connection that wants WAL while another one writes."""
    maker = sqlite3.connect(tmp_path / "tables.db", isolation_level=None)
    maker.execute("BEGIN IMMEDIATE")
    maker.execute("CREATE TABLE made (number)")

    async def instead_of_sleeping(_seconds: float) -> None:
        maker.execute("COMMIT")

    monkeypatch.setattr(asyncio, "sleep", instead_of_sleeping)
    async with autocommit(engine) as connection:
        assert (await connection.execute(text("SELECT count(*) FROM made"))).scalar() == 0
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
    assert not maker.in_transaction, "it met the maker at work"
    maker.close()


async def test_what_waiting_does_not_mend_is_refused_at_once(
    tmp_path: Path, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_seconds: float) -> None:
        raise AssertionError("nobody else is at work here")

    (tmp_path / "tables.db-wal").mkdir()
    monkeypatch.setattr(asyncio, "sleep", never)
    with pytest.raises(OperationalError, match=r"disk I/O error|unable to open"):
        await engine.connect()


async def test_every_connection_waits_for_the_disk_in_wal_mode_with_foreign_keys(engine: AsyncEngine) -> None:
    async def pragmas() -> dict[str, Any]:
        async with autocommit(engine) as connection:
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            return {name: (await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in names}

    full = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    async with snapshot(engine), snapshot(engine):
        assert await pragmas() == full
    assert await pragmas() == full


async def test_a_writer_takes_the_lock_when_it_begins_not_when_it_writes(tmp_path: Path, engine: AsyncEngine) -> None:
    await migrate(engine, "migrations")
    impatient = sqlite3.connect(tmp_path / "tables.db", timeout=0, isolation_level=None)
    async with writing(engine):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            impatient.execute("BEGIN IMMEDIATE")
    impatient.execute("BEGIN IMMEDIATE")
    impatient.close()


async def test_a_snapshot_never_waits_for_a_writer_and_never_changes_under_its_reader(engine: AsyncEngine) -> None:
    count = text("SELECT count(*) FROM revoke_floors")
    await migrate(engine, "migrations")
    async with snapshot(engine) as reader:
        assert (await reader.execute(count)).scalar() == 0
        async with writing(engine) as writer:
            await writer.execute(insert(revoke_floors).values(tag="all", position=1))
            assert (await reader.execute(count)).scalar() == 0
        assert (await reader.execute(count)).scalar() == 0
        async with autocommit(engine) as newest:
            assert (await newest.execute(count)).scalar() == 1


async def test_an_autocommit_connection_sees_each_commit_at_once(engine: AsyncEngine) -> None:
    count = text("SELECT count(*) FROM revoke_floors")
    await migrate(engine, "migrations")
    async with autocommit(engine) as poller:
        for position in range(1, 4):
            async with writing(engine) as writer:
                await writer.execute(insert(revoke_floors).values(tag=f"key:{position}", position=position))
            assert (await poller.execute(count)).scalar() == position


async def write_twice(engine: AsyncEngine, tag: str) -> None:
    async with writing(engine) as connection:
        for position in range(2):
            await connection.execute(insert(revoke_floors).values(tag=tag, position=position))


async def test_a_connection_is_the_same_after_each_kind_of_use(engine: AsyncEngine) -> None:
    """The pool hands one connection to all three; none may leave its way of beginning to the next."""
    await migrate(engine, "migrations")
    for position in range(3):
        async with autocommit(engine) as connection:
            await connection.execute(text("SELECT 1"))
        with pytest.raises(IntegrityError):
            await write_twice(engine, f"key:{position}")
        async with snapshot(engine) as connection:
            assert (await connection.execute(text("SELECT count(*) FROM revoke_floors"))).scalar() == 0


async def test_a_cancelled_writer_leaves_no_lock_behind(engine: AsyncEngine) -> None:
    await migrate(engine, "migrations")
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
        assert (await connection.execute(text("SELECT count(*) FROM revoke_floors"))).scalar() == 0
