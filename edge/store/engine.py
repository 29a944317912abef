"""Engines by URL, how a transaction begins on each database, and the migrations."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from edge.store.address import SqliteFile, read_address
from edge.store.postgres import open_postgres
from edge.store.sqlite import BEGIN, open_sqlite

STARTER_SECONDS = 60.0
"""How long a starter waits for another one that is bringing the same tables up to date."""
LOOK_AGAIN = 0.05

_LOCK_ID = 0x65646765
"""Of the advisory lock that starters take ("edge"); transactions of nothing else take one."""


class StartersError(Exception):
    """Another process has been at the tables for STARTER_SECONDS."""

    def __init__(self) -> None:
        super().__init__(f"another process has been bringing the tables up to date for {STARTER_SECONDS:g} s")


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections of one process for one purpose: those that stay open, and how many more there may be."""

    kept: int
    more: int


TRANSACTIONS = Pool(4, 4)
"""For commits, which wait for each other, and for what reads several things at one moment."""
READS = Pool(4, 2)
"""For what pages wait for: no reader waits until a writer is done."""
PROOF = Pool(4, 0)
"""For what the lease depends on: polls, and heartbeats where the roster is in the same database. All of them stay open:
after each change every node writes a heartbeat, and a connection opened for one costs more than the heartbeat."""


def open_engine(url: str, pool: Pool = TRANSACTIONS) -> AsyncEngine:
    """Open ``sqlite:///...`` or ``postgresql://...``, with or without the driver's name. Raises DatabaseUrlError."""
    size = {"pool_size": pool.kept, "max_overflow": pool.more}
    address = read_address(url)
    return open_sqlite(address, **size) if isinstance(address, SqliteFile) else open_postgres(address, **size)


def writing(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """A transaction that may write: SQLite takes its one write lock now, PostgreSQL each lock when it is asked for."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{BEGIN: "BEGIN IMMEDIATE"}).begin()
    # After waiting for a lock each statement sees what was committed meanwhile.
    return engine.execution_options(isolation_level="READ COMMITTED").begin()


def snapshot(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """A transaction in which every statement sees the database of the first one."""
    if engine.dialect.name == "sqlite":
        return engine.begin()
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True).begin()


def autocommit(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """A connection on which each statement is a snapshot of its own, and sees the newest commit."""
    return engine.execution_options(**{BEGIN: None}).connect()


@asynccontextmanager
async def starting(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that writes, and that no other starting process is in. Raises StartersError."""
    async with writing(engine) as connection:
        if engine.dialect.name != "sqlite":
            await _wait_for_starters(connection)
        yield connection


async def _wait_for_starters(connection: AsyncConnection) -> None:
    """Take their lock until the transaction ends. SQLite's write lock is one already.

    Asked for again and again: to wait for it in the server would end with lock_timeout, and migrating may take longer.
    """
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    asked = text("SELECT pg_try_advisory_xact_lock(:id)").bindparams(id=_LOCK_ID)
    deadline = time.monotonic() + STARTER_SECONDS
    while not (await connection.execute(asked)).scalar():
        if time.monotonic() >= deadline:
            raise StartersError
        await asyncio.sleep(LOOK_AGAIN)


async def migrate(engine: AsyncEngine, tree: str) -> None:
    """Bring the database to the newest version of the migrations in ``tree``; safe beside other starters."""
    config = Config()
    config.set_main_option("script_location", str(files("edge.store") / tree))
    config.set_main_option("path_separator", "os")
    config.attributes["version_table"] = _version_table(engine, tree)

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with starting(engine) as connection:
        await connection.run_sync(upgrade)


def _version_table(engine: AsyncEngine, tree: str) -> str:
    """Where a tree's version is noted. On a server both trees are in one database; an SQLite file holds one of them."""
    shared = engine.dialect.name != "sqlite"
    return "roster_version" if shared and tree == "roster_migrations" else "alembic_version"
