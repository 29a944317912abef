"""Commits of several processes at once, and commits that are cut off, on each database."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from edge.store.journal_reader import BATCH
from edge.store.store import Draft
from edge.store.view import View
from tests.store.processes import together
from tests.support.world import IN_DEVICE, SOURCE, World, make_world, open_world, with_api_key

pytestmark = pytest.mark.anyio

WRITES = 100
WRITERS = 2


async def write(directory: Path, number: int) -> list[int]:
    world = open_world(directory)
    try:
        return [(await world.configure(f"writer-{number}-{turn}")).position for turn in range(WRITES)]
    finally:
        await world.close()


def test_two_processes_writing_at_once_leave_no_gap_no_twin_and_an_unbroken_chain(place: Path) -> None:
    async def prepare() -> None:
        await (await make_world(place)).close()

    async def entries() -> Any:
        world = open_world(place)
        batch = await world.journal.poll(1)
        await world.close()
        return batch

    asyncio.run(prepare())
    positions = together(write, place, WRITERS)
    batch = asyncio.run(entries())
    last = 2 + WRITERS * WRITES
    assert last < BATCH
    assert all(mine == sorted(mine) for mine in positions)
    assert sorted(position for mine in positions for position in mine) == list(range(3, last + 1))
    assert batch.head.position == last
    assert [entry.position for entry in batch.entries] == list(range(1, last + 1))
    assert all(after.previous_id == before.id for before, after in pairwise(batch.entries))
    assert batch.head.entry_id == batch.entries[-1].id


async def consistent(world: World) -> int:
    """The head, after seeing that the newest document and the newest entry belong together."""
    async with world.store.view() as view:
        stored = await view.stored("destination", IN_DEVICE.id)
        entry = await view.entry(view.as_of.position)
        assert stored is not None
        assert entry is not None
        assert stored.position == view.as_of.position
        assert (
            entry.diff == {} or entry.diff[IN_DEVICE.name]["settings.apiKey"][1] == stored.document.settings["apiKey"]
        )
        return view.as_of.position


async def test_a_commit_cancelled_at_any_await_is_whole_or_absent_and_holds_no_lock(place: Path) -> None:
    world = await make_world(place)
    await world.configure("begin")
    turns, done = 0, False
    while not done:
        before = await consistent(world)
        task = asyncio.create_task(world.configure(f"turn-{turns}"))
        for _ in range(turns):
            await asyncio.sleep(0)
            # The driver works in a thread of its own: let it come to its next answer.
            await asyncio.sleep(0.0005)
        done = task.done()
        task.cancel()
        await asyncio.wait([task])
        assert await consistent(world) in (before, before + 1)
        await world.configure(f"after-{turns}")
        turns += 1
    assert turns > 5
    await world.close()


async def test_a_plan_that_is_cancelled_writes_nothing(place: Path) -> None:
    world = await make_world(place)
    waiting = asyncio.Event()

    async def wait(view: View) -> Draft:
        assert await view.source("acme", "site") == SOURCE
        waiting.set()
        await asyncio.Event().wait()
        return Draft((with_api_key("never"),))

    task = asyncio.create_task(world.store.commit(wait, actor="tests"))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await world.configure("next")).position == 3
    await world.close()
