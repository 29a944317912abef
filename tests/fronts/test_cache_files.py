"""Claims about the files of nginx's cache; that they lie where nginx puts them is claimed in test_nginx.py."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.fronts.cache_files import CacheFiles
from edge.fronts.front import FrontError

KEY = "wk_files_0001"


def filled(directory: Path) -> CacheFiles:
    files = CacheFiles(directory)
    for encoding in ("identity", "gzip", "br"):
        path = files.path("settings", KEY, encoding)
        path.parent.mkdir(parents=True)
        path.write_bytes(b"copy")
    return files


def test_a_variant_lies_beneath_the_end_of_the_md5_of_its_key(tmp_path: Path) -> None:
    found = CacheFiles(tmp_path).path("loader", "wk_first_key_0001", "identity")
    name = hashlib.md5(b"loader/wk_first_key_0001|").hexdigest()
    assert found == tmp_path / name[-1] / name[-3:-1] / name


def test_emptying_leaves_directories_and_no_file(tmp_path: Path) -> None:
    files = filled(tmp_path)
    assert files.empty() == 3
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert files.empty() == 0


def test_a_cache_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert CacheFiles(tmp_path / "nowhere").empty() == 0


def test_nothing_is_known_of_a_directory_until_a_copy_was_found_in_it(tmp_path: Path) -> None:
    files = filled(tmp_path)
    assert files.held("loader", KEY, "br"), "who knows"
    assert files.held("settings", KEY, "br")
    assert not files.held("loader", KEY, "br")


def test_what_cannot_be_looked_at_may_be_held(tmp_path: Path) -> None:
    files = filled(tmp_path)
    assert files.held("settings", KEY, "br")
    shutil.rmtree(tmp_path)
    tmp_path.write_bytes(b"no directory")
    assert files.held("settings", KEY, "br")


@contextmanager
def somebody_else(directory: Path) -> Iterator[None]:
    """One who may not write there."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
        return
    places = [path for path in directory.rglob("*") if path.is_dir()]
    for place in places:
        place.chmod(0o500)
    try:
        yield
    finally:
        for place in places:
            place.chmod(0o700)


def test_who_may_not_unlink_is_told_that_it_has_to_be_nginxs_user(tmp_path: Path) -> None:
    files = filled(tmp_path)
    with somebody_else(tmp_path), pytest.raises(FrontError, match=r"nodes must run as the user of nginx's workers$"):
        files.empty()
    assert files.empty() == 3
