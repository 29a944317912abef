"""Claims about ids that are kept in a file: one for everybody who looks there, and never a made-up one."""

from pathlib import Path

import pytest

from edge.cache.kept_id import kept_id
from edge.compose.outpost import DISK, disk_id
from tests.store.processes import together


def test_an_id_is_made_once_and_stays_where_it_is(tmp_path: Path) -> None:
    first = kept_id(tmp_path / "new" / "id")
    assert kept_id(tmp_path / "new" / "id") == first
    assert kept_id(tmp_path / "other" / "id") != first


async def kept(directory: Path, _number: int) -> str:
    return kept_id(directory / "id")


def test_who_looks_at_once_finds_the_same_one(tmp_path: Path) -> None:
    assert len(set(together(kept, tmp_path, 6))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["id"]


@pytest.mark.parametrize("spoilt", [b"", b"two words", b"\xff\xfe", b"x" * 99])
def test_what_is_none_is_refused_with_what_to_do(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / "id").write_bytes(spoilt)
    with pytest.raises(OSError, match=r"remove it"):
        kept_id(tmp_path / "id")


def test_a_disk_whose_id_cannot_be_kept_is_another_one_for_each_process(tmp_path: Path) -> None:
    assert disk_id(tmp_path) == disk_id(tmp_path)
    (tmp_path / DISK).write_bytes(b"two words")
    assert disk_id(tmp_path) != disk_id(tmp_path)
