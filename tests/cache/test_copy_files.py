"""Copies as files: what comes back is what was written, for that document, and never older than what was there."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from edge.cache.copy_files import Copy, CopyFiles
from edge.cache.frame import DamagedError
from edge.model.instant import Instant
from edge.publish.publication import KINDS, Wanted
from tests.cache.kept import NOW, OTHER, WANTED, document, missing, place, word_of
from tests.store.processes import together
from tests.support.world import KEY

LATER = Instant(NOW.wall + 60, NOW.boot + 60)


@pytest.fixture
def files(tmp_path: Path) -> CopyFiles:
    return CopyFiles(tmp_path / "copies", "build", "boot")


def only(files: CopyFiles) -> Path:
    (path,) = files.all()
    return path


def word(files: CopyFiles) -> str | None:
    copy = files.read("e1", WANTED, NOW)
    return word_of(copy.found) if copy is not None else None


def test_a_copy_comes_back_as_it_was_with_when_it_was_confirmed(files: CopyFiles) -> None:
    assert files.read("e1", WANTED, NOW) is None
    assert files.write(WANTED, document(3), NOW, NOW) == only(files).stat().st_size
    assert files.read("e1", WANTED, LATER) == Copy(document(3), NOW)


def test_each_document_of_each_key_is_a_file_of_its_own(files: CopyFiles) -> None:
    files.write(WANTED, document(3), NOW, NOW)
    assert files.read("e1", OTHER, NOW) is None
    assert [files.read("e1", Wanted(kind, KEY), NOW) is not None for kind in KINDS] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_as_of_never_goes_back_in_whatever_order_writers_come(files: CopyFiles) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    assert files.write(WANTED, document(3), LATER, NOW) == 0
    assert word(files) == "5"
    files.write(WANTED, document(6), NOW, NOW)
    assert word(files) == "6"


def test_the_same_again_is_not_written_again(files: CopyFiles) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    before = only(files).stat().st_ino
    assert files.write(WANTED, document(5), LATER, LATER) == 0
    assert only(files).stat().st_ino == before


def test_no_such_key_removes_the_copy_unless_that_was_read_later(files: CopyFiles) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    files.write(WANTED, missing(4), NOW, NOW)
    assert word(files) == "5"
    files.write(WANTED, missing(6), NOW, NOW)
    assert word(files) is None
    assert list(files.all()) == []


def test_names_say_nothing_of_keys_and_files_are_private(files: CopyFiles) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    assert WANTED.write_key not in str(only(files))
    assert stat.S_IMODE(only(files).stat().st_mode) == 0o600
    assert stat.S_IMODE(only(files).parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("epoch", ["..", "../../elsewhere", "a/b", "", "\0", "x" * 300])
def test_an_epoch_never_leads_out_of_the_directory(files: CopyFiles, tmp_path: Path, epoch: str) -> None:
    files.write(WANTED, document(5, epoch=epoch), NOW, NOW)
    assert files.read(epoch, WANTED, NOW) == Copy(document(5, epoch=epoch), NOW)
    assert only(files).is_relative_to(tmp_path / "copies")
    assert os.listdir(tmp_path) == ["copies"]


def test_another_build_has_copies_of_its_own(files: CopyFiles, tmp_path: Path) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    assert CopyFiles(tmp_path / "copies", "other", "boot").read("e1", WANTED, NOW) is None


def test_a_damaged_copy_is_said_to_be_and_gives_way_to_the_next(files: CopyFiles) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    only(files).write_bytes(only(files).read_bytes()[:-1])
    with pytest.raises(DamagedError):
        files.read("e1", WANTED, NOW)
    files.write(WANTED, document(3), NOW, NOW)
    assert word(files) == "3"


def test_a_copy_under_the_name_of_another_document_is_damage(files: CopyFiles, tmp_path: Path) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    stolen = only(files).read_bytes()
    other = CopyFiles(tmp_path / "other", "build", "boot")
    other.write(OTHER, document(5), NOW, NOW)
    only(other).write_bytes(stolen)
    with pytest.raises(DamagedError):
        other.read("e1", OTHER, NOW)


def test_removing_spares_a_later_copy_that_took_its_place(files: CopyFiles) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    files.remove("e1", WANTED, place(4), NOW)
    assert word(files) == "5"
    files.remove("e1", WANTED, place(5), NOW)
    assert word(files) is None
    files.remove("e1", WANTED, place(5), NOW)


def test_a_damaged_copy_can_be_removed(files: CopyFiles) -> None:
    files.write(WANTED, document(5), NOW, NOW)
    only(files).write_bytes(b"damaged")
    files.remove("e1", WANTED, None, NOW)
    assert list(files.all()) == []


def test_emptying_leaves_one_epoch_or_none(files: CopyFiles) -> None:
    for epoch in ("e1", "e2", "../e3"):
        files.write(WANTED, document(5, epoch=epoch), NOW, NOW)
    files.empty(besides="../e3")
    assert files.read("e1", WANTED, NOW) is None
    assert files.read("../e3", WANTED, NOW) is not None
    files.empty(besides=None)
    assert list(files.all()) == []
    files.empty(besides=None)


async def write_all(directory: Path, number: int) -> int:
    files = CopyFiles(directory, "build", "boot")
    for position in range(1 + number, 120, 4):
        files.write(Wanted("settings", "wk_first_key_0001"), document(position), NOW, NOW)
        await asyncio.sleep(0)
    return number


def test_processes_that_share_a_directory_leave_the_newest(files: CopyFiles, tmp_path: Path) -> None:
    assert together(write_all, tmp_path / "copies", 4) == [0, 1, 2, 3]
    assert word(files) == "119"
    assert len(list(files.all())) == 1
