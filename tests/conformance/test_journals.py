"""What every JournalSource and RevokeSource guarantees: the head as it is after the question, and no entry left out."""

import asyncio

import pytest

from edge.journal.progress import Advance, Resync, judge
from edge.model.change import Entry
from edge.store import journal_reader
from tests.conformance.ways import Way
from tests.support.world import open_world

pytestmark = pytest.mark.anyio


def moves(entry: Entry) -> tuple[object, ...]:
    """What moves floors: all that a node needs of an entry."""
    return (entry.position, entry.id, entry.previous_id, entry.verb, entry.tags, entry.keys, entry.at)


async def head_of(way: Way) -> int:
    return (await way.control.world.journal.poll(1)).head.position


async def test_a_poll_answers_the_entry_at_the_cursor_and_all_that_follow_with_the_head(way: Way) -> None:
    start = await head_of(way)
    for number in range(3):
        await way.control.world.configure(f"key-{number}")
    batch, stored = await way.journal.poll(start), await way.control.world.journal.poll(start)
    assert [entry.position for entry in batch.entries] == list(range(start, start + 4))
    assert batch.head == stored.head
    assert [moves(entry) for entry in batch.entries] == [moves(entry) for entry in stored.entries]


async def test_a_poll_sees_what_another_process_committed_before_it(way: Way) -> None:
    """Whatever the control node remembers: it has not followed since."""
    other = open_world(way.control.world.directory, way.control.clock)
    for number in range(3):
        entry = await other.configure(f"other-{number}")
        assert (await way.journal.poll(entry.position)).head.position == entry.position
    await other.close()


async def test_a_poll_beyond_the_head_finds_nothing_and_says_where_the_head_is(way: Way) -> None:
    batch = await way.journal.poll(99)
    assert (batch.head.position, batch.entries) == (await head_of(way), ())


async def test_a_longer_journal_comes_in_batches_that_join(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_reader, "BATCH", 3)
    for number in range(7):
        await way.control.world.configure(f"key-{number}")
    cursor = (await way.journal.since(0.0)).head
    at = 1
    seen = [at]
    while at < cursor.position:
        batch = await way.journal.poll(at)
        assert len(batch.entries) <= 3
        seen += [entry.position for entry in batch.entries[1:]]
        at = seen[-1]
    assert seen == list(range(1, cursor.position + 1))


async def test_entries_are_chained_as_the_store_chained_them(way: Way) -> None:
    cursor = (await way.journal.since(0.0)).head
    await way.control.world.configure("second")
    verdict = judge(cursor, await way.journal.poll(cursor.position))
    assert isinstance(verdict, Advance)
    assert verdict.proven


async def test_a_new_epoch_is_told(way: Way) -> None:
    cursor = (await way.journal.since(0.0)).head
    await way.control.world.store.begin_epoch()
    assert judge(cursor, await way.journal.poll(cursor.position)) == Resync("epoch")


async def test_since_answers_everything_from_that_time_on_without_a_hole(way: Way) -> None:
    clock = way.control.clock
    clock.advance(10)
    at = clock().wall
    first = await way.control.world.configure("second")
    clock.step_wall(-3600)
    await way.control.world.configure("third")
    batch = await way.journal.since(at)
    assert [entry.position for entry in batch.entries] == [first.position, first.position + 1]
    assert (await way.journal.since(clock().wall + 7200)).entries == ()


async def test_revoke_floors_are_all_there_whatever_their_age(way: Way) -> None:
    assert await way.revokes.revoked() == {}
    first = await way.control.world.purge("source:s1", "all", verb="revoke")
    second = await way.control.world.purge("all", verb="revoke")
    assert await way.revokes.revoked() == {"source:s1": first.position, "all": second.position}


async def test_polls_that_are_made_together_are_each_answered(way: Way) -> None:
    batches = await asyncio.gather(*(way.journal.poll(1) for _ in range(20)))
    assert {batch.head.position for batch in batches} == {await head_of(way)}
