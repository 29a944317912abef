"""Claims about who leads: the lowest live node, one after the other, and nothing is lost between two of them."""

from pathlib import Path

import pytest

from edge.fronts.front import Reach
from edge.store.roster import AckRow, Newcomer
from tests.fronts.stage import HOLD, HOST, KEYS, SPANS, Host, led, state
from tests.support.clock import HandClock
from tests.support.node import LEASE, PATIENCE

pytestmark = pytest.mark.anyio
KEY, OTHER = KEYS[:2]


def sent(host: Host) -> list[tuple[str, int, Reach]]:
    return [(due.key, due.position, due.reach) for due in host.front.refreshed]


def leaders(host: Host) -> list[str]:
    return [name for name, node in host.nodes.items() if node.driver._term is not None]


async def test_the_lowest_live_node_leads_and_the_next_one_when_it_leaves(host: Host) -> None:
    await led(host, "n2", "n1", "n3")
    assert leaders(host) == ["n1"]
    await host.nodes["n1"].leave()
    await host.seconds(1)
    await host.work()
    assert leaders(host) == ["n2"]


async def test_a_change_whose_leader_was_killed_is_live_after_the_next_heartbeat(host: Host) -> None:
    await led(host, "n1", "n2")
    change = host.commit(KEY)
    for node in host.nodes.values():
        await node.follow()
    await host.nodes["n1"].kill()
    await host.seconds(1)
    await host.work()
    assert (leaders(host), await state(host, change.position)) == (["n2"], "live")
    assert [row.node for row in await host.roster.rows()] == ["n2"]


async def test_a_rebound_whose_leader_was_killed_is_sent_by_the_next_one(host: Host) -> None:
    await led(host, "n1", "n2")
    change = host.commit(KEY)
    await host.seconds(1)
    await host.work()
    acked = (await host.receipt(change.position)).hosts[0].front.acked_at
    await host.nodes["n1"].kill()
    await host.seconds(1)
    await host.work()
    assert await state(host, change.position) == "live"
    await host.seconds(int(HOLD))
    await host.work()
    receipt = await host.receipt(change.position)
    assert (receipt.state, receipt.hosts[0].front.acked_at) == ("settled", acked)


async def test_a_change_that_waits_for_a_node_is_not_forgotten_by_a_host_whose_wall_clock_is_ahead(
    host: Host, clock: HandClock
) -> None:
    await led(host, "n1", "n2")
    host.nodes["n2"].frozen = True
    host.commit(KEY)
    clock.step_wall(SPANS.window + 1)
    await host.seconds(2)
    await host.work()
    assert sent(host) == []
    await host.seconds(int(PATIENCE))
    await host.work()
    assert sent(host) == [(KEY, 1, Reach.EVERY)]


async def test_whoever_takes_over_makes_sure_of_everything_in_the_window_and_of_nothing_older(host: Host) -> None:
    await led(host, "n1", "n2")
    host.commit(OTHER)
    await host.seconds(1)
    await host.work()
    await host.seconds(int(SPANS.window) // 2)
    host.commit(KEY)
    host.commit(KEY)
    await host.seconds(int(HOLD) + 1)
    await host.work()
    await host.seconds(int(SPANS.window) // 2)
    await host.nodes["n1"].kill()
    host.front.refreshed.clear()
    # As after a crash of the machine: a file of before is there again.
    host.front.store(KEY, 1)
    await host.seconds(1)
    await host.work()
    assert sent(host) == [(KEY, 3, Reach.OLDER)]
    assert host.front.cache[KEY] == 3


async def test_what_was_committed_while_all_nodes_of_the_host_were_down_is_refreshed_by_the_first(host: Host) -> None:
    await led(host, "n1")
    host.front.store(KEY, 0)
    await host.nodes["n1"].leave()
    change = host.commit(KEY)
    await host.seconds(60)
    await host.node("n9")
    await host.work()
    assert (host.front.cache[KEY], await state(host, change.position)) == (1, "live")


async def test_i14_a_node_that_nobody_had_waited_for_has_the_refresh_repeated(host: Host) -> None:
    await led(host, "n1")
    # It has joined, and is at the head, before the change; n1 has not looked at the roster since.
    late = await host.node("n2")
    change = host.commit(KEY)
    await host.nodes["n1"].apply()
    late.frozen = True
    await host.nodes["n1"].work()
    assert len(sent(host)) == 1
    await host.nodes["n1"].beat(moved=True)
    await host.work()
    assert (len(sent(host)), await state(host, change.position)) == (1, "pending")
    late.frozen = False
    await late.follow()
    await host.work()
    assert (len(sent(host)), await state(host, change.position)) == (2, "live")


async def test_a_silent_leader_is_replaced_when_it_is_fenced_for_certain_and_takes_over_again_when_it_wakes(
    host: Host,
) -> None:
    await led(host, "n1", "n2")
    host.nodes["n1"].frozen = True
    change = host.commit(KEY)
    assert await state(host, change.position) == "pending"
    await host.seconds(int(PATIENCE) - 1)
    await host.work()
    assert (sent(host), await state(host, change.position)) == ([], "pending")
    await host.seconds(1)
    await host.work()
    assert (leaders(host)[-1], await state(host, change.position)) == ("n2", "live")
    host.nodes["n1"].frozen = False
    await host.work()
    assert leaders(host) == ["n2"], "it knows by its own clock that it is fenced"
    await host.seconds(1)
    await host.work()
    await host.seconds(int(HOLD))
    await host.work()
    assert (leaders(host), await state(host, change.position)) == (["n1"], "settled")


async def test_what_a_leader_had_under_way_when_it_was_frozen_counts_for_nothing(host: Host) -> None:
    await led(host, "n1", "n2")
    change = host.commit(KEY)
    for node in host.nodes.values():
        await node.follow()
    first = host.nodes["n1"]
    await first.driver.dispatch()
    first.frozen = True
    host.clock.advance(LEASE)
    first.frozen = False
    await first.runner.drain()
    await first.follow()
    await first.driver.write()
    assert await host.roster.acks("e1", change.position) == []
    await first.work()
    assert (len(sent(host)), await state(host, change.position)) == (2, "live")


async def test_two_leaders_at_once_do_no_harm(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    await led(host, "n1", "n2")
    monkeypatch.setattr(host.nodes["n2"].driver, "_may_lead", lambda _crew: True)
    await host.work()
    assert leaders(host) == ["n1", "n2"]
    changes = [host.commit(key).position for key in (KEY, OTHER, KEY)]
    for _ in range(int(HOLD) + 3):
        await host.seconds(1)
        await host.work()
    assert {await state(host, position) for position in changes} == {"settled"}
    assert host.front.cache == {KEY: 3, OTHER: 3}


async def test_two_hosts_of_one_fleet_look_after_their_own_fronts(host: Host, tmp_path: Path) -> None:
    await led(host, "n1")
    await host.roster.join(Newcomer("elsewhere", "h2", "1", front="nginx"), host.clock().wall)
    change = host.commit(KEY)
    await host.roster.beat("elsewhere", host.as_of(1), True, host.clock().wall)
    await host.seconds(1)
    await host.work()
    receipt = await host.receipt(change.position)
    assert [(one.host, one.front.acked_at is not None) for one in receipt.hosts] == [(HOST, True), ("h2", False)]
    assert receipt.state == "pending"
    await host.roster.ack(AckRow("h2", "e1", 1, acked_at=host.clock().wall, total=1, done=1), host.clock().wall)
    assert await state(host, change.position) == "live"
