"""Following purges until they are live."""

import pytest

from edge.observe.ledger import Ledger
from edge.observe.purges import MOST, PurgeWatch
from tests.observe.stage import BUDGET, Listening, ground_of
from tests.support.clock import HandClock
from tests.support.world import KEY, World

pytestmark = pytest.mark.anyio


def watch_of(one: Listening, clock: HandClock) -> PurgeWatch:
    ground = ground_of(one)
    return PurgeWatch(ground.receipts, clock, ground.stats, BUDGET)


async def test_changes_are_not_followed_and_purges_are(world: World, nodes: list[Listening], clock: HandClock) -> None:
    watch, ledger = watch_of(nodes[0], clock), Ledger(BUDGET)
    entries = [await world.configure("second-api-key"), await world.purge(f"key:{KEY}")]
    watch.follow(entries)
    await watch.look(ledger)
    clock.advance(BUDGET)
    assert [finding.about for finding in ledger.report(clock()).findings] == [f"purge {entries[1].position}"]


async def test_why_a_purge_is_late_is_said_by_its_receipt(
    world: World, nodes: list[Listening], clock: HandClock
) -> None:
    watch, ledger = watch_of(nodes[0], clock), Ledger(0.0)
    watch.follow([await world.purge(f"key:{KEY}")])
    await nodes[0].follow()
    await watch.look(ledger)
    (finding,) = ledger.report(clock()).findings
    assert finding.text == "it is not live: 1 nodes have not applied it"


async def test_of_very_many_purges_the_oldest_are_let_go(
    world: World, nodes: list[Listening], clock: HandClock
) -> None:
    watch, ledger = watch_of(nodes[0], clock), Ledger(BUDGET)
    watch.follow([await world.purge(f"key:{KEY}") for _ in range(MOST + 2)])
    await watch.look(ledger)
    assert len(ledger) == MOST
