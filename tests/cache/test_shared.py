"""Claims about copies that nodes share: a copy counts as far as the node that reads it can tell, and never further."""

import asyncio
from itertools import permutations
from pathlib import Path

import pytest

from edge.cache.circuit import PAUSE
from edge.cache.copies import NAMESPACE, RedisCopies
from edge.cache.memory import MISSING_SECONDS
from edge.cache.shared import COPY_SECONDS, build_digest
from edge.journal.redis_client import open_client
from edge.model.outcome import Missing, Unavailable
from edge.model.tags import source_tag
from edge.publish.parcel import pack
from edge.publish.publication import Wanted
from tests.cache.sharing import FOREIGN, SETTINGS, HeldCopies, SharingNode, node, read, shown
from tests.support.clock import HandClock
from tests.support.node import LEASE
from tests.support.redis import Server
from tests.support.sqlite import copied, outage, put_back
from tests.support.world import KEY, SOURCE, World

pytestmark = pytest.mark.anyio
PATIENT = 20.0
NOBODYS = Wanted("settings", "wk_nobodys_key_001")


@pytest.fixture
async def first(world: World, copies: RedisCopies, clock: HandClock) -> SharingNode:
    return await node(world, copies, clock)


@pytest.fixture
async def second(world: World, copies: RedisCopies, clock: HandClock) -> SharingNode:
    return await node(world, copies, clock)


async def test_what_one_node_read_the_others_need_not(first: SharingNode, second: SharingNode) -> None:
    answers = [await first.get(), await second.get()]
    assert answers[0].known == answers[1].known
    assert (first.reads, second.reads) == (1, 0)
    assert (first.stats.shared_misses, second.stats.shared_hits) == (1, 1)
    assert answers[1].freshness == "fresh"


async def test_i8_i25_a_copy_is_confirmed_by_the_last_proof_of_the_node_that_reads_it_and_not_by_the_reading(
    first: SharingNode, second: SharingNode, clock: HandClock
) -> None:
    await first.get()
    clock.advance(LEASE / 2)
    answer = await second.get()
    assert second.stats.shared_hits == 1
    assert answer.confirmed_at == second.proof.proven_at


async def test_an_absent_key_is_shared_too_for_no_longer_than_it_is_kept(
    redis: Server, first: SharingNode, second: SharingNode
) -> None:
    for one in (first, second):
        assert isinstance((await one.get(NOBODYS)).known, Missing)
    assert second.reads == 0
    with redis.asked() as asked:
        assert 0 < asked.ttl(f"{NAMESPACE}:{first.key(NOBODYS)}") <= MISSING_SECONDS


async def test_a_document_is_kept_for_its_time(redis: Server, first: SharingNode) -> None:
    await first.get()
    with redis.asked() as asked:
        assert COPY_SECONDS * 0.8 < asked.ttl(f"{NAMESPACE}:{first.key()}") <= COPY_SECONDS


async def test_i20_a_copy_from_before_a_change_is_dropped_and_replaced(
    world: World, first: SharingNode, second: SharingNode, copies: RedisCopies, clock: HandClock
) -> None:
    await first.get()
    await world.configure("second-api-key")
    await second.follow()
    answer = await second.get()
    assert b"second-api-key" in shown(answer.known)
    assert (second.reads, second.stats.shared_refused) == (1, 1)
    third = await node(world, copies, clock)
    assert b"second-api-key" in shown((await third.get()).known)
    assert (third.reads, third.stats.shared_hits) == (0, 1)


async def test_the_first_read_of_what_was_changed_here_looks_for_no_copy_and_puts_one(
    world: World, first: SharingNode, second: SharingNode
) -> None:
    await first.get()
    await world.configure("second-api-key")
    for one in (first, second):
        await one.follow()
    first.shared.changed_here([SETTINGS])
    assert b"second-api-key" in shown((await first.get()).known)
    assert (first.stats.shared_misses, first.stats.shared_refused) == (1, 0), "the miss is that of the very first read"
    assert b"second-api-key" in shown((await second.get()).known)
    await first.shared.read(SETTINGS)
    assert (first.stats.shared_hits, first.reads, second.reads) == (1, 2, 0)


