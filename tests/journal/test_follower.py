"""Claims about following the journal of a real store: applied, proven, reported, in this order."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest
from sqlalchemy.exc import SQLAlchemyError

from edge.journal.follower import RECENT
from edge.journal.reporter import HEARTBEAT
from edge.model.change import Entry
from edge.model.position import AsOf
from edge.model.tags import source_tag
from edge.store.journal_reader import Batch
from edge.store.roster import Roster
from tests.support.clock import HandClock
from tests.support.node import LEASE, HandNode, join
from tests.support.polling import until
from tests.support.sqlite import outage
from tests.support.world import SOURCE, World

pytestmark = pytest.mark.anyio
TAG = source_tag(SOURCE.id)


class Recorder:
    """Keeps what a follower was told to apply."""

    def __init__(self) -> None:
        self.applied: list[int] = []
        self.restarts: list[tuple[AsOf, list[int]]] = []

    def apply(self, entry: Entry) -> None:
        self.applied.append(entry.position)

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        self.restarts.append((head, [entry.position for entry in recent]))


class Slow:
    """The real journal, asked while time passes, in pieces of two entries."""

    def __init__(self, world: World, clock: HandClock) -> None:
        self.world, self.clock = world, clock

    async def poll(self, position: int) -> Batch:
        batch = await self.world.journal.poll(position)
        self.clock.advance(3)
        return Batch(batch.head, batch.entries[:2])

    async def since(self, at: float) -> Batch:
        self.clock.advance(3)
        return await self.world.journal.since(at)


class Broken:
    """A journal that cannot even fail as foreseen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.broken = False

    async def poll(self, position: int) -> Batch:
        if self.broken:
            raise ValueError("a row that nobody can read")
        return await self.world.journal.poll(position)

    async def since(self, at: float) -> Batch:
        return await self.world.journal.since(at)


async def following(node: HandNode) -> asyncio.Task[None]:
    task = asyncio.create_task(node.follower.run())
    await until(lambda: node.proof.leased_at is not None, "the first sync")
    return task


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_commit_is_applied_by_every_follower_of_the_file(
    world: World, roster: Roster, clock: HandClock
) -> None:
    nodes = [await join(world, roster, clock, name) for name in ("n1", "n2")]
    for node in nodes:
        await node.follow()
    entry = await world.configure("second-api-key")
    for node in nodes:
        await node.follow()
        assert node.proof.cursor == AsOf((await world.journal.poll(0)).head.epoch, entry.position, entry.id)
        assert not node.floors.passes(AsOf(node.proof.cursor.epoch, entry.position - 1, ""), [TAG], 1)
    assert {row.cursor for row in await roster.rows()} == {entry.position}


async def test_i10_after_a_gap_exactly_the_missed_entries_are_applied_in_order(
    world: World, roster: Roster, clock: HandClock
) -> None:
    recorder = Recorder()
    node = await join(world, roster, clock, "n1", applier=recorder)
    await node.follow()
    with outage(world.directory / "edgewise.db"), pytest.raises(SQLAlchemyError):
        await node.follow()
    missed = [(await world.configure(f"key-{number}")).position for number in range(5)]
    await node.follow()
    assert recorder.applied == missed
    assert len(recorder.restarts) == 1


async def test_the_first_sync_begins_at_the_head_with_the_last_half_hour(
    world: World, roster: Roster, clock: HandClock
) -> None:
    clock.advance(RECENT)
    recent = await world.purge(TAG)
    clock.advance(RECENT)
    recorder = Recorder()
    node = await join(world, roster, clock, "n1", applier=recorder)
    await node.follow()
    ((head, positions),) = recorder.restarts
    assert (head.position, positions, recorder.applied) == (recent.position, [recent.position], [])


async def test_a_revoke_from_before_the_window_is_known_after_the_first_sync(
    world: World, roster: Roster, clock: HandClock
) -> None:
    revoke = await world.purge(TAG, verb="revoke")
    clock.advance(RECENT + 1)
    node = await join(world, roster, clock, "n1")
    await node.follow()
    assert node.proof.cursor is not None
    assert node.floors.revoked(AsOf(node.proof.cursor.epoch, revoke.position - 1, ""), [TAG], 1)


