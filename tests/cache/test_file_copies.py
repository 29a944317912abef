"""Copies of browser files: the bytes that the name says, or nothing."""

from pathlib import Path

import pytest

from edge.cache.file_copies import FileCopies
from tests.support.world import CLIENT_CODE, CODE


@pytest.fixture
def files(tmp_path: Path) -> FileCopies:
    return FileCopies(tmp_path / "files")


def test_a_file_comes_back_as_it_was(files: FileCopies) -> None:
    assert files.read(CODE.hash) is None
    files.write(CODE.hash, CODE)
    files.write(CLIENT_CODE.hash, CLIENT_CODE)
    assert files.read(CODE.hash) == CODE
    assert len(list(files.all())) == 2


def test_every_damaged_byte_makes_it_nothing_and_removes_it(files: FileCopies) -> None:
    files.write(CODE.hash, CODE)
    (path,) = files.all()
    whole = path.read_bytes()
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1
        path.write_bytes(damaged)
        assert files.read(CODE.hash) is None
        assert not path.exists()


def test_a_file_under_the_name_of_another_is_nothing(files: FileCopies) -> None:
    files.write(CODE.hash, CODE)
    (path,) = files.all()
    path.rename(path.with_name(CLIENT_CODE.hash))
    assert files.read(CLIENT_CODE.hash) is None


@pytest.mark.parametrize("name", ["..", "../edgewise.db", "", "0" * 31, "0" * 33, "0" * 31 + "\n"])
def test_a_name_that_is_no_hash_leads_nowhere(files: FileCopies, name: str) -> None:
    assert files.read(name) is None
