"""Claims about the order in which a change goes through a front, and about what a failure leaves behind."""

from itertools import pairwise

import pytest
from sqlalchemy.exc import SQLAlchemyError

from edge.fronts.front import Due, Reach
from edge.fronts.ledger import LONGEST_PAUSE
from tests.fronts.stage import HOLD, HOST, KEYS, Host, led, state
from tests.support.clock import HandClock
from tests.support.node import BUDGET, LEASE

pytestmark = pytest.mark.anyio
KEY, OTHER = KEYS[:2]


def sent(host: Host) -> list[tuple[str, int, Reach]]:
    return [(due.key, due.position, due.reach) for due in host.front.refreshed]


async def test_i14_a_change_is_refreshed_when_every_node_has_risen_and_live_when_it_was_read_back(host: Host) -> None:
    await led(host, "n1", "n2")
    change = host.commit(KEY)
    await host.nodes["n1"].follow()
    await host.work()
    assert (sent(host), await state(host, change.position)) == ([], "pending")
    await host.nodes["n2"].follow()
    await host.work()
    assert (sent(host), await state(host, change.position)) == ([(KEY, 1, Reach.EVERY)], "live")


async def test_i14_what_is_stored_late_is_gone_after_the_rebound_and_only_then_is_it_settled(host: Host) -> None:
    await led(host, "n1")
    host.front.store(KEY, 0)
    change = host.commit(KEY)
    await host.nodes["n1"].follow()
    await host.work()
    assert host.front.cache == {KEY: 1}
    host.front.store(KEY, 0)
    await host.seconds(int(HOLD) - 1)
    await host.work()
    assert (host.front.cache, await state(host, change.position)) == ({KEY: 0}, "live")
    await host.seconds(1)
    await host.work()
    assert (host.front.cache, await state(host, change.position)) == ({KEY: 1}, "settled")
    assert sent(host) == [(KEY, 1, Reach.EVERY)] * 2


async def test_browsers_are_counted_from_the_rebound(host: Host, clock: HandClock) -> None:
    await led(host, "n1")
    change = host.commit(KEY)
    await host.seconds(1)
    await host.work()
    before = await host.receipt(change.position)
    assert before.browsers_until == change.at + BUDGET.front_copies() + BUDGET.downstream()
    await host.seconds(int(HOLD))
    await host.work()
    after = await host.receipt(change.position)
    assert after.hosts[0].front.rebound_at == clock().wall
    assert after.browsers_until == clock().wall + BUDGET.downstream()
    assert (after.propagation_ms, before.propagation_ms) == (1000, 1000)


async def test_i13_a_front_that_fails_leaves_the_receipt_pending_with_the_reason_until_it_is_healed(host: Host) -> None:
    await led(host, "n1")
    change = host.commit(KEY)
    host.front.wrong = lambda _due: "settings (br): answered 503"
    for _ in range(20):
        await host.seconds(1)
        await host.work()
        receipt = await host.receipt(change.position)
        assert (receipt.state, receipt.last_error) == ("pending", f"{HOST}: settings (br): answered 503")
    node = host.nodes["n1"]
    assert node.stats.front_failures == len(host.front.wrongs)
    assert node.driver.term is not None
    assert node.driver.term.agenda.pending() == 1
    host.front.wrong = lambda _due: None
    await host.seconds(int(LONGEST_PAUSE))
    await host.work()
    receipt = await host.receipt(change.position)
    assert (receipt.state, receipt.last_error) == ("live", None)


async def test_i13_an_exception_that_nobody_foresaw_is_a_failure_like_any_other(host: Host) -> None:
    def explode(_due: Due | None) -> str | None:
        raise ZeroDivisionError

    await led(host, "n1")
    change = host.commit(KEY)
    host.front.wrong = explode
    await host.seconds(1)
    await host.work()
    receipt = await host.receipt(change.position)
    assert (receipt.state, receipt.last_error) == ("pending", f"{HOST}: unexpected ZeroDivisionError")


