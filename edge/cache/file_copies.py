"""Copies of browser files on this host's disk. What a hash names never changes, so a copy is as good as the file."""

from collections.abc import Iterator
from pathlib import Path

from edge.cache.disk import put, remove
from edge.cache.frame import DamagedError, frame, unframe
from edge.model.asset import CHUNK, HASH, Asset, content_hash, integrity_of

MAGIC = b"EWA1"


class FileCopies:
    """All calls block, so they belong into a thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def write(self, name: str, asset: Asset) -> int:
        """Bytes written, under the name by which it is asked for. Raises OSError."""
        data = frame(MAGIC, {"content_type": asset.content_type}, asset.body)
        put(self._path(name), data)
        return len(data)

    def read(self, name: str) -> Asset | None:
        """The file, if it is whole, and its bytes are what its name says where that is a hash; else it is removed.

        Raises OSError.
        """
        try:
            data = self._path(name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            head, body = unframe(MAGIC, data)
        except DamagedError:
            head, body = {}, b""
        found = content_hash(body)
        if not head or (found != name and not CHUNK.match(name)):
            remove(self._path(name))
            return None
        return Asset(found, integrity_of(body), str(head["content_type"]), body)

    def all(self) -> Iterator[Path]:
        try:
            yield from self._directory.iterdir()
        except (FileNotFoundError, NotADirectoryError):
            return

    def _path(self, name: str) -> Path:
        if not HASH.match(name) and not CHUNK.match(name):
            raise FileNotFoundError(name)
        return self._directory / name