async def test_i20_what_was_revoked_is_never_answered_from_a_copy_whatever_else_is_down(
    world: World, first: SharingNode, second: SharingNode
) -> None:
    await first.get()
    await world.purge(source_tag(SOURCE.id), verb="revoke")
    await second.follow()
    with outage(world.directory / "edgewise.db"):
        assert isinstance(await second.cache.get(SETTINGS), Unavailable)
    assert second.stats.shared_hits == 0


async def test_a_copy_that_counts_is_fresh_while_the_store_is_down_and_the_lease_lasts(
    world: World, first: SharingNode, second: SharingNode, clock: HandClock
) -> None:
    await first.get()
    with outage(world.directory / "edgewise.db"):
        assert (await second.get()).freshness == "fresh"


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_i5_whichever_copy_was_put_last_the_highest_position_is_served(
    world: World, copies: RedisCopies, clock: HandClock, order: tuple[int, ...]
) -> None:
    reader = await node(world, copies, clock)
    parcels = []
    for number in range(3):
        await world.configure(f"api-key-{number}")
        parcels.append(pack(await read(world, reader)))
    await reader.follow()
    for place in order:
        await copies.put(reader.key(), parcels[place], 60.0)
    assert b"api-key-2" in shown((await reader.get()).known)


async def test_i6_a_copy_of_another_epoch_is_not_even_found(
    world: World, first: SharingNode, second: SharingNode
) -> None:
    await first.get()
    await world.store.begin_epoch()
    await second.sync()
    await second.get()
    assert (second.reads, second.stats.shared_misses) == (1, 1)


async def test_i6_after_an_older_store_was_put_back_a_copy_with_another_id_at_its_position_does_not_count(
    world: World, first: SharingNode, second: SharingNode, tmp_path: Path
) -> None:
    database = world.directory / "edgewise.db"
    copy = copied(database, tmp_path / "copy.db")
    lost = await world.configure("lost-by-the-restore")
    await first.follow()
    await first.get()
    put_back(copy, database)
    rewritten = await world.purge("source:other")
    assert rewritten.position == lost.position
    await second.sync()
    assert b"first-api-key" in shown((await second.get()).known)
    assert second.stats.shared_refused == 1


async def test_a_copy_of_a_position_beyond_the_cursor_cannot_be_told_and_does_not_count(
    world: World, first: SharingNode, second: SharingNode
) -> None:
    await world.purge("source:other")
    await first.follow()
    await first.get()
    await second.get()
    assert (second.reads, second.stats.shared_refused) == (1, 1)
    # Once the node has come so far, it can be told.
    await second.follow()
    second.cache._memory._found.clear()
    await second.get()
    assert (second.reads, second.stats.shared_hits) == (1, 1)


async def test_builds_that_would_write_other_bytes_share_nothing(
    world: World, first: SharingNode, copies: RedisCopies, clock: HandClock
) -> None:
    await first.get()
    other = await node(world, copies, clock, build="other")
    await other.get()
    assert (other.reads, other.stats.shared_misses) == (1, 1)
    names = {build_digest(*parts) for parts in (("1", "c"), ("1", "d"), ("2", "c"), ("1c", ""), ("", "1c"))}
    assert len(names) == 5


@FOREIGN
async def test_what_is_not_the_document_asked_for_as_it_was_put_is_refused_and_overwritten(
    world: World, first: SharingNode, second: SharingNode, copies: RedisCopies, made: object
) -> None:
    assert callable(made)
    true = await read(world, first)
    await copies.put(first.key(), await made(first, true), 60.0)
    assert (await first.get()).known == true
    assert (first.reads, first.stats.shared_refused) == (1, 1)
    assert (await second.get()).known == true
    assert second.reads == 0


async def test_i12_a_fenced_node_asks_no_copy(first: SharingNode, second: SharingNode, clock: HandClock) -> None:
    await first.get()
    clock.advance(LEASE)
    assert (await second.get()).freshness == "unproven"
    assert (second.reads, second.stats.shared_hits, second.stats.shared_refused) == (1, 0, 0)