async def test_a_failing_refresh_is_tried_again_with_growing_pauses(host: Host, clock: HandClock) -> None:
    await led(host, "n1")
    host.commit(KEY)
    await host.nodes["n1"].follow()
    tries: list[float] = []

    def fail(_due: Due | None) -> str:
        tries.append(clock().boot)
        return "answered 503"

    host.front.wrong = fail
    for _ in range(300):
        clock.advance(0.05)
        await host.nodes["n1"].beat()
        await host.nodes["n1"].work(rounds=1)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.2
    assert LONGEST_PAUSE / 2 <= pauses[-1] <= LONGEST_PAUSE


async def test_i13_a_rebound_that_fails_leaves_it_live_and_unsettled(host: Host) -> None:
    await led(host, "n1")
    change = host.commit(KEY)
    await host.nodes["n1"].follow()
    await host.work()
    host.front.wrong = lambda _due: "answered 503"
    await host.seconds(int(HOLD) + 5)
    await host.work()
    receipt = await host.receipt(change.position)
    assert (receipt.state, receipt.last_error) == ("live", f"{HOST}: answered 503")
    host.front.wrong = lambda _due: None
    await host.seconds(int(LONGEST_PAUSE))
    await host.work()
    receipt = await host.receipt(change.position)
    assert (receipt.state, receipt.last_error) == ("settled", None)


async def test_many_changes_of_one_key_are_one_refresh_and_all_of_them_are_live(host: Host) -> None:
    await led(host, "n1", "n2")
    changes = [host.commit(KEY).position for _ in range(20)]
    other = host.commit(OTHER).position
    for node in host.nodes.values():
        await node.follow()
    await host.work()
    assert sorted(sent(host)) == [(KEY, 20, Reach.EVERY), (OTHER, 21, Reach.EVERY)]
    assert {await state(host, position) for position in [*changes, other]} == {"live"}


async def test_a_change_without_tags_asks_nothing_of_a_front(host: Host) -> None:
    await led(host, "n1")
    change = host.commit(KEY, tags=())
    await host.seconds(1)
    await host.work()
    assert (sent(host), await state(host, change.position)) == ([], "settled")


async def test_the_roster_is_enough_where_every_datagram_is_lost(host: Host) -> None:
    host.deaf = True
    await led(host, "n1", "n2")
    change = host.commit(KEY)
    await host.nodes["n2"].follow()
    await host.nodes["n1"].follow()
    await host.work()
    assert await state(host, change.position) == "live"


async def test_a_datagram_spares_the_rosters_round_trip(host: Host) -> None:
    await led(host, "n1", "n2")
    change = host.commit(KEY)
    await host.nodes["n1"].follow()
    await host.nodes["n2"].apply()
    await host.nodes["n1"].work()
    assert (sent(host), await state(host, change.position)) == ([(KEY, 1, Reach.EVERY)], "pending")
    await host.nodes["n2"].beat(moved=True)
    assert await state(host, change.position) == "live"


async def test_nothing_is_acked_before_the_roster_was_looked_at_for_who_else_is_there(host: Host) -> None:
    await led(host, "n1")
    change = host.commit(KEY)
    await host.nodes["n1"].apply()
    await host.nodes["n1"].work()
    assert len(sent(host)) == 1
    assert await host.roster.acks("e1", change.position) == []
    await host.nodes["n1"].beat(moved=True)
    await host.nodes["n1"].work()
    assert [ack.host for ack in await host.roster.acks("e1", change.position)] == [HOST]


async def test_an_ack_that_cannot_be_written_is_written_later(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_arguments: object) -> None:
        raise SQLAlchemyError

    await led(host, "n1")
    change = host.commit(KEY)
    await host.nodes["n1"].follow()
    with monkeypatch.context() as patch:
        patch.setattr(host.roster, "ack", refuse)
        with pytest.raises(SQLAlchemyError):
            await host.work()
    assert await state(host, change.position) == "pending"
    await host.work()
    assert (await state(host, change.position), len(sent(host))) == ("live", 1)


async def test_a_node_that_is_fenced_does_nothing_to_the_front(host: Host) -> None:
    await led(host, "n1")
    node = host.nodes["n1"]
    host.commit(KEY)
    await node.follow()
    node.cut = True
    await host.seconds(int(LEASE))
    await host.work()
    assert sent(host) == []
    node.cut = False
    await host.seconds(1)
    await host.work()
    assert len(sent(host)) == 1
