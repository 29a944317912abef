"""Files that are whole or not there: written beside their place and renamed into it."""

import fcntl
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODE = 0o600
TEMPORARY = ".new-"

_numbers = itertools.count()


def put(path: Path, data: bytes, *, durable: bool = False) -> None:
    """``durable``: it outlives a power cut from the moment that this returns. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{TEMPORARY}{os.getpid()}-{next(_numbers)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if durable:
        _sync(path.parent)


def remove(path: Path) -> bool:
    """Make ``path`` not be there; whether it was. Raises OSError where it stays."""
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process of the host at a time. The lock goes with the process that holds it. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
