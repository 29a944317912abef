"""Copies of documents as files: one a document, named by a digest, under epoch and build.

The head says kind, key and confirmed-at; the body is a parcel.

Several processes write one directory. What would go wrong: the slower of two writes the older of two readings last. So
a copy is compared with the one that is there, under a lock, and as-of never goes back.
"""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge.cache.disk import locked, put, remove
from edge.cache.frame import DamagedError, frame, unframe
from edge.model.boot import from_stamp, to_stamp
from edge.model.instant import Instant
from edge.model.outcome import Found, Known
from edge.model.position import AsOf
from edge.publish.parcel import pack, unpack
from edge.publish.publication import Publication, Wanted

MAGIC = b"EWC1"
_EPOCH = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Copy:
    """``confirmed_at``: when it was written; ``None`` when how long ago that was cannot be told."""

    found: Found[Publication]
    confirmed_at: Instant | None


class CopyFiles:
    """All calls block, so they belong into a thread. ``build`` tells builds of this node apart, whose copies may be
    written otherwise. Whose documents they are is not told apart: a copy is last known good, whoever made it."""

    def __init__(self, directory: Path, build: str, boot: str) -> None:
        self._directory = directory
        self._build = build
        self._boot = boot

    def write(self, wanted: Wanted, known: Known[Publication], confirmed_at: Instant, now: Instant) -> int:
        """Keep ``known`` unless a later one is there; "no such key" removes the copy. Bytes written. Raises OSError."""
        path = self._path(known.as_of.epoch, wanted)
        with locked(self._directory / ".lock"):
            kept = self._kept(path, wanted, now)
            if kept is not None and kept.found.as_of.position > known.as_of.position:
                return 0
            if not isinstance(known, Found):
                remove(path)
                return 0
            if kept is not None and kept.found == known and kept.confirmed_at is not None:
                # The ledger moves its confirmed-at on; there is nothing to say again. Of the same place there may be
                # other bytes, of another build of control nodes.
                return 0
            data = self._dump(wanted, known, confirmed_at)
            put(path, data)
            return len(data)

    def read(self, epoch: str, wanted: Wanted, now: Instant) -> Copy | None:
        """The copy, if there is one. Raises DamagedError, and OSError where the disk fails."""
        try:
            data = self._path(epoch, wanted).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return self._load(data, wanted, now)

    def remove(self, epoch: str, wanted: Wanted, as_of: AsOf | None, now: Instant) -> None:
        """Remove the copy read as of ``as_of``, or a damaged one; not a later one put in its place meanwhile."""
        path = self._path(epoch, wanted)
        with locked(self._directory / ".lock"):
            kept = self._kept(path, wanted, now)
            if kept is None or kept.found.as_of == as_of:
                remove(path)

    def empty(self, besides: str | None) -> None:
        """Remove the copies of every epoch and build, except the epoch ``besides``. Raises OSError."""
        for directory in self._epochs():
            if besides is None or directory.name not in (besides, _digest(besides)):
                shutil.rmtree(directory)

    def all(self) -> Iterator[Path]:
        """Every file, copies and drafts of them, of whichever epoch and build."""
        for directory in self._epochs():
            for path in directory.rglob("*"):
                if path.is_file():
                    yield path

    def _epochs(self) -> list[Path]:
        try:
            return [path for path in self._directory.iterdir() if path.is_dir()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _path(self, epoch: str, wanted: Wanted) -> Path:
        # An epoch comes from elsewhere: whatever it is, it must not lead out of this directory.
        name = epoch if _EPOCH.match(epoch) else _digest(epoch)
        return self._directory / name / self._build / _digest(f"{wanted.kind}\n{wanted.write_key}")

    def _kept(self, path: Path, wanted: Wanted, now: Instant) -> Copy | None:
        with suppress(FileNotFoundError, NotADirectoryError, DamagedError):
            return self._load(path.read_bytes(), wanted, now)
        return None

    def _dump(self, wanted: Wanted, found: Found[Publication], confirmed_at: Instant) -> bytes:
        stamp = to_stamp(confirmed_at, self._boot)
        return frame(MAGIC, {"kind": wanted.kind, "key": wanted.write_key, "confirmed_at": stamp}, pack(found))

    def _load(self, data: bytes, wanted: Wanted, now: Instant) -> Copy:
        head, parcel = unframe(MAGIC, data)
        try:
            found = unpack(parcel)
            confirmed_at = from_stamp(head["confirmed_at"], self._boot, now)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedError from error
        if (head["kind"], head["key"]) != (wanted.kind, wanted.write_key) or not isinstance(found, Found):
            raise DamagedError
        return Copy(found, confirmed_at)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