async def test_i18_when_the_copies_are_wiped_the_next_read_puts_one_again(
    redis: Server, first: SharingNode, second: SharingNode
) -> None:
    await first.get()
    with redis.asked() as asked:
        asked.flushall()
        await second.get()
        assert asked.exists(f"{NAMESPACE}:{first.key()}") == 1


@pytest.fixture
async def held(world: World, copies: RedisCopies, clock: HandClock, first: SharingNode) -> SharingNode:
    """A node whose copies have answered, and whose answer has not arrived; ``first`` has put one that counts."""
    await first.get()
    return await node(world, HeldCopies(copies), clock)


async def looked(held: SharingNode) -> "asyncio.Task[object]":
    assert isinstance(held.copies, HeldCopies)
    asking = asyncio.create_task(held.cache.get(SETTINGS))
    await held.copies.asked.wait()
    return asking


async def arrives(held: SharingNode, asking: "asyncio.Task[object]") -> None:
    assert isinstance(held.copies, HeldCopies)
    held.copies.answer.set()
    await asking


async def test_i1_a_purge_applied_while_the_copy_was_on_its_way_counts(world: World, held: SharingNode) -> None:
    asking = await looked(held)
    await world.configure("second-api-key")
    await held.follow()
    await arrives(held, asking)
    assert (held.reads, held.stats.shared_refused) == (1, 1)
    assert b"second-api-key" in shown((await held.get()).known)


async def test_i12_a_lease_lost_while_the_copy_was_on_its_way_counts(held: SharingNode, clock: HandClock) -> None:
    asking = await looked(held)
    clock.advance(LEASE)
    await arrives(held, asking)
    assert (held.reads, held.stats.shared_refused) == (1, 1)


async def test_i6_a_journal_loaded_anew_while_the_copy_was_on_its_way_counts(held: SharingNode) -> None:
    asking = await looked(held)
    await held.sync()
    await arrives(held, asking)
    # Then it is read once more, and the journal as it was loaded vouches for the copy.
    assert (held.stats.shared_refused, held.stats.shared_hits) == (1, 1)


async def test_what_a_purge_overtook_is_not_put(
    world: World, copies: RedisCopies, clock: HandClock, first: SharingNode
) -> None:
    old = await read(world, first)
    await world.configure("second-api-key")
    await first.follow()
    first.shared._keep(SETTINGS, old, enclosing=True)
    await first.put()
    assert await copies.get(first.key()) is None
    assert await first.shared.enclosed([SETTINGS]) == {}


async def test_i6_what_nobody_vouches_for_is_not_put(copies: RedisCopies, first: SharingNode) -> None:
    first.vouched = False
    assert (await first.get()).freshness == "unproven"
    assert await copies.get(first.key()) is None


async def test_a_redis_that_hangs_costs_its_time_once_and_is_left_alone_for_a_while(
    world: World, own_redis: Server, clock: HandClock
) -> None:
    slow = await node(world, RedisCopies(open_client(own_redis.place, 0.1), 0.1), clock)
    own_redis.freeze()
    kinds = [Wanted(kind, KEY) for kind in ("settings", "loader", "integrations")]
    for wanted in kinds:
        await slow.get(wanted)
    assert (slow.reads, slow.stats.shared_errors) == (3, 1)
    own_redis.thaw()
    slow.cache._memory._found.clear()
    clock.advance(PAUSE - 0.001)
    slow.prove()
    await slow.get()
    assert (slow.stats.shared_misses, slow.stats.shared_errors) == (0, 1)
    clock.advance(0.001)
    slow.cache._memory._found.clear()
    await slow.get()
    assert slow.stats.shared_misses == 1
    await slow.shared.close()


async def test_nobody_waits_for_a_copy_to_be_put(world: World, own_redis: Server, clock: HandClock) -> None:
    slow = await node(world, RedisCopies(open_client(own_redis.place, PATIENT), PATIENT), clock)
    own_redis.freeze()
    outcome = await read(world, slow)
    slow.shared._keep(SETTINGS, outcome, enclosing=False)
    assert len(slow.shared._puts) == 1
    own_redis.thaw()
    await slow.shared.close()
    assert len(slow.shared._puts) == 0
