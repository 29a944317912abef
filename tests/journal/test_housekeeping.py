"""Claims about forgetting: it goes on day by day, and a failure costs one day."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from edge.journal.housekeeping import keep_house
from tests.support.clock import HandClock
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
