"""Unix sockets in directories whose paths are too long for a socket's address."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST = 100
"""Bytes; the kernel takes 107 (unix(7))."""


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """``path`` as an address that fits, good for as long as the block lasts: by way of its open directory."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
