"""Connections: how a transaction begins on each database, and the migrations."""

import asyncio
import sqlite3
import time
from contextlib import AbstractAsyncContextManager
from importlib.resources import files
from typing import Any

from aiosqlite import Connection as SqliteConnection
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

BUSY_SECONDS = 5.0
"""How long a writer waits for another writer of the same SQLite file before it fails as unavailable."""

_BEGIN = "edge_begin"


def open_engine(url: str) -> AsyncEngine:
    """Open ``sqlite+aiosqlite:///...`` (or a server's URL) with the transaction rules of DESIGN section 4.1.

    SQLite's driver would begin transactions by itself and late; here every BEGIN is ours and says what it wants.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    # No statement's values in any error text: among them are credentials.
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "close", _end_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    dbapi_connection.run_async(_use_wal)
    cursor = dbapi_connection.cursor()
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def _use_wal(connection: SqliteConnection) -> None:
    """SQLite answers BUSY at once, whatever its timeout, when two processes turn the same new file to WAL."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            async with connection.execute("PRAGMA journal_mode=WAL"):
                return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            await asyncio.sleep(0.01)


def _end_sqlite(dbapi_connection: Any, _record: Any) -> None:
    """End the transaction of a connection that is dropped because its user was cancelled.

    Closing alone does not: SQLite keeps a closed connection, its transaction and its lock for as long as a statement
    of it lives (sqlite3_close_v2), and a cancelled task's traceback holds one. Every other writer would wait for that.
    """
    if in_greenlet():
        dbapi_connection.rollback()


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if begin is not None:
        connection.exec_driver_sql(begin)


def writing(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """A transaction that may write: SQLite takes its one write lock now, others at the counter's row."""
    return engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}).begin()


def snapshot(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """A transaction in which every statement sees the database of the first one."""
    if engine.dialect.name == "sqlite":
        return engine.begin()
    return engine.execution_options(isolation_level="REPEATABLE READ").begin()


def autocommit(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """A connection on which each statement sees the newest commit."""
    return engine.execution_options(isolation_level="AUTOCOMMIT", **{_BEGIN: None}).connect()


async def migrate(engine: AsyncEngine, tree: str) -> None:
    """Bring the database to the newest version of the migrations in ``tree``; safe beside other starters."""
    config = Config()
    config.set_main_option("script_location", str(files("edge.store") / tree))
    config.set_main_option("path_separator", "os")

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with writing(engine) as connection:
        await connection.run_sync(upgrade)
