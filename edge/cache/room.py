"""How much a directory of copies may hold: the oldest go first."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge.cache.disk import TEMPORARY, remove

AFTER = 0.9
"""What is left of the bounds after files were removed, so that the next write does not have to look again."""
LOOK_AGAIN = 1000
"""Writes after which a directory is looked at anew: other processes write there too."""
ABANDONED = 3600.0
"""Seconds after which a draft is what a killed process left behind."""


@dataclass(frozen=True, slots=True)
class Bounds:
    bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class Weighed:
    path: Path
    written_at: float
    size: int


class Room:
    """Told of each write, in the thread that wrote. ``files`` lists what is there; ``wall`` is Unix time."""

    def __init__(self, files: Callable[[], Iterator[Path]], bounds: Bounds, wall: Callable[[], float]) -> None:
        self._files = files
        self._bounds = bounds
        self._wall = wall
        self._bytes = self._count = self._writes = 0
        self._known = False

    def written(self, size: int) -> None:
        """Raises OSError where what is too much cannot be removed."""
        self._bytes, self._count, self._writes = self._bytes + size, self._count + 1, self._writes + 1
        over = self._bytes > self._bounds.bytes or self._count > self._bounds.files
        if over or not self._known or self._writes >= LOOK_AGAIN:
            self._look()

    def _look(self) -> None:
        found = list(_weighed(self._files()))
        drafts = [one for one in found if one.path.name.startswith(TEMPORARY)]
        copies = [one for one in found if not one.path.name.startswith(TEMPORARY)]
        surplus = oldest_beyond(copies, self._bounds)
        for one in [*surplus, *(draft for draft in drafts if self._wall() - draft.written_at > ABANDONED)]:
            remove(one.path)
        self._bytes = sum(one.size for one in copies) - sum(one.size for one in surplus)
        self._count, self._writes, self._known = len(copies) - len(surplus), 0, True


def oldest_beyond(copies: list[Weighed], bounds: Bounds) -> list[Weighed]:
    """What has to go, the oldest first, so that the rest is within ``bounds``, and a little below; none if it is."""
    size, count = sum(one.size for one in copies), len(copies)
    if size <= bounds.bytes and count <= bounds.files:
        return []
    surplus: list[Weighed] = []
    for one in sorted(copies, key=lambda copy: (copy.written_at, copy.path)):
        if size <= bounds.bytes * AFTER and count <= bounds.files * AFTER:
            break
        surplus.append(one)
        size, count = size - one.size, count - 1
    return surplus


def _weighed(paths: Iterator[Path]) -> Iterator[Weighed]:
    for path in paths:
        # Another process may have removed it, or renamed a draft into its place.
        with suppress(FileNotFoundError, NotADirectoryError):
            status = path.stat()
            yield Weighed(path, status.st_mtime, status.st_size)
