"""Connections of SQLite files: write-ahead log, and transactions that begin when we say so."""

import asyncio
import sqlite3
import time
from typing import Any

from aiosqlite import Connection as SqliteConnection
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from edge.store.address import SqliteFile

BUSY_SECONDS = 5.0
"""How long a writer waits for another writer of the same file before it fails as unavailable."""

BEGIN = "edge_begin"
"""Execution option: the statement that begins a transaction; ``None``: there is none, every statement is by itself."""


def open_sqlite(file: SqliteFile, **options: Any) -> AsyncEngine:
    """The driver would begin transactions by itself and late; here every BEGIN is ours and says what it wants."""
    engine = create_async_engine(
        file.url(),
        # To SQLAlchemy every connection is as the driver leaves it: it need not be switched for each use.
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": BUSY_SECONDS},
        # No statement's values in any error text: among them are credentials.
        hide_parameters=True,
        **options,
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "close", _end)
    return engine


def _prepare(dbapi_connection: Any, _record: Any) -> None:
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


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get(BEGIN, "BEGIN")
    if begin is not None:
        connection.exec_driver_sql(begin)


def _end(dbapi_connection: Any, _record: Any) -> None:
    """End the transaction of a connection that is dropped because its user was cancelled.

    Closing alone does not: SQLite keeps a closed connection, its transaction and its lock for as long as a statement
    of it lives (sqlite3_close_v2), and a cancelled task's traceback holds one. Every other writer would wait for that.
    """
    if in_greenlet():
        dbapi_connection.rollback()
