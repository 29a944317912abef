"""Claims about forgetting: it goes on day by day, and a failure costs one day."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from edge.journal.housekeeping import keep_house, keep_roster
from edge.store.roster import Newcomer, Roster
from tests.support.clock import HandClock
from tests.support.node import BUDGET, PATIENCE
from tests.support.polling import until, until_async
from tests.support.sqlite import outage
from tests.support.world import World

pytestmark = pytest.mark.anyio
DAY = 86_400.0


async def test_history_is_forgotten_day_by_day_whatever_happened_the_day_before(
    world: World, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgotten() -> bool:
        return [entry.position for entry in (await world.journal.poll(0)).entries] == [3]

    monkeypatch.setattr("edge.journal.housekeeping.DAY", 0.001)
    await world.purge("all")
    assert not await forgotten()
    with capture_logs() as logged:
        with outage(world.directory / "edgewise.db", "journal"):
            task = asyncio.create_task(keep_house(world.store, 10 * DAY))
            await until(lambda: any(line["event"] == "housekeeping failed" for line in logged), "a failure")
        clock.advance(11 * DAY)
        await until_async(forgotten, "what is older than ten days is forgotten")
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_host_is_forgotten_when_its_copies_have_ended_and_a_silent_node_when_it_has_nothing_left_to_answer(
    roster: Roster, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def left() -> tuple[list[str], list[str]]:
        return [row.node for row in await roster.rows()], [host.host for host in await roster.hosts()]

    async def forgets(expected: tuple[list[str], list[str]]) -> bool:
        return await left() == expected

    monkeypatch.setattr("edge.journal.housekeeping.ROSTER_EVERY", 0.001)
    await roster.join(Newcomer("n1", "h1", "1", front="nginx"), clock().wall)
    await roster.join(Newcomer("n2", "h2", "1", front="nginx"), clock().wall)
    await roster.leave("n1")
    task = asyncio.create_task(keep_roster(roster, clock, BUDGET, PATIENCE))
    clock.advance(PATIENCE + BUDGET.front_copies())
    assert await left() == (["n2"], ["h1", "h2"])
    clock.advance(0.001)
    await until_async(lambda: forgets((["n2"], ["h2"])), "the host without nodes is forgotten")
    clock.advance(BUDGET.on_error())
    await until_async(lambda: forgets(([], [])), "the silent node is forgotten, and its host after it")
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_roster_that_cannot_be_tidied_is_tidied_later(
    roster: Roster, world: World, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgotten() -> bool:
        return await roster.hosts() == []

    monkeypatch.setattr("edge.journal.housekeeping.ROSTER_EVERY", 0.05)
    await roster.join(Newcomer("n1", "h1", "1"), clock().wall)
    await roster.leave("n1")
    clock.advance(2 * (PATIENCE + BUDGET.front_copies()))
    with capture_logs() as logged, outage(world.directory / "roster.db", "hosts"):
        task = asyncio.create_task(keep_roster(roster, clock, BUDGET, PATIENCE))
        await until(lambda: any(line["event"] == "roster not tidied" for line in logged), "a failure")
    await until_async(forgotten, "the host is forgotten")
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
