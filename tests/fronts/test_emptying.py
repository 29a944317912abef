"""Claims about a cache that nobody can vouch for: it is emptied, twice, and until then nothing is called shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.fronts.filled import FILE
from tests.fronts.stage import HOLD, HOST, KEYS, Host, led, state
from tests.support.clock import HandClock
from tests.support.node import PATIENCE

pytestmark = pytest.mark.anyio
KEY, OTHER = KEYS[:2]


def emptied(host: Host) -> int:
    """How often since the last call."""
    times, host.front.emptied = host.front.emptied, 0
    return times


async def settled(host: Host, *names: str) -> None:
    """Nodes at work, whose cache is vouched for."""
    await led(host, *names)
    await host.seconds(11)
    await host.work()
    emptied(host)
    host.front.store(OTHER, 0)


async def test_a_cache_of_which_nothing_is_known_is_emptied_and_once_more_when_nothing_can_be_on_its_way(
    host: Host,
) -> None:
    host.front.store(KEY, 0)
    await host.node("n1")
    await host.work()
    assert (emptied(host), host.front.cache) == (1, {})
    host.front.store(KEY, 0)
    await host.seconds(int(HOLD) - 1)
    await host.work()
    assert emptied(host) == 0
    await host.seconds(1)
    await host.work()
    assert (emptied(host), host.front.cache) == (1, {})
    await host.seconds(60)
    await host.work()
    assert emptied(host) == 0


async def test_a_restart_of_the_same_build_empties_nothing(host: Host) -> None:
    await settled(host, "n1")
    await host.nodes["n1"].leave()
    await host.node("n2")
    await host.work()
    await host.seconds(30)
    await host.work()
    assert (emptied(host), host.front.cache) == (0, {OTHER: 0})


async def test_another_epoch_empties_when_every_node_has_noticed(host: Host) -> None:
    await settled(host, "n1", "n2")
    host.commit(KEY)
    await host.seconds(1)
    host.replace(0, "e2")
    await host.nodes["n1"].follow()
    await host.work()
    assert emptied(host) == 0, "the other node still fills it"
    await host.nodes["n2"].follow()
    await host.work()
    assert (emptied(host), host.front.cache) == (1, {})


async def test_an_epoch_that_began_while_all_nodes_were_down_empties_at_the_next_start(host: Host) -> None:
    await settled(host, "n1")
    await host.nodes["n1"].leave()
    host.replace(0, "e2")
    await host.node("n2")
    await host.work()
    assert (emptied(host), host.front.cache) == (1, {})


@pytest.mark.parametrize("kept", [0, 1, 2])
async def test_a_journal_that_was_replaced_while_all_nodes_were_down_empties_though_the_epoch_is_the_same(
    host: Host, kept: int
) -> None:
    await settled(host, "n1")
    for _ in range(3):
        host.commit(KEY)
    await host.seconds(11)
    await host.work()
    await host.nodes["n1"].leave()
    host.replace(kept, "e1")
    for _ in range(3):
        host.commit(OTHER)
    await host.node("n2")
    await host.work()
    assert emptied(host) == 1


async def test_in_a_journal_that_only_ids_tell_apart_nothing_of_before_is_taken_for_shown(host: Host) -> None:
    await settled(host, "n1", "n2")
    for key in (KEY, OTHER, KEY):
        host.commit(key)
    await host.seconds(1)
    await host.work()
    assert await state(host, 3) == "live"
    # A replica that had lagged behind: positions 2 and 3 come again, and the second node does not notice for a while.
    host.replace(1, "e1")
    host.nodes["n2"].cut = True
    host.observer.doubt(host.clock())
    host.commit(OTHER)
    again = host.commit(KEY)
    await host.nodes["n1"].follow()
    await host.work()
    assert [ack.acked_at for ack in await host.roster.acks("e1", again.position)] == [None]
    host.front.store(KEY, 0)
    for _ in range(int(PATIENCE) - 1):
        await host.seconds(1)
        await host.work()
        assert await state(host, again.position) == "pending"
    await host.seconds(2)
    await host.work()
    assert (await state(host, again.position), host.front.cache[KEY]) == ("live", 3)


async def test_a_wall_clock_that_is_set_back_empties(host: Host, clock: HandClock) -> None:
    await settled(host, "n1")
    clock.step_wall(-0.9)
    await host.seconds(1)
    await host.work()
    assert emptied(host) == 0
    clock.step_wall(-1.1)
    await host.seconds(1)
    await host.work()
    assert (emptied(host), host.front.cache) == (1, {})


async def test_a_wall_clock_that_was_ahead_and_is_set_right_again_empties_though_its_nodes_are_fenced_by_that(
    host: Host, clock: HandClock
) -> None:
    """What was filled under that clock is known to who leads; and who is fenced leads no more, and reads it anew."""
    await settled(host, "n1", "n2")
    clock.step_wall(60)
    await host.seconds(1)
    await host.work()
    clock.step_wall(-60)
    await host.work()
    await host.seconds(1)
    await host.work()
    assert (emptied(host), host.front.cache) == (1, {})


async def test_a_wall_clock_that_was_set_back_while_all_nodes_were_down_empties_at_the_next_start(
    host: Host, clock: HandClock
) -> None:
    await settled(host, "n1")
    await host.nodes["n1"].leave()
    clock.step_wall(-60)
    await host.node("n2")
    await host.work()
    assert emptied(host) == 1


async def test_when_the_last_node_of_another_build_leaves_the_host_the_cache_is_emptied(host: Host) -> None:
    await settled(host, "n1", "n2")
    await host.node("n3", build="2")
    await host.node("n4", build="2")
    await host.seconds(1)
    await host.work()
    await host.nodes["n1"].leave()
    await host.seconds(1)
    await host.work()
    assert emptied(host) == 0, "one of it is left"
    await host.nodes["n2"].leave()
    await host.seconds(1)
    await host.work()
    assert (emptied(host), host.front.cache) == (1, {})


async def test_when_nodes_serve_what_another_build_of_control_nodes_makes_the_cache_is_emptied(host: Host) -> None:
    host.served = "c1"
    await settled(host, "n1")
    for served, times in (("c1", 0), ("c2", 1), ("c2", 1)):
        host.served = served
        await host.seconds(int(HOLD) + 1)
        await host.work()
        assert emptied(host) == times


async def test_a_build_that_replaces_another_while_the_host_is_down_empties_at_its_start(host: Host) -> None:
    await settled(host, "n1")
    await host.nodes["n1"].leave()
    await host.node("n2", build="2")
    await host.work()
    assert emptied(host) == 1


async def test_i13_a_cache_that_may_not_be_emptied_leaves_receipts_pending_and_says_why(host: Host) -> None:
    await settled(host, "n1")
    host.front.wrong = lambda due: "may not be unlinked" if due is None else None
    await host.nodes["n1"].leave()
    await host.node("n2", build="2")
    change = host.commit(KEY)
    await host.seconds(1)
    await host.work()
    receipt = await host.receipt(change.position)
    assert (receipt.state, receipt.last_error) == ("pending", f"{HOST}: may not be unlinked")
    assert host.front.cache[KEY] == 1, "it is refreshed all the same"
    host.front.wrong = lambda _due: None
    await host.seconds(5)
    await host.work()
    receipt = await host.receipt(change.position)
    assert (receipt.state, receipt.last_error, emptied(host)) == ("settled", None, 1)


def damaged(file: Path) -> None:
    file.write_bytes(b'{"cursor": 7')


def of_another_shape(file: Path) -> None:
    file.write_bytes(b'{"cursor": {"epoch": "e1"}, "builds": [], "at": {}}')


def gone(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("spoil", [damaged, of_another_shape, gone])
async def test_what_the_cache_was_filled_under_is_not_guessed_where_it_cannot_be_read(
    host: Host, spoil: Callable[[Path], None]
) -> None:
    await settled(host, "n1")
    await host.nodes["n1"].leave()
    spoil(host.directory / FILE)
    await host.node("n2")
    await host.work()
    assert emptied(host) == 1
