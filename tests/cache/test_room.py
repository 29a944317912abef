"""A directory of copies stays within its bounds, and the oldest go first."""

import os
from collections.abc import Iterator
from pathlib import Path

from edge.cache.disk import TEMPORARY
from edge.cache.room import ABANDONED, LOOK_AGAIN, Bounds, Room, Weighed, oldest_beyond

NOW = 1_800_000_000.0


def weighed(*sizes: int) -> list[Weighed]:
    """Files of these sizes, the oldest first."""
    return [Weighed(Path(f"/{number}"), float(number), size) for number, size in enumerate(sizes)]


def names(files: list[Weighed]) -> list[str]:
    return [file.path.name for file in files]


def test_within_the_bounds_nothing_goes() -> None:
    assert oldest_beyond(weighed(50, 50), Bounds(bytes=100, files=2)) == []


def test_beyond_the_bytes_the_oldest_go_until_a_little_is_free() -> None:
    assert names(oldest_beyond(weighed(30, 30, 30, 30), Bounds(bytes=100, files=9))) == ["0"]
    assert names(oldest_beyond(weighed(5, 6, 90, 5), Bounds(bytes=100, files=9))) == ["0", "1", "2"]


def test_beyond_the_number_the_oldest_go_whatever_their_size() -> None:
    assert names(oldest_beyond(weighed(0, 0, 0, 0), Bounds(bytes=100, files=3))) == ["0", "1"]


def test_the_order_in_which_they_are_found_says_nothing() -> None:
    files = weighed(60, 60, 60)
    assert names(oldest_beyond(files[::-1], Bounds(bytes=100, files=9))) == ["0", "1"]


def room_of(directory: Path, bounds: Bounds) -> Room:
    def files() -> Iterator[Path]:
        yield from directory.iterdir()

    return Room(files, bounds, lambda: NOW)


def write(directory: Path, name: str, size: int, written_at: float) -> None:
    (directory / name).write_bytes(bytes(size))
    os.utime(directory / name, (written_at, written_at))


def test_a_directory_that_grows_is_kept_within_its_bounds(tmp_path: Path) -> None:
    room = room_of(tmp_path, Bounds(bytes=1000, files=50))
    for number in range(200):
        write(tmp_path, f"{number:03}", 30, NOW + number)
        room.written(30)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1000
    assert sorted(path.name for path in tmp_path.iterdir())[-1] == "199"


def test_what_other_processes_wrote_counts_when_it_is_looked_at_again(tmp_path: Path) -> None:
    room = room_of(tmp_path, Bounds(bytes=1000, files=50))
    room.written(0)
    for number in range(100):
        write(tmp_path, f"{number:03}", 30, NOW + number)
    for _ in range(LOOK_AGAIN):
        room.written(0)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1000


def test_what_a_killed_process_left_half_written_goes_after_an_hour(tmp_path: Path) -> None:
    write(tmp_path, f"{TEMPORARY}1-1", 10, NOW - ABANDONED - 1)
    write(tmp_path, f"{TEMPORARY}1-2", 10, NOW - ABANDONED + 1)
    room_of(tmp_path, Bounds(bytes=1000, files=50)).written(0)
    assert [path.name for path in tmp_path.iterdir()] == [f"{TEMPORARY}1-2"]
