"""What a cache does with last known good that outlives the process: everything but call it fresh (I20, I30)."""

import pytest

from edge.cache.backing import NoBacking
from edge.cache.cache import READS
from edge.cache.reading import Spare
from edge.model.instant import Instant
from edge.model.outcome import Found, Known, Missing, Unavailable
from edge.model.position import AsOf
from tests.cache.stage import KEY, LEASE, ON_ERROR, TAGS, Stage, answered, memory_of, word_of
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


class Shelf:
    """A Backing in a dictionary: what is kept, and how often it was asked."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[Known[str], Instant]] = {}
        self.asked = 0

    def keep(self, key: str, known: Known[str], confirmed_at: Instant) -> None:
        self.kept[key] = known, confirmed_at

    async def restored(self, key: str) -> Spare[str] | None:
        self.asked += 1
        known, confirmed_at = self.kept.get(key, (None, None))
        if not isinstance(known, Found) or confirmed_at is None:
            return None
        return Spare(known, confirmed_at)


def with_copy(position: int = 1, *, synced: bool = False) -> tuple[Stage, Shelf]:
    """A process that has just begun, on a disk with a copy as of ``position``, confirmed now."""
    shelf = Shelf()
    stage = Stage(backing=shelf, synced=synced)
    shelf.kept[KEY] = Found(f"kept {position}", AsOf("e1", position, str(position)), TAGS), stage.clock()
    return stage, shelf


async def test_before_the_first_sync_last_known_good_answers_as_stale_and_nothing_is_read() -> None:
    stage, _ = with_copy()
    answer = answered(await stage.get())
    assert (answer.freshness, word_of(answer), stage.begun) == ("stale", "kept 1", 0)
    assert stage.stats.fills == 0


async def test_before_the_first_sync_a_key_without_a_copy_is_unavailable_and_nothing_is_read() -> None:
    stage, _ = with_copy()
    assert await stage.get("another") == Unavailable("not-ready")
    assert stage.begun == 0


async def test_i20_what_was_restored_is_never_fresh_whatever_is_proven_later() -> None:
    stage, _ = with_copy()
    await stage.get()
    stage.sync()
    assert stage.cache.hit(KEY) is None
    assert word_of(await stage.get()) == "word 1"


async def test_with_the_store_down_and_nothing_in_memory_the_copy_answers() -> None:
    stage, _ = with_copy(synced=True)
    stage.down = True
    assert answered(await stage.get()).freshness == "stale"


async def test_what_is_in_memory_answers_before_the_copy() -> None:
    stage, shelf = with_copy(synced=True)
    await stage.get()
    stage.purge()
    stage.down = True
    assert word_of(await stage.get()) == "word 1"
    assert shelf.asked == 0


async def test_the_disk_is_asked_once_not_for_every_request() -> None:
    stage, shelf = with_copy()
    for _ in range(5):
        await stage.get()
    assert shelf.asked == 1


async def test_i30_a_revoke_that_came_after_the_copy_was_restored_ends_it() -> None:
    stage, _ = with_copy(synced=True)
    stage.down = True
    assert answered(await stage.get()).freshness == "stale"
    stage.purge("all", verb="revoke")
    assert isinstance(await stage.get(), Unavailable)


async def test_at_the_on_error_limit_a_copy_is_over() -> None:
    stage, _ = with_copy()
    stage.clock.advance(ON_ERROR - 1)
    assert answered(await stage.get()).freshness == "stale"
    stage.clock.advance(1)
    assert isinstance(await stage.get(), Unavailable)


async def test_a_copy_that_was_confirmed_later_takes_the_place_of_one_that_is_over() -> None:
    stage, shelf = with_copy()
    await stage.get()
    stage.clock.advance(ON_ERROR)
    known, _ = shelf.kept[KEY]
    shelf.kept[KEY] = known, stage.clock()
    assert answered(await stage.get()).freshness == "stale"


async def test_everything_that_memory_keeps_is_kept_with_when_it_was_confirmed() -> None:
    shelf = Shelf()
    stage = Stage(backing=shelf)
    held_since = stage.clock()
    await stage.get()
    assert shelf.kept[KEY] == (Found("word 1", stage.head, TAGS), held_since)
    stage.clock.advance(LEASE)
    stage.position = 2
    await stage.get()
    assert shelf.kept[KEY] == (Found("word 2", stage.head, TAGS), held_since), "fenced: no later than its lease"
    stage.gone = True
    await stage.get()
    assert isinstance(shelf.kept[KEY][0], Missing)


async def test_i1_what_a_purge_overtook_is_not_kept() -> None:
    shelf = Shelf()
    stage = Stage(backing=shelf)
    barriers = stage.hold(READS)
    caller = stage.asking()
    for barrier in barriers:
        await settle()
        barrier.look()
        await settle()
        stage.purge()
        barrier.end()
    assert answered(await caller).freshness == "overtaken"
    assert shelf.kept == {}


async def test_without_a_backing_nothing_is_kept_and_nothing_is_restored() -> None:
    nothing = NoBacking()
    stage = Stage(backing=nothing)
    await stage.get()
    stage.memory = stage.cache._memory = memory_of("bounded", stage.clock)
    stage.down = True
    assert isinstance(await stage.get(), Unavailable)
