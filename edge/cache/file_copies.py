"""Copies of browser files on this host's disk. What a hash names never changes, so a copy is as good as the file."""

import re
from collections.abc import Iterator
from pathlib import Path

from edge.cache.disk import put, remove
from edge.cache.frame import DamagedError, frame, unframe
from edge.model.asset import Asset, content_hash, integrity_of

MAGIC = b"EWA1"
_HASH = re.compile(r"[0-9a-f]{32}\Z")


class FileCopies:
    """All calls block, so they belong into a thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def write(self, asset: Asset) -> int:
        """Bytes written. Raises OSError."""
        data = frame(MAGIC, {"content_type": asset.content_type}, asset.body)
        put(self._path(asset.hash), data)
        return len(data)

    def read(self, content_id: str) -> Asset | None:
        """The file, if its bytes are what its name says; one that is not is removed. Raises OSError."""
        try:
            data = self._path(content_id).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            head, body = unframe(MAGIC, data)
        except DamagedError:
            head, body = {}, b""
        if not head or content_hash(body) != content_id:
            remove(self._path(content_id))
            return None
        return Asset(content_id, integrity_of(body), str(head["content_type"]), body)

    def all(self) -> Iterator[Path]:
        try:
            yield from self._directory.iterdir()
        except (FileNotFoundError, NotADirectoryError):
            return

    def _path(self, content_id: str) -> Path:
        if not _HASH.match(content_id):
            raise FileNotFoundError(content_id)
        return self._directory / content_id
