"""Claims about the name of a host: one for its nodes, another for every other machine."""

from pathlib import Path

import pytest

from edge.fronts.host import host_name
from tests.store.processes import together


def test_without_a_front_a_host_is_its_name_and_nothing_is_written(tmp_path: Path) -> None:
    assert host_name("web", "none", tmp_path / "front" / "cache") == "web"
    assert list(tmp_path.iterdir()) == []


def test_before_a_front_it_has_an_id_that_stays_where_the_cache_is(tmp_path: Path) -> None:
    first = host_name("web", "nginx", tmp_path / "front" / "cache")
    assert first.startswith("web-")
    assert host_name("web", "nginx", tmp_path / "front" / "cache") == first
    assert host_name("web", "nginx", tmp_path / "other" / "cache") != first


async def named(directory: Path, _number: int) -> str:
    return host_name("web", "nginx", directory / "front" / "cache")


def test_workers_that_start_at_once_are_on_one_host(tmp_path: Path) -> None:
    assert len(set(together(named, tmp_path, 6))) == 1
    assert [path.name for path in (tmp_path / "front").iterdir()] == ["host"]


@pytest.mark.parametrize("spoilt", [b"", b"two words", b"\xff\xfe", b"x" * 99])
def test_an_id_that_is_none_says_what_to_do(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / "host").write_bytes(spoilt)
    with pytest.raises(OSError, match=r"remove it"):
        host_name("web", "nginx", tmp_path / "cache")
