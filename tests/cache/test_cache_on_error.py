"""Claims about what answers when the store cannot be read, and what never does."""

import pytest

from edge.model.outcome import Unavailable
from tests.cache.stage import KEY, LEASE, ON_ERROR, Stage, answered
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


async def test_i30_invalidated_and_unreadable_is_last_known_good_marked_stale() -> None:
    stage = Stage()
    await stage.get()
    stage.purge(verb="invalidate")
    stage.down = True
    stale = answered(await stage.get())
    assert (stale.freshness, stale.known.as_of.position, stage.stats.stale_served) == ("stale", 1, 1)


async def test_i30_revoked_and_unreadable_is_refused() -> None:
    stage = Stage()
    await stage.get()
    stage.purge(verb="revoke")
    stage.down = True
    assert await stage.get() == Unavailable("store-unavailable")
    assert stage.stats.refused == 1


async def test_i30_a_revoke_of_something_else_refuses_nothing() -> None:
    stage = Stage()
    await stage.get()
    stage.purge("source:other", verb="revoke")
    stage.clock.advance(LEASE)
    stage.down = True
    assert answered(await stage.get()).freshness == "stale"


async def test_i30_a_revoke_stays_one_after_the_store_was_restored_without_it() -> None:
    stage = Stage()
    await stage.get()
    stage.purge(verb="revoke")
    stage.epoch = "e2"
    stage.sync()
    stage.down = True
    assert isinstance(await stage.get(), Unavailable)


async def test_a_revoke_that_overtakes_every_read_is_refused_rather_than_read_for_ever() -> None:
    stage = Stage()
    barriers = stage.hold(3)
    caller = stage.asking()
    for barrier in barriers:
        await settle()
        barrier.look()
        await settle()
        stage.purge(verb="revoke")
        barrier.end()
    assert await caller == Unavailable("revoked-meanwhile")
    assert stage.begun == 3


async def test_i30_what_a_purge_overtook_is_better_than_nothing_when_the_store_fails_at_the_next_read() -> None:
    stage = Stage()
    (barrier,) = stage.hold()
    caller = stage.asking()
    await settle()
    barrier.look()
    await settle()
    stage.purge(verb="invalidate")
    stage.down = True
    barrier.end()
    assert answered(await caller).freshness == "overtaken"


async def test_i20_what_a_revoke_overtook_is_refused_though_only_a_purge_had_overtaken_it_before() -> None:
    stage = Stage()
    first, second = stage.hold(2)
    caller = stage.asking()
    await settle()
    first.look()
    await settle()
    stage.purge(verb="invalidate")
    first.end()
    await settle()
    stage.purge(verb="revoke")
    stage.down = True
    second.finish()
    assert isinstance(await caller, Unavailable)


async def test_i7_at_exactly_the_on_error_limit_nothing_is_known_any_more() -> None:
    stage = Stage()
    await stage.get()
    stage.down = True
    stage.clock.advance(ON_ERROR - 0.001)
    assert answered(await stage.get()).freshness == "stale"
    stage.clock.advance(0.001)
    assert isinstance(await stage.get(), Unavailable)


async def test_the_on_error_limit_counts_from_the_last_proof_not_from_the_last_use() -> None:
    stage = Stage()
    await stage.get()
    stage.clock.advance(ON_ERROR)
    stage.prove()
    stage.down = True
    stage.clock.advance(LEASE)
    stale = answered(await stage.get())
    assert stale.confirmed_at == stage.proof.leased_at


async def test_i8_the_on_error_limit_of_a_purged_entry_counts_from_before_the_purge() -> None:
    stage = Stage()
    await stage.get()
    confirmed_at = answered(await stage.get()).confirmed_at
    stage.clock.advance(5)
    stage.purge()
    stage.down = True
    for _ in range(3):
        stage.clock.advance(5)
        stage.prove()
        assert answered(await stage.get()).confirmed_at == confirmed_at


async def test_what_a_fenced_node_reads_counts_as_confirmed_no_later_than_its_lease() -> None:
    stage = Stage()
    leased_at = stage.proof.leased_at
    stage.clock.advance(LEASE + 100)
    await stage.get()
    stage.down = True
    assert answered(await stage.get()).confirmed_at == leased_at


async def test_i21_a_failing_read_leaves_what_was_known() -> None:
    stage = Stage()
    await stage.get()
    held = stage.memory.get(KEY)
    stage.purge()
    stage.down = True
    await stage.get()
    assert stage.memory.get(KEY) is held
