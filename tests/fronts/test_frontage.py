"""Claims about when a node with a front, or beside one, tells the roster what came early: when nobody waits for it."""

import asyncio

import pytest

from edge.cache.floors import Floors
from edge.compose.frontage import FrontParts
from edge.fronts.ledger import LONGEST_PAUSE
from tests.fronts.stage import KEYS, Host, led
from tests.support.polling import settle

pytestmark = pytest.mark.anyio
KEY = KEYS[0]


@pytest.fixture(autouse=True)
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.compose.frontage.COURTESY", 3600.0)


async def test_who_looks_after_a_front_waits_until_it_shows_what_was_applied(host: Host) -> None:
    await led(host, "n1", "n2")
    first, second = host.nodes["n1"], host.nodes["n2"]
    parts = FrontParts(Floors(), driver=first.driver)
    await parts.lull()
    host.front.wrong = lambda _due: "settings (br): answered 503"
    host.commit(KEY)
    await first.follow()
    waiting = asyncio.create_task(parts.lull())
    await host.work()
    assert not waiting.done(), "a sibling has not risen"
    await second.follow()
    await host.work()
    assert not waiting.done(), "the front does not show it"
    host.front.wrong = lambda _due: None
    await host.seconds(int(LONGEST_PAUSE))
    await host.work()
    await waiting


async def test_who_waits_for_a_front_that_another_node_comes_to_look_after_waits_no_longer(host: Host) -> None:
    await led(host, "n1")
    host.front.wrong = lambda _due: "settings (br): answered 503"
    host.commit(KEY)
    await host.nodes["n1"].follow()
    waiting = asyncio.create_task(FrontParts(Floors(), driver=host.nodes["n1"].driver).lull())
    await host.work()
    assert not waiting.done()
    await host.nodes["n1"].driver.close()
    host.nodes["n1"].membership.bell.ring()
    await waiting


async def test_who_has_none_or_does_not_look_after_it_waits_for_a_while(host: Host) -> None:
    await led(host, "n1", "n2")
    for parts in (FrontParts(Floors()), FrontParts(Floors(), driver=host.nodes["n2"].driver)):
        waiting = asyncio.create_task(parts.lull())
        await settle()
        assert not waiting.done()
        waiting.cancel()
