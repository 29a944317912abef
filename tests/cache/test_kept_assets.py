"""Browser files with a disk beside them: it is asked first, and nothing depends on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.cache.disk_queue import DiskQueue
from edge.cache.file_copies import FileCopies
from edge.cache.kept_assets import KeptAssets, UnreadError
from edge.cache.room import Bounds, Room
from edge.model.stats import Stats
from tests.support.clock import HandClock
from tests.support.sqlite import outage
from tests.support.template import copy_world
from tests.support.world import CHUNK_CODE, CHUNK_NAME, CLIENT_CODE, CODE, World

pytestmark = pytest.mark.anyio


class Kept:
    """Files of a real store, and a directory for their copies."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world = world
        self.directory = directory
        self.may_read = True
        self.stats = Stats()
        self.queue = DiskQueue(self.stats)
        files = FileCopies(directory)
        room = Room(files.all, Bounds(1 << 20, 100), lambda: 0.0)
        self.assets = KeptAssets(world.store, files, room, self.queue, may_read=lambda: self.may_read, stats=self.stats)


@pytest.fixture
async def kept(template: Path, tmp_path: Path) -> AsyncIterator[Kept]:
    world = copy_world(template, tmp_path / "data", HandClock())
    yield Kept(world, tmp_path / "files")
    await world.close()


async def test_what_was_read_once_is_there_when_the_store_is_not(kept: Kept) -> None:
    assert await kept.assets.asset(CODE.hash) == CODE
    await kept.queue.drain()
    with outage(kept.world.directory / "edgewise.db", "assets"):
        assert await kept.assets.asset(CODE.hash) == CODE
    assert kept.stats.copies_written == 1


async def test_what_is_on_the_disk_is_served_before_the_node_may_read_and_nothing_else_is(kept: Kept) -> None:
    await kept.assets.asset(CODE.hash)
    await kept.queue.drain()
    kept.may_read = False
    assert await kept.assets.asset(CODE.hash) == CODE
    with pytest.raises(UnreadError):
        await kept.assets.asset(CLIENT_CODE.hash)


async def test_a_chunk_is_kept_under_the_name_by_which_it_is_asked_for(kept: Kept) -> None:
    assert await kept.assets.asset(CHUNK_NAME) == CHUNK_CODE
    await kept.queue.drain()
    with outage(kept.world.directory / "edgewise.db", "assets"):
        assert await kept.assets.asset(CHUNK_NAME) == CHUNK_CODE


async def test_there_is_no_such_file_is_the_stores_own_word_and_is_not_kept(kept: Kept) -> None:
    assert await kept.assets.asset("0" * 32) is None
    await kept.queue.drain()
    assert not kept.directory.exists()


async def test_a_disk_that_refuses_costs_nothing_but_the_copy(kept: Kept) -> None:
    kept.directory.write_bytes(b"a file where the directory should be")
    for _ in range(2):
        assert await kept.assets.asset(CODE.hash) == CODE
        await kept.queue.drain()
    assert kept.stats.copies_failed == 2
