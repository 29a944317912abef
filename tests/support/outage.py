"""A store that really cannot be read: its first table is taken away, and put back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def outage(database: Path, table: str = "counter") -> Iterator[None]:
    """Every statement that names ``table`` fails inside the block, on every connection."""
    _execute(database, f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        _execute(database, f"ALTER TABLE {table}_away RENAME TO {table}")


def _execute(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, timeout=5)) as connection, connection:
        connection.execute(statement)
