"""Claims about copies that go with an entry: made by who committed it, and as good as any copy to whoever hears it."""

import pytest

from edge.cache.circuit import PAUSE
from edge.cache.copies import CopiesError, RedisCopies
from edge.cache.shared import RECEIVED_BYTES
from edge.journal.latest import ENCLOSED_BYTES, Enclosed
from edge.model.outcome import Unavailable
from edge.model.tags import source_tag
from edge.publish.publication import Wanted
from tests.cache.sharing import FOREIGN, SETTINGS, SharingNode, node, read, shown
from tests.support.clock import HandClock
from tests.support.node import LEASE
from tests.support.sqlite import outage
from tests.support.world import KEY, SOURCE, World

pytestmark = pytest.mark.anyio
INTEGRATIONS = Wanted("integrations", KEY)


class NoAnswers:
    """Copies that are told to answer, and do not."""

    def __init__(self) -> None:
        self.asked = 0

    async def get(self, key: str) -> bytes | None:
        self.asked += 1
        raise CopiesError(key)

    async def put(self, key: str, parcel: bytes, seconds: float) -> None:
        raise CopiesError(key)

    async def close(self) -> None:
        pass


@pytest.fixture
async def writer(world: World, copies: RedisCopies, clock: HandClock) -> SharingNode:
    return await node(world, copies, clock)


@pytest.fixture
async def listener(world: World, clock: HandClock) -> SharingNode:
    """Another node, which finds no copy anywhere."""
    return await node(world, NoAnswers(), clock)


async def changed(writer: SharingNode, *wanted: Wanted, api_key: str = "second-api-key") -> Enclosed:
    """The writer commits a change, reads what it has of ``wanted``, and is about to tell the others."""
    await writer.world.configure(api_key)
    await writer.follow()
    writer.shared.changed_here(wanted)
    for one in wanted:
        assert not isinstance(await writer.cache.get(one), Unavailable)
    return await writer.shared.enclosed(wanted)


async def test_what_came_with_the_entry_spares_the_node_both_the_copies_and_the_store(
    writer: SharingNode, listener: SharingNode
) -> None:
    listener.shared.receive(await changed(writer, SETTINGS, INTEGRATIONS))
    await listener.follow()
    for wanted in (SETTINGS, INTEGRATIONS):
        assert (await listener.get(wanted)).known == (await writer.get(wanted)).known
    assert isinstance(listener.copies, NoAnswers)
    assert (listener.reads, listener.copies.asked, listener.stats.shared_hits) == (0, 0, 2)
    assert b"second-api-key" in shown((await listener.get()).known)


async def test_i8_i25_it_is_confirmed_by_the_last_proof_of_the_node_that_heard_it(
    writer: SharingNode, listener: SharingNode, clock: HandClock
) -> None:
    listener.shared.receive(await changed(writer, SETTINGS))
    await listener.follow()
    clock.advance(LEASE / 2)
    assert (await listener.get()).confirmed_at == listener.proof.proven_at


async def test_before_the_entry_is_applied_it_does_not_count_and_afterwards_it_does(
    writer: SharingNode, listener: SharingNode
) -> None:
    listener.shared.receive(await changed(writer, SETTINGS))
    assert listener.shared._copy_received(SETTINGS) is None
    await listener.follow()
    assert listener.shared._copy_received(SETTINGS) is not None


async def test_i1_i20_what_a_purge_overtook_does_not_count_whatever_else_is_down(
    world: World, writer: SharingNode, listener: SharingNode
) -> None:
    listener.shared.receive(await changed(writer, SETTINGS))
    await world.purge(source_tag(SOURCE.id), verb="revoke")
    await listener.follow()
    with outage(world.directory / "edgewise.db"):
        assert isinstance(await listener.cache.get(SETTINGS), Unavailable)
    assert listener.stats.shared_hits == 0


async def test_i12_a_fenced_node_does_not_count_it(
    writer: SharingNode, listener: SharingNode, clock: HandClock
) -> None:
    listener.shared.receive(await changed(writer, SETTINGS))
    await listener.follow()
    clock.advance(LEASE)
    assert (await listener.get()).freshness == "unproven"
    assert (listener.reads, listener.stats.shared_hits) == (1, 0)


async def test_i6_another_life_of_the_journal_does_not_even_find_it(
    world: World, writer: SharingNode, listener: SharingNode
) -> None:
    listener.shared.receive(await changed(writer, SETTINGS))
    await world.store.begin_epoch()
    await listener.sync()
    await listener.get()
    assert (listener.reads, listener.stats.shared_hits) == (1, 0)


@FOREIGN
async def test_what_is_not_the_document_asked_for_does_not_count(
    world: World, writer: SharingNode, listener: SharingNode, made: object
) -> None:
    assert callable(made)
    true = await read(world, writer)
    listener.shared.receive({listener.key(): await made(listener, true)})
    assert (await listener.get()).known == true
    assert (listener.reads, listener.stats.shared_hits) == (1, 0)


async def test_what_was_told_with_an_entry_is_put_as_well(writer: SharingNode, copies: RedisCopies) -> None:
    enclosed = await changed(writer, SETTINGS)
    assert await copies.get(writer.key()) is None
    await writer.put()
    assert await copies.get(writer.key()) == enclosed[writer.key()]


async def test_what_was_not_changed_here_goes_with_no_entry(world: World, writer: SharingNode) -> None:
    await world.configure("second-api-key")
    await writer.follow()
    await writer.get()
    assert await writer.shared.enclosed([SETTINGS]) == {}


async def test_it_goes_with_one_entry_only(writer: SharingNode) -> None:
    assert await changed(writer, SETTINGS) != {}
    assert await writer.shared.enclosed([SETTINGS]) == {}


async def test_what_is_too_much_is_where_others_find_it_before_they_hear_of_it(
    writer: SharingNode, copies: RedisCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = len((await changed(writer, SETTINGS))[writer.key()])
    monkeypatch.setattr(writer.shared._enclosed, "_Cache__maxsize", one)
    assert await changed(writer, SETTINGS, INTEGRATIONS, api_key="third-api-key") == {}
    for wanted in (SETTINGS, INTEGRATIONS):
        assert await copies.get(writer.key(wanted)) is not None


async def test_it_goes_with_the_entry_though_copies_are_left_alone(
    world: World, clock: HandClock, listener: SharingNode
) -> None:
    writer = await node(world, NoAnswers(), clock)
    await writer.get()
    assert writer.stats.shared_errors > 0
    clock.advance(PAUSE / 2)
    writer.prove()
    listener.prove()
    listener.shared.receive(await changed(writer, SETTINGS))
    await listener.follow()
    assert b"second-api-key" in shown((await listener.get()).known)
    assert listener.reads == 0


async def test_what_is_kept_of_what_came_is_bounded_and_the_latest_is_there(
    writer: SharingNode, listener: SharingNode
) -> None:
    for number in range(RECEIVED_BYTES // ENCLOSED_BYTES + 2):
        listener.shared.receive({str(number): bytes(ENCLOSED_BYTES)})
    listener.shared.receive({"larger than all": bytes(RECEIVED_BYTES + 1)})
    listener.shared.receive(await changed(writer, SETTINGS))
    assert listener.shared._received.currsize <= RECEIVED_BYTES
    await listener.follow()
    await listener.get()
    assert listener.reads == 0
