"""What happens to a store's SQLite file behind the back of those who have it open."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def outage(database: Path, table: str = "counter") -> Iterator[None]:
    """Every statement that names ``table`` really fails inside the block, on every connection."""
    executed(database, f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        executed(database, f"ALTER TABLE {table}_away RENAME TO {table}")


def copied(database: Path, copy: Path) -> Path:
    """A consistent copy, as a backup makes one."""
    return _backup(database, copy)


def put_back(copy: Path, database: Path) -> Path:
    """Overwrite the live file with ``copy`` through SQLite's backup interface; open connections see it."""
    return _backup(copy, database)


def _backup(origin: Path, target: Path) -> Path:
    with closing(sqlite3.connect(origin)) as reading, closing(sqlite3.connect(target, timeout=5)) as writing:
        reading.backup(writing)
    return target


def executed(database: Path, statement: str) -> None:
    """Run one statement as somebody else would."""
    with closing(sqlite3.connect(database, timeout=5)) as connection, connection:
        connection.execute(statement)
