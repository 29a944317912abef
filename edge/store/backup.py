"""Copies of an SQLite store while it is in use, by SQLite's own backup (https://www.sqlite.org/backup.html).

A copy is one transaction of the database that it reads, and one of the database that it writes: whoever has either
open sees it as it was before or as it is after, never half.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

BUSY_SECONDS = 30.0
"""How long a copy waits for a write transaction that is under way."""


class BackupError(Exception):
    """The file is no copy of a store, or cannot be read or written; the text says which and why."""


def copy_out(database: Path, target: Path) -> None:
    """Write ``database`` as it is now to the file ``target``, whole or not at all, mode 0600."""
    if not database.is_file():
        raise BackupError(f"there is no store at {database}")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy(database, "rw", draft)
        # One plain file: a copy that needs its -wal beside it would lose what that holds when it is moved.
        with _opened(draft) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        _flush(draft)
        draft.replace(target)
        _flush(target.parent)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def copy_into(source: Path, database: Path) -> None:
    """Replace everything in ``database`` by what is in ``source``, in one transaction; both may be in use."""
    _copy(source, "ro", database)


def _copy(source: Path, mode: str, target: Path) -> None:
    """``mode`` of the source: ``ro`` for a file that need not be ours to write; a store in use is ``rw``, because who
    closes it last has to fold its write-ahead log."""
    with _opened(source, mode) as reading, _opened(target) as writing:
        reading.backup(writing)


def verify(copy: Path) -> None:
    """Raise BackupError unless ``copy`` is an undamaged store."""
    if not copy.is_file():
        raise BackupError(f"there is no file {copy}")
    with _opened(copy, "ro") as connection:
        found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
        if found != ["ok"]:
            raise BackupError(f"{copy} is damaged: {'; '.join(map(str, found))}")
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"counter", "journal", "documents"} <= names:
            raise BackupError(f"{copy} is a database, but not the store of an Edgewise")


@contextmanager
def _opened(path: Path, mode: str = "rwc") -> Iterator[sqlite3.Connection]:
    place = f"{path.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None, uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise BackupError(f"{path} cannot be copied: {error}") from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
