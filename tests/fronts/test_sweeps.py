"""Claims about broad purges (I34): soft, paced, resumable, with their progress in the receipt, and in nobody's way."""

import pytest

from edge.fronts.front import Due, FrontDownError, Reach
from edge.fronts.ledger import LONGEST_PAUSE
from edge.fronts.sweep import PAGE
from edge.publish.publication import KINDS, SCRIPTS
from tests.fronts.stage import HOLD, HOST, KEYS, Host, led, state

pytestmark = pytest.mark.anyio
MANY = tuple(f"wk_many_{number:05}" for number in range(2 * PAGE + 50))
RATE = 50.0


def sent(host: Host) -> list[Due]:
    done, host.front.refreshed = host.front.refreshed, []
    return done


async def swept(host: Host, *names: str, keys: tuple[str, ...] = MANY, tag: str = "all") -> None:
    """Nodes at work, and a front that holds all of ``keys``, as of before everything."""
    host.rate = RATE
    await led(host, *(names or ("n1",)))
    host.keys.reached[tag] = list(keys)
    for key in keys:
        host.front.store(key, 0)


async def seconds(host: Host, count: int) -> None:
    for _ in range(count):
        await host.seconds(1)
        for _ in range(int(RATE) // 8):
            await host.work()


async def test_i34_purging_everything_is_paced_and_shows_how_far_it_has_come(host: Host) -> None:
    await swept(host)
    purge = host.commit(tags=["all"], verb="invalidate")
    await host.nodes["n1"].follow()
    seen = []
    for _ in range(20):
        await seconds(host, 1)
        assert len(sent(host)) <= 2 * RATE
        receipt = await host.receipt(purge.position)
        seen.append((receipt.state, receipt.hosts[0].front.done, receipt.hosts[0].front.total))
        if receipt.state != "pending":
            break
    assert [total for _, _, total in seen if total is not None] == [len(MANY)] * len(
        [1 for _, _, total in seen if total]
    )
    assert seen[-1][2] == len(MANY)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert 7 <= len(seen) <= 12
    assert seen[-1] == ("live", len(MANY), len(MANY))
    assert set(host.front.cache.values()) == {1}


async def test_only_what_the_front_holds_is_refreshed(host: Host) -> None:
    await swept(host, keys=MANY[:20])
    for key in MANY[5:20]:
        del host.front.cache[key]
    purge = host.commit(tags=["all"])
    await seconds(host, 2)
    assert {due.reach for due in sent(host)} == {Reach.HELD}
    assert sorted(host.front.cache) == list(MANY[:5])
    assert await state(host, purge.position) == "live"


async def test_i34_a_narrow_change_never_waits_for_a_broad_one(host: Host) -> None:
    await swept(host)
    purge = host.commit(tags=["all"])
    await seconds(host, 1)
    change = host.commit(KEYS[0])
    await host.nodes["n1"].follow()
    await host.nodes["n1"].driver.dispatch()
    await host.nodes["n1"].runner.drain()
    await host.nodes["n1"].driver.write()
    assert (await state(host, change.position), await state(host, purge.position)) == ("live", "pending")


async def test_i34_a_broad_purge_goes_on_where_a_killed_leader_was(host: Host) -> None:
    await swept(host, "n1", "n2")
    purge = host.commit(tags=["all"])
    await seconds(host, 5)
    (row,) = await host.roster.acks("e1", purge.position)
    assert 0 < row.done < len(MANY)
    assert row.resume_after == MANY[row.done - 1]
    sent(host)
    await host.nodes["n1"].kill()
    await seconds(host, 1)
    again = [due.key for due in sent(host)]
    assert again[0] == MANY[row.done]
    await seconds(host, 12)
    receipt = await host.receipt(purge.position)
    assert (receipt.state, receipt.hosts[0].front.done) in {("live", len(MANY)), ("settled", len(MANY))}
    assert set(host.front.cache.values()) == {1}


async def test_i14_what_was_on_its_way_when_the_purge_began_is_found_by_the_second_passage(host: Host) -> None:
    await swept(host, keys=MANY[:100])
    purge = host.commit(tags=["all"])
    await seconds(host, 3)
    assert await state(host, purge.position) == "live"
    host.front.store(MANY[3], 0)
    del host.front.cache[MANY[4]]
    sent(host)
    await seconds(host, int(HOLD) + 3)
    assert await state(host, purge.position) == "settled"
    assert (host.front.cache[MANY[3]], MANY[4] in host.front.cache) == (1, False)
    assert {due.reach for due in sent(host)} == {Reach.OLDER}


async def test_what_the_first_passage_did_late_enough_needs_no_second_look(host: Host) -> None:
    await swept(host)
    host.commit(tags=["all"])
    await seconds(host, 20)
    looked = [due.key for due in sent(host) if due.reach is Reach.OLDER]
    assert looked == list(MANY[: len(looked)])
    assert RATE * (HOLD - 1) <= len(looked) <= RATE * (HOLD + 2)


async def test_i13_one_key_that_cannot_be_refreshed_holds_up_no_other_and_keeps_the_purge_pending(host: Host) -> None:
    await swept(host, keys=MANY[:60])
    bad = MANY[10]
    host.front.wrong = lambda due: "answered 503" if due is not None and due.key == bad else None
    purge = host.commit(tags=["all"])
    await seconds(host, 8)
    assert [key for key, position in host.front.cache.items() if position == 0] == [bad]
    receipt = await host.receipt(purge.position)
    assert (receipt.state, receipt.last_error, receipt.hosts[0].front.done) == ("pending", f"{HOST}: answered 503", 59)
    (row,) = await host.roster.acks("e1", purge.position)
    assert row.resume_after < bad, "a successor would skip it"
    host.front.wrong = lambda _due: None
    await seconds(host, int(LONGEST_PAUSE) + 1)
    receipt = await host.receipt(purge.position)
    assert (receipt.state != "pending", receipt.last_error, receipt.hosts[0].front.done) == (True, None, 60)


async def test_i13_a_front_that_is_down_stops_the_purge_where_it_is(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(_due: Due) -> None:
        raise FrontDownError("nginx cannot be reached")

    await swept(host, keys=MANY[:60])
    purge = host.commit(tags=["all"])
    await host.nodes["n1"].follow()
    with monkeypatch.context() as patch:
        patch.setattr(host.front, "refresh", down)
        await seconds(host, 4)
        receipt = await host.receipt(purge.position)
        assert (receipt.state, receipt.last_error) == ("pending", f"{HOST}: nginx cannot be reached")
    await seconds(host, int(LONGEST_PAUSE) + 2)
    assert await state(host, purge.position) == "settled"
    assert set(host.front.cache.values()) == {1}


async def test_i13_keys_that_cannot_be_listed_keep_the_purge_pending_until_they_can(host: Host) -> None:
    await swept(host, keys=MANY[:60])
    host.keys.broken = True
    purge = host.commit(tags=["all"])
    await seconds(host, 3)
    receipt = await host.receipt(purge.position)
    assert receipt.state == "pending"
    assert receipt.last_error == f"{HOST}: the write keys to be refreshed cannot be listed: OSError"
    host.keys.broken = False
    await seconds(host, int(LONGEST_PAUSE) + 2)
    assert await state(host, purge.position) == "settled"


async def test_purges_of_the_same_tags_share_one_walk_as_long_as_it_has_not_begun(host: Host) -> None:
    await swept(host, keys=MANY[:60])
    purges = [host.commit(tags=["all"]).position for _ in range(5)]
    other = host.commit(tags=["loader"]).position
    host.keys.reached["loader"] = list(MANY[:60])
    await seconds(host, 5)
    positions = {due.position for due in sent(host) if due.reach is Reach.HELD}
    assert positions == {5, other}
    assert {await state(host, position) for position in [*purges, other]} == {"live"}


async def test_of_a_key_that_only_the_loader_reaches_only_the_loader_is_refreshed(host: Host) -> None:
    await swept(host, keys=MANY[:6], tag="loader")
    host.keys.reached["definition:tally"] = list(MANY[2:4])
    host.commit(tags=["loader", "definition:tally"])
    await seconds(host, 2)
    kinds = {due.key: due.kinds for due in sent(host) if due.reach is Reach.HELD}
    assert [key for key, found in kinds.items() if found == KINDS] == list(MANY[2:4])
    assert [key for key, found in kinds.items() if found == SCRIPTS] == [*MANY[:2], *MANY[4:6]]


async def test_a_purge_that_reaches_nobody_is_live_when_it_was_looked_at(host: Host) -> None:
    await led(host, "n1")
    purge = host.commit(tags=["workspace:empty"])
    await seconds(host, 2)
    assert await state(host, purge.position) == "live"


async def test_who_takes_over_looks_again_at_what_a_finished_purge_reached(host: Host) -> None:
    await swept(host, "n1", "n2", keys=MANY[:60])
    purge = host.commit(tags=["all"])
    await seconds(host, 12)
    assert await state(host, purge.position) == "settled"
    row = await host.roster.acks("e1", purge.position)
    sent(host)
    host.front.store(MANY[7], 0)
    await host.nodes["n1"].kill()
    await seconds(host, 4)
    assert {due.reach for due in sent(host)} == {Reach.OLDER}
    assert host.front.cache[MANY[7]] == 1
    assert await host.roster.acks("e1", purge.position) == row
