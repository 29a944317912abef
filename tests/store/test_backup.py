"""Copies of a store in use: real SQLite files."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from edge.store.backup import BackupError, copy_into, copy_out, verify
from tests.support.world import SOURCE, make_world

pytestmark = pytest.mark.anyio


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def test_a_copy_holds_what_was_committed_and_nothing_later(tmp_path: Path) -> None:
    world = await make_world(tmp_path / "live")
    copy_out(tmp_path / "live" / "edgewise.db", tmp_path / "copy.db")
    await world.configure("later-api-key")
    await world.close()
    verify(tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT head FROM counter").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert files(tmp_path) == ["copy.db", "live"]
    assert mode(tmp_path / "copy.db") == 0o600


async def test_an_open_store_sees_the_copy_as_soon_as_it_is_in_place(tmp_path: Path) -> None:
    world = await make_world(tmp_path / "live")
    database = tmp_path / "live" / "edgewise.db"
    copy_out(database, tmp_path / "copy.db")
    await world.commit(deletes=[SOURCE])
    async with world.store.view() as view:
        assert await view.source("acme", "site") is None
    copy_into(tmp_path / "copy.db", database)
    async with world.store.view() as view:
        assert await view.source("acme", "site") == SOURCE
        assert view.as_of.position == 2
    await world.configure("after-restoring")
    await world.close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_copy_replaces_an_older_one_whole(tmp_path: Path) -> None:
    world = await make_world(tmp_path / "live")
    for position in (2, 3):
        copy_out(tmp_path / "live" / "edgewise.db", tmp_path / "copy.db")
        with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
            assert connection.execute("SELECT head FROM counter").fetchone() == (position,)
        await world.configure(f"key-{position}")
    await world.close()


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no store at"):
        copy_out(tmp_path / "absent.db", tmp_path / "copy.db")
    assert files(tmp_path) == []


async def test_a_copy_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    await (await make_world(tmp_path / "live")).close()
    with pytest.raises(BackupError, match="cannot be written: No such file or directory"):
        copy_out(tmp_path / "live" / "edgewise.db", tmp_path / "absent" / "copy.db")
    assert files(tmp_path) == ["live"]


def test_what_is_no_copy_of_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no file"):
        verify(tmp_path / "absent")
    (tmp_path / "text").write_text("not a database " * 100)
    with pytest.raises(BackupError, match="file is not a database"):
        verify(tmp_path / "text")
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE journal (x)")
    with pytest.raises(BackupError, match="not the store of an Edgewise"):
        verify(tmp_path / "other.db")


async def test_a_damaged_copy_is_refused(tmp_path: Path) -> None:
    await (await make_world(tmp_path / "live")).close()
    copy_out(tmp_path / "live" / "edgewise.db", tmp_path / "copy.db")
    content = bytearray((tmp_path / "copy.db").read_bytes())
    content[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(BackupError, match=r"is damaged|malformed"):
        verify(tmp_path / "copy.db")
