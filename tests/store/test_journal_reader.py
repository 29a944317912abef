"""The poll that proves: head first, entries from the asked position on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, event, update

from edge.model.change import Entry
from edge.store import journal_reader
from edge.store.engine import writing
from edge.store.entries import entry_of
from edge.store.schema import journal
from tests.support.clock import HandClock
from tests.support.world import World, make_world, open_world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(place: Path, clock: HandClock) -> AsyncIterator[World]:
    world = await make_world(place, clock)
    yield world
    await world.close()


async def test_a_poll_answers_the_head_and_the_entry_at_the_cursor_to_compare_with(world: World) -> None:
    batch = await world.journal.poll(2)
    assert [entry.position for entry in batch.entries] == [2]
    assert (batch.head.position, batch.head.entry_id) == (2, batch.entries[0].id)


async def test_a_poll_answers_the_entries_after_the_cursor_in_order(world: World) -> None:
    for number in range(5):
        await world.configure(f"key-{number}")
    batch = await world.journal.poll(3)
    assert [entry.position for entry in batch.entries] == [3, 4, 5, 6, 7]
    assert batch.head.position == 7


async def test_a_poll_from_the_very_beginning_has_no_entry_to_compare_with(place: Path) -> None:
    world = open_world(place)
    await world.store.prepare()
    batch = await world.journal.poll(0)
    assert (batch.head.position, batch.entries) == (0, ())
    await world.close()


async def test_a_poll_beyond_the_head_finds_nothing(world: World) -> None:
    batch = await world.journal.poll(99)
    assert (batch.head.position, batch.entries) == (2, ())


async def test_a_poll_answers_a_bounded_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_reader, "BATCH", 3)
    for number in range(5):
        await world.configure(f"key-{number}")
    batch = await world.journal.poll(2)
    assert [entry.position for entry in batch.entries] == [2, 3, 4]
    assert batch.head.position == 7


async def test_head_and_entries_are_of_one_moment(world: World) -> None:
    """By one statement: were the head older than the entries, a node would call itself proven by what it lacks."""
    stated: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        stated.append(statement)

    event.listen(world.engine.sync_engine, "before_cursor_execute", note)
    await world.journal.poll(2)
    await world.journal.since(0.0)
    assert len(stated) == 2


async def test_the_entry_that_every_poll_of_a_node_answers_anew_is_read_out_of_its_row_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release's entry names all it brought, and a node without Redis polls twenty times a second."""
    read: list[int] = []

    def noted(row: Row[Any]) -> Entry:
        read.append(row.position)
        return entry_of(row)

    monkeypatch.setattr(journal_reader, "entry_of", noted)
    polled = [await world.journal.poll(2) for _ in range(3)]
    assert read == [2]
    assert polled[0] == polled[1] == polled[2]
    third = await world.configure("third")
    assert [entry.position for entry in (await world.journal.poll(2)).entries] == [2, 3]
    assert (await world.journal.poll(3)).entries == (third,)
    assert read == [2, 3]


async def test_another_entry_at_the_place_of_the_one_that_was_answered_is_read(world: World) -> None:
    (before,) = (await world.journal.poll(2)).entries
    async with writing(world.engine) as connection:
        await connection.execute(update(journal).where(journal.c.position == 2).values(id="another", reason="put back"))
    (after,) = (await world.journal.poll(2)).entries
    assert (after.id, after.reason) == ("another", "put back")
    assert before.id != "another"


async def test_a_poll_beside_writers_never_answers_a_head_whose_entry_it_lacks(world: World, place: Path) -> None:
    other = open_world(place)
    writing = asyncio.create_task(write(other, 40))
    seen = 2
    while not writing.done():
        batch = await world.journal.poll(seen)
        assert batch.entries[0].position == seen
        assert (batch.entries[-1].position, batch.entries[-1].id) == (batch.head.position, batch.head.entry_id)
        seen = batch.head.position
        await asyncio.sleep(0)
    await writing
    await other.close()


async def write(world: World, times: int) -> None:
    for turn in range(times):
        await world.configure(f"turn-{turn}")


async def test_a_poll_sees_each_commit_of_another_process_at_once(world: World, place: Path) -> None:
    other = open_world(place)
    for position in range(3, 8):
        await other.configure(f"key-{position}")
        assert (await world.journal.poll(2)).head.position == position
    await other.close()


async def test_a_poll_tells_the_epoch(world: World) -> None:
    before = (await world.journal.poll(2)).head
    epoch = await world.store.begin_epoch()
    assert (await world.journal.poll(2)).head == replace(before, epoch=epoch)


async def test_since_answers_everything_from_that_time_on_the_time_itself_included(
    world: World, clock: HandClock
) -> None:
    clock.advance(10)
    at = clock().wall
    await world.configure("second")
    clock.advance(10)
    await world.configure("third")
    assert [entry.position for entry in (await world.journal.since(at)).entries] == [3, 4]
    assert (await world.journal.since(clock().wall + 1)).entries == ()


async def test_since_has_no_holes_when_the_clock_stepped_back(world: World, clock: HandClock) -> None:
    """Floors count as complete above the first entry loaded, so an early time must not drop a later position."""
    at = clock().wall
    clock.step_wall(-3600)
    await world.configure("second")
    clock.step_wall(3600)
    await world.configure("third")
    assert [entry.position for entry in (await world.journal.since(at)).entries] == [1, 2, 3, 4]