async def test_proven_at_is_from_before_the_request_and_set_only_at_the_head(
    world: World, roster: Roster, clock: HandClock
) -> None:
    node = await join(world, roster, clock, "n1", source=Slow(world, clock))
    sent_at = clock()
    assert await node.follower.step()
    assert node.proof.proven_at == node.proof.leased_at == sent_at
    await world.purge(TAG)
    await world.purge(TAG)
    assert not await node.follower.step()
    assert node.proof.proven_at == sent_at
    last_sent_at = clock()
    assert await node.follower.step()
    assert node.proof.proven_at == last_sent_at
    assert node.stats.applied == 2


async def test_i12_a_failing_journal_fences_after_the_lease_and_recovers(
    world: World, roster: Roster, clock: HandClock
) -> None:
    node = await join(world, roster, clock, "n1")
    await node.follow()
    with outage(world.directory / "edgewise.db"):
        clock.advance(LEASE - 0.001)
        with pytest.raises(SQLAlchemyError):
            await node.follow()
        assert not node.fenced()
        clock.advance(0.001)
        assert node.fenced()
    await node.follow()
    assert not node.fenced()


async def test_a_failing_heartbeat_does_not_extend_the_lease(world: World, roster: Roster, clock: HandClock) -> None:
    node = await join(world, roster, clock, "n1")
    await node.follow()
    leased_at = node.proof.leased_at
    with outage(world.directory / "roster.db", "nodes"):
        clock.advance(LEASE)
        await node.follow()
        assert node.proof.proven_at == clock()
        assert (node.proof.leased_at, node.stats.heartbeat_failures) == (leased_at, 1)
        assert node.fenced()
    await node.follow()
    assert not node.fenced()


async def test_a_heartbeat_that_hangs_does_not_extend_the_lease(
    world: World, roster: Roster, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_arguments: object) -> bool:
        await asyncio.Event().wait()
        return True

    node = await join(world, roster, clock, "n1")
    await node.follow()
    leased_at = node.proof.leased_at
    clock.advance(HEARTBEAT)
    monkeypatch.setattr(roster, "beat", hang)
    monkeypatch.setattr(node.follower._reporter, "_timeout", 1.0)
    await node.follow()
    assert node.proof.proven_at == clock()
    assert (node.proof.leased_at, node.stats.heartbeat_failures) == (leased_at, 1)


async def test_an_arrival_whose_heartbeat_failed_is_reported_with_the_next(
    world: World, roster: Roster, clock: HandClock
) -> None:
    node = await join(world, roster, clock, "n1")
    await node.follow()
    entry = await world.purge(TAG)
    with outage(world.directory / "roster.db", "nodes"):
        await node.follow()
    clock.advance(HEARTBEAT / 2)
    await node.follow()
    assert node.proof.cursor is not None
    assert await roster.applied_at(node.proof.cursor.epoch, entry.position) == {"n1": clock().wall}


async def test_an_idle_node_beats_once_a_second_however_often_it_polls(
    world: World, roster: Roster, clock: HandClock
) -> None:
    node = await join(world, roster, clock, "n1")
    await node.follow()
    beats = [row.beat for row in await roster.rows()]
    for _ in range(20):
        clock.advance(HEARTBEAT / 10)
        await node.follow()
    assert [row.beat for row in await roster.rows()] == [beats[0] + 2]


async def test_a_node_that_was_struck_off_the_roster_joins_again(
    world: World, roster: Roster, clock: HandClock
) -> None:
    node = await join(world, roster, clock, "n1")
    await node.follow()
    await roster.leave("n1")
    clock.advance(HEARTBEAT)
    await node.follow()
    assert [(row.node, row.cursor) for row in await roster.rows()] == [("n1", 2)]


async def test_following_goes_on_after_any_failure(world: World, roster: Roster, clock: HandClock) -> None:
    source = Broken(world)
    node = await join(world, roster, clock, "n1", source=source)
    task = await following(node)
    source.broken = True
    await until(lambda: node.stats.poll_failures >= 3, "three failures")
    source.broken = False
    entry = await world.purge(TAG)
    assert await node.follower.reached(entry.position, 20)
    await ended(task)


async def test_a_kick_polls_at_once(world: World, roster: Roster, clock: HandClock) -> None:
    node = await join(world, roster, clock, "n1", interval=3600)
    task = await following(node)
    entry = await world.purge(TAG)
    node.follower.kick()
    assert await node.follower.reached(entry.position, 20)
    await ended(task)


async def test_waiting_for_a_position_that_does_not_come_ends(world: World, roster: Roster, clock: HandClock) -> None:
    node = await join(world, roster, clock, "n1")
    await node.follow()
    assert await node.follower.reached(2, 0.01)
    assert not await node.follower.reached(3, 0.01)
