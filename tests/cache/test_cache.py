"""Claims about the composed cache: fills, confirmation, fencing."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model.outcome import Missing, Unavailable
from tests.cache.stage import KEY, LEASE, HoardingMemory, Stage, answered, entry_at, position_of, word_of
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


async def test_a_second_caller_is_answered_from_memory() -> None:
    stage = Stage()
    first, second = answered(await stage.get()), answered(await stage.get())
    assert [(answer.freshness, answer.hit) for answer in (first, second)] == [("fresh", False), ("fresh", True)]
    assert second.known is first.known
    assert stage.begun == 1


async def test_i31_concurrent_misses_are_one_read() -> None:
    stage = Stage()
    (barrier,) = stage.hold()
    callers = [stage.asking() for _ in range(40)]
    await settle()
    barrier.finish()
    assert {position_of(answer) for answer in await asyncio.gather(*callers)} == {1}
    assert (stage.begun, stage.stats.fills, stage.stats.joined) == (1, 1, 39)


async def test_i31_while_fenced_two_waves_are_two_reads_and_no_more() -> None:
    stage = Stage()
    stage.clock.advance(LEASE)
    (barrier,) = stage.hold()
    callers = [stage.asking() for _ in range(40)]
    await settle()
    barrier.finish()
    answers = [answered(answer) for answer in await asyncio.gather(*callers)]
    assert {answer.freshness for answer in answers} == {"unproven"}
    assert stage.begun == 2


async def test_i32_cancelling_the_first_caller_leaves_the_others_their_answer() -> None:
    stage = Stage()
    (barrier,) = stage.hold()
    first, second = stage.asking(), stage.asking()
    await settle()
    first.cancel()
    await settle()
    barrier.finish()
    assert word_of(await second) == "word 1"
    assert stage.begun == 1


async def test_i32_an_exception_is_never_stored() -> None:
    stage = Stage()
    stage.broken = LookupError("a defect")
    with pytest.raises(LookupError):
        await stage.get()
    stage.broken = None
    assert word_of(await stage.get()) == "word 1"


async def test_i4_a_fill_begun_for_an_entry_cannot_make_it_fresh_once_a_floor_rose() -> None:
    stage = Stage()
    await stage.get()
    held = stage.memory.get(KEY)
    stage.clock.advance(LEASE)
    (barrier,) = stage.hold()
    caller = stage.asking()
    await settle()
    barrier.look()
    await settle()
    purge = stage.purge()
    (retry,) = stage.hold()
    barrier.end()
    await settle()
    assert stage.memory.get(KEY) is held
    assert stage.cache.hit(KEY) is None
    retry.finish()
    answer = answered(await caller)
    assert (answer.freshness, answer.known.as_of.position) == ("fresh", purge.position)


async def test_i1_a_read_that_a_purge_overtook_is_read_again_for_the_same_caller() -> None:
    stage = Stage()
    barriers = stage.hold(2)
    caller = stage.asking()
    for barrier in barriers:
        await settle()
        barrier.look()
        await settle()
        purge = stage.purge()
        barrier.end()
    answer = answered(await caller)
    assert (answer.freshness, answer.known.as_of.position) == ("fresh", purge.position)
    assert (stage.begun, stage.stats.overtaken) == (3, 2)


async def test_i1_what_is_overtaken_each_time_it_is_read_answers_its_caller_and_is_kept_by_nobody() -> None:
    stage = Stage()
    barriers = stage.hold(3)
    caller = stage.asking()
    for barrier in barriers:
        await settle()
        barrier.look()
        await settle()
        purge = stage.purge()
        barrier.end()
    answer = answered(await caller)
    assert (answer.freshness, answer.known.as_of.position) == ("overtaken", purge.position - 1)
    assert (stage.begun, stage.memory.get(KEY)) == (3, None)


async def test_i2_what_was_read_before_a_caller_arrived_is_not_its_last_resort() -> None:
    stage = Stage()
    (barrier,) = stage.hold()
    early = stage.asking()
    await settle()
    barrier.look()
    await settle()
    stage.purge()
    late = stage.asking()
    await settle()
    stage.down = True
    barrier.end()
    assert (answered(await early).freshness, type(await late)) == ("overtaken", Unavailable)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
async def test_i5_reads_that_end_in_any_order_leave_the_newest_to_be_served(positions: list[int]) -> None:
    stage = Stage()
    for position in positions:
        stage.clock.advance(LEASE)
        stage.position = position
        await stage.get()
    stage.prove()
    assert position_of(await stage.get()) == max(positions)


async def test_i2_a_caller_does_not_trust_a_flight_that_began_before_it_on_a_fenced_node() -> None:
    stage = Stage()
    stage.clock.advance(LEASE)
    (barrier,) = stage.hold()
    early = stage.asking()
    await settle()
    barrier.look()
    await settle()
    purge = stage.commit()
    late = stage.asking()
    await settle()
    barrier.end()
    assert position_of(await early) < purge.position
    assert position_of(await late) == purge.position


async def test_i12_a_node_whose_lease_ran_out_calls_nothing_fresh_and_proves_nothing_for_later_callers() -> None:
    stage = Stage()
    await stage.get()
    stage.clock.advance(LEASE - 0.001)
    assert answered(await stage.get()).freshness == "fresh"
    stage.clock.advance(0.001)
    stage.commit()
    assert answered(await stage.get()).freshness == "unproven"
    assert answered(await stage.get()).freshness == "unproven"
    assert stage.begun == 3


async def test_a_hit_is_confirmed_by_the_newest_proof() -> None:
    stage = Stage()
    await stage.get()
    stage.clock.advance(5)
    stage.prove()
    stage.clock.advance(5)
    assert answered(await stage.get()).confirmed_at == stage.proof.proven_at


async def test_i21_unavailable_is_asked_again_by_the_next_caller_and_never_kept() -> None:
    stage = Stage()
    stage.down = True
    assert [type(await stage.get()) for _ in range(2)] == [Unavailable, Unavailable]
    assert stage.begun == 2
    assert stage.memory.get(KEY) is None
    stage.down = False
    assert word_of(await stage.get()) == "word 1"


async def test_an_absent_key_is_known_as_absent_for_a_while_and_until_its_key_is_purged() -> None:
    stage = Stage()
    stage.gone = True
    stage.tags = frozenset({"key:key", "all"})
    assert isinstance(answered(await stage.get()).known, Missing)
    assert answered(await stage.get()).hit
    stage.gone = False
    stage.purge("key:key")
    assert word_of(await stage.get()) == "word 2"


async def test_i18_when_the_memory_is_lost_the_next_read_fills_it_again() -> None:
    stage = Stage("hoarding")
    await stage.get()
    assert isinstance(stage.memory, HoardingMemory)
    stage.memory.kept.clear()
    assert [answered(await stage.get()).hit for _ in range(2)] == [False, True]


async def test_a_deadline_made_before_the_wall_clock_was_set_back_is_not_called_fresh() -> None:
    stage = Stage()
    (barrier,) = stage.hold()
    caller = stage.asking()
    await settle()
    stage.clock.step_wall(-3600)
    stage.clock.advance(1)
    stage.prove()
    barrier.finish()
    assert answered(await caller).freshness == "unproven"


async def test_an_entry_without_tags_of_a_purge_is_left_alone() -> None:
    stage = Stage()
    await stage.get()
    stage.purge("source:other")
    assert answered(await stage.get()).hit
    stage.cache.apply(entry_at(99))
    assert answered(await stage.get()).hit


async def test_not_ready_before_the_first_sync() -> None:
    stage = Stage()
    assert stage.cache.ready
    stage.proof.cursor = None
    assert not stage.cache.ready


async def test_closing_ends_reads_under_way() -> None:
    stage = Stage()
    stage.hold()
    caller = stage.asking()
    await settle()
    await stage.cache.close()
    with pytest.raises(asyncio.CancelledError):
        await caller
