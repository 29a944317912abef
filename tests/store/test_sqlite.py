"""Connections of SQLite files."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.store import sqlite
from edge.store.engine import autocommit, migrate, open_engine, snapshot, writing

pytestmark = pytest.mark.anyio


def engine_in(directory: Path) -> AsyncEngine:
    return open_engine(f"sqlite+aiosqlite:///{directory / 'tables.db'}")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = engine_in(tmp_path)
    yield engine
    await engine.dispose()


async def test_a_connection_waits_for_whoever_is_just_making_the_file(
    tmp_path: Path, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says BUSY at once, whatever its timeout, to a connection that wants WAL while another one writes."""
    maker = sqlite3.connect(tmp_path / "tables.db", isolation_level=None)
    maker.execute("BEGIN IMMEDIATE")
    maker.execute("CREATE TABLE made (number)")

    async def instead_of_sleeping(_seconds: float) -> None:
        maker.execute("COMMIT")

    monkeypatch.setattr(sqlite, "asyncio", SimpleNamespace(sleep=instead_of_sleeping))
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
    monkeypatch.setattr(sqlite, "asyncio", SimpleNamespace(sleep=never))
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
