"""I33: whatever the instant of a running read at which a change is committed and applied, a read that begins later has
it, though nobody asks; and the first request after it is a hit."""

from itertools import permutations

import pytest

from edge.cache.cache import WARMED
from tests.cache.stage import KEY, LEASE, Stage, answered, position_of
from tests.support.polling import settle

pytestmark = pytest.mark.anyio

EVENTS = ("commit 1", "apply 1", "looks", "ends", "commit 2", "apply 2")
BEFORE = (
    ("commit 1", "apply 1"),
    ("commit 2", "apply 2"),
    ("commit 1", "commit 2"),
    ("apply 1", "apply 2"),
    ("looks", "ends"),
)


async def perform(order: tuple[str, ...]) -> Stage:
    """A read is under way for a key that is in memory, and two changes come at the instants that ``order`` says."""
    stage = Stage(warmed=[KEY])
    await stage.get()
    (barrier,) = stage.hold()
    stage.cache._flights.join(KEY)
    await settle()
    changes = {}
    for event in order:
        match event.split():
            case ["commit", number]:
                changes[number] = stage.commit()
            case ["apply", number]:
                stage.cache.apply(changes[number])
            case ["looks"]:
                barrier.look()
            case ["ends"]:
                barrier.end()
        await settle()
    stage.prove()
    await settle(20)
    return stage


async def test_i33_a_change_at_any_instant_of_a_running_read_is_in_one_that_begins_later() -> None:
    broken = []
    performed = 0
    for order in permutations(EVENTS):
        if not all(order.index(earlier) < order.index(later) for earlier, later in BEFORE):
            continue
        stage = await perform(order)
        hit = stage.cache.hit(KEY)
        performed += 1
        if hit is None or position_of(hit) != stage.position:
            broken.append(order)
    assert performed == 30
    assert broken == []


async def test_the_first_request_after_a_change_is_a_hit() -> None:
    stage = Stage(warmed=[KEY])
    await stage.get()
    purge = stage.purge()
    await settle()
    answer = answered(await stage.get())
    assert (answer.hit, position_of(answer)) == (True, purge.position)
    assert stage.stats.warmed == 1


async def test_what_nobody_has_asked_for_is_not_read_ahead() -> None:
    stage = Stage(warmed=[KEY, "other"])
    stage.purge()
    await settle()
    assert (stage.begun, stage.stats.warmed) == (0, 0)


async def test_what_still_passes_is_not_read_again() -> None:
    stage = Stage(warmed=[KEY])
    await stage.get()
    stage.purge("source:other")
    await settle()
    assert (stage.begun, stage.stats.warmed) == (1, 0)


async def test_a_fenced_node_reads_nothing_ahead() -> None:
    stage = Stage(warmed=[KEY])
    await stage.get()
    stage.clock.advance(LEASE)
    stage.cache.apply(stage.commit())
    await settle()
    assert stage.begun == 1


async def test_one_change_reads_no_more_ahead_than_so_many() -> None:
    keys = [f"key-{number}" for number in range(WARMED + 20)]
    stage = Stage(warmed=keys)
    for key in keys:
        await stage.get(key)
    stage.purge()
    await settle(5 * WARMED)
    assert stage.stats.warmed == WARMED


async def test_a_read_ahead_and_a_caller_share_one_read() -> None:
    stage = Stage(warmed=[KEY])
    await stage.get()
    (barrier,) = stage.hold()
    purge = stage.purge()
    await settle()
    caller = stage.asking()
    await settle()
    barrier.finish()
    assert position_of(await caller) == purge.position
    assert stage.begun == 2


async def test_a_store_that_is_down_while_it_is_read_ahead_changes_nothing_for_who_asks_later() -> None:
    stage = Stage(warmed=[KEY])
    await stage.get()
    stage.down = True
    purge = stage.purge()
    await settle()
    stage.down = False
    assert (stage.stats.stale_served, stage.stats.refused) == (0, 0)
    assert position_of(await stage.get()) == purge.position
