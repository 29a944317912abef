"""Claims about journals that are not the one followed so far, and floors that are not known (I6)."""

import asyncio

import pytest

from edge.cache.backing import NoBacking
from edge.cache.floors import Floors
from edge.model.instant import Instant
from tests.cache.stage import KEY, Stage, answered, position_of, word_of
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


class Written(NoBacking):
    """A disk that remembers what it was given to keep."""

    def __init__(self) -> None:
        self.kept: list[object] = []

    def keep(self, key: object, _known: object, _confirmed_at: Instant) -> None:
        self.kept.append(key)


async def test_i6_after_a_new_epoch_nothing_from_before_it_is_fresh_whatever_its_position() -> None:
    stage = Stage()
    stage.position = 50
    stage.sync()
    await stage.get()
    stage.epoch, stage.position, stage.life = "e2", 10, "restored-"
    assert position_of(await stage.get()) == 50
    stage.sync()
    again = answered(await stage.get())
    assert (again.freshness, again.known.as_of.epoch) == ("fresh", "e2")


async def test_i6_the_same_epoch_and_positions_with_other_ids_is_another_journal() -> None:
    stage = Stage()
    await stage.get()
    stage.life = "restored-"
    stage.sync()
    assert word_of(await stage.get()) == "word restored-1"


async def test_i6_what_was_read_from_a_restored_store_before_the_node_noticed_is_not_kept() -> None:
    stage = Stage()
    stage.epoch, stage.position = "e2", 90
    early = answered(await stage.get())
    assert (early.freshness, stage.memory.get(KEY)) == ("overtaken", None)


async def test_i6_a_read_that_spans_a_resync_is_not_fresh() -> None:
    stage = Stage()
    (barrier,) = stage.hold()
    caller = stage.asking()
    await settle()
    barrier.look()
    await settle()
    stage.sync()
    (retry,) = stage.hold()
    barrier.end()
    await settle()
    assert stage.cache.hit(KEY) is None
    retry.finish()
    assert answered(await caller).freshness == "fresh"
    assert stage.begun == 2


async def test_i6_what_nobody_vouches_for_is_for_those_who_wait_and_is_kept_nowhere() -> None:
    backing = Written()
    stage = Stage(backing=backing)
    stage.vouched = False
    answers = await asyncio.gather(*(stage.get() for _ in range(3)))
    assert {answered(answer).freshness for answer in answers} == {"unproven"}
    # Who joined a read cannot tell what was purged between its beginning and his coming: one more, for all of them.
    assert stage.begun == 2
    assert (stage.cache.hit(KEY), stage.memory.get(KEY), backing.kept) == (None, None, [])
    stage.vouched = True
    assert answered(await stage.get()).freshness == "fresh"
    assert backing.kept == [KEY]


async def test_i6_what_nobody_vouches_for_leaves_last_known_good_where_it_is() -> None:
    stage = Stage()
    await stage.get()
    stage.purge()
    stage.vouched = False
    assert word_of(await stage.get()) == "word 2"
    stage.down = True
    assert (word_of(await stage.get()), answered(await stage.get()).freshness) == ("word 1", "stale")


async def test_i6_when_floors_are_forgotten_entries_below_them_are_read_again() -> None:
    stage = Stage(floors=Floors(remembered=4))
    await stage.get()
    for number in range(6):
        stage.purge(f"source:other-{number}")
    assert stage.cache.hit(KEY) is None
    assert answered(await stage.get()).freshness == "fresh"
