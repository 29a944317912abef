"""Claims about what comes before the poll that would bring it: applied and reported at once, and proving nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from edge.journal.reporter import HEARTBEAT
from edge.model.position import AsOf
from tests.journal.stage import LEASE, TIMEOUT, FollowerStage
from tests.support.journal import at, entry
from tests.support.polling import settle, until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(tmp_path: Path) -> FollowerStage:
    """A node at position 3."""
    made = FollowerStage(tmp_path)
    await made.follow()
    return made


@asynccontextmanager
async def running(stage: FollowerStage) -> AsyncIterator[None]:
    """Following by itself; its polls are so far between that none comes in a test, unless something asks for it."""
    task = asyncio.create_task(stage.follower.run())
    polls = stage.stats.polls
    await until(lambda: stage.stats.polls > polls, "the first poll")
    await settle()
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def told(stage: FollowerStage) -> list[int]:
    return [cursor.position for cursor, _ in stage.roster.beats]


async def test_the_next_entry_is_applied_and_reported_without_a_poll(stage: FollowerStage) -> None:
    async with running(stage):
        polls = stage.stats.polls
        stage.offer(stage.journal.commit())
        assert stage.applied.place == stage.proof.cursor == at(4)
        await until(lambda: 4 in told(stage), "a heartbeat with position 4")
        assert (stage.stats.polls, stage.stats.stream_applied) == (polls, 1)


async def test_entries_in_the_wrong_order_wait_for_each_other_and_need_no_poll(stage: FollowerStage) -> None:
    first, second, third = (stage.journal.commit() for _ in range(3))
    stage.offer(third, second)
    assert stage.applied.applied == []
    stage.offer(first)
    assert stage.applied.applied == [4, 5, 6]
    assert (stage.stats.stream_held, stage.stats.stream_gaps) == (2, 1)


async def test_a_gap_is_polled_for_at_once(stage: FollowerStage) -> None:
    async with running(stage):
        polls = stage.stats.polls
        stage.journal.commit()
        stage.offer(stage.journal.commit())
        await until(lambda: stage.applied.applied == [4, 5], "both entries")
        assert stage.stats.polls == polls + 1


async def test_what_is_known_is_ignored(stage: FollowerStage) -> None:
    async with running(stage):
        polls = stage.stats.polls
        stage.offer(*(entry(position) for position in (1, 2, 3)))
        await settle()
        assert (stage.applied.applied, stage.stats.polls) == ([], polls)


@pytest.mark.parametrize(
    "strange", [entry(3, life="x"), entry(4, previous="x")], ids=["another id", "another predecessor"]
)
async def test_what_contradicts_is_polled_for_and_not_applied(stage: FollowerStage, strange: object) -> None:
    assert isinstance(strange, type(entry(1)))
    async with running(stage):
        polls = stage.stats.polls
        stage.offer(strange)
        await until(lambda: stage.stats.polls > polls, "a poll")
        assert (stage.applied.applied, stage.stats.resyncs) == ([], 0)


async def test_an_entry_of_a_new_epoch_lets_the_poll_judge(stage: FollowerStage) -> None:
    async with running(stage):
        stage.journal.restore(2)
        made = stage.journal.commit()
        stage.offer(made, epoch="e2")
        await until(lambda: stage.stats.resyncs == 1, "a resync")
        await until(lambda: told(stage)[-1:] == [3], "a heartbeat")
        assert stage.proof.cursor == AsOf("e2", 3, "x3")
        assert stage.applied.faults == []


async def test_what_was_applied_and_is_not_in_the_journal_is_a_resync(stage: FollowerStage) -> None:
    stage.offer(entry(4, life="x", previous="3"))
    assert stage.proof.cursor is not None
    assert stage.proof.cursor.entry_id == "x4"
    await stage.follow()
    assert (stage.stats.resyncs, stage.proof.cursor) == (1, at(3))


async def test_i12_what_comes_early_proves_nothing_and_its_heartbeat_does_not_extend_the_lease(
    stage: FollowerStage,
) -> None:
    proven_at, leased_at = stage.proof.proven_at, stage.proof.leased_at
    for _ in range(int(LEASE)):
        stage.clock.advance(1)
        stage.offer(stage.journal.commit())
        await stage.follower.report_early()
    assert told(stage)[-1] == 3 + LEASE
    assert (stage.proof.proven_at, stage.proof.leased_at) == (proven_at, leased_at)
    assert stage.fenced()
    await stage.follow()
    assert not stage.fenced()


async def test_an_entry_is_reported_while_a_poll_hangs(stage: FollowerStage) -> None:
    async with running(stage):
        (answer,) = stage.journal.hold()
        stage.follower.kick()
        await answer.asked.wait()
        stage.offer(stage.journal.commit())
        await until(lambda: 4 in told(stage), "a heartbeat with position 4")
        answer.look()
        answer.end()


async def test_a_poll_after_an_early_report_has_nothing_to_report_again(stage: FollowerStage) -> None:
    stage.offer(stage.journal.commit())
    await stage.follower.report_early()
    before = list(stage.roster.beats)
    stage.clock.advance(HEARTBEAT / 2)
    await stage.follow()
    assert stage.roster.beats == before
    stage.clock.advance(HEARTBEAT / 2)
    await stage.follow()
    assert stage.roster.beats == [*before, (at(4), False)]


async def test_an_early_report_that_failed_is_owed_to_the_next_poll(stage: FollowerStage) -> None:
    stage.roster.deaf = True
    stage.offer(stage.journal.commit())
    await stage.follower.report_early()
    assert stage.stats.heartbeat_failures == 1
    stage.roster.deaf = False
    await stage.follow()
    assert stage.roster.beats[-1] == (at(4), True)


async def test_whoever_waits_for_a_position_is_told_though_a_heartbeat_for_an_earlier_one_has_it_already(
    stage: FollowerStage,
) -> None:
    async with running(stage):
        (heard,) = stage.roster.hold()
        stage.journal.commit()
        stage.follower.kick()
        await until(lambda: not stage.roster.held, "the poll's heartbeat is on its way")
        stage.offer(stage.journal.commit())
        waiting = asyncio.create_task(stage.follower.reached(6, 20.0))
        await settle()
        # Of 5 has been told; its heartbeat waits for the poll's, and will be written with 6.
        stage.offer(stage.journal.commit())
        heard.set()
        assert await waiting
        assert told(stage)[-1] == 6


async def test_heartbeats_are_written_in_the_order_of_the_cursor(stage: FollowerStage) -> None:
    async with running(stage):
        first, second = stage.roster.hold(2)
        stage.offer(stage.journal.commit())
        await settle()
        stage.journal.commit()
        stage.follower.kick()
        await until(lambda: stage.proof.cursor == at(5), "the poll's entry")
        second.set()
        await settle()
        first.set()
        await until(lambda: told(stage)[-1] == 5, "a heartbeat with position 5")
        await settle()
        assert told(stage) == sorted(told(stage))


async def test_what_the_journal_turns_out_not_to_have_is_held_no_longer(stage: FollowerStage) -> None:
    stage.offer(entry(9))
    await stage.follow()
    assert len(stage.follower._held) == 0


async def test_what_comes_before_the_first_sync_is_applied_after_it(tmp_path: Path) -> None:
    stage = FollowerStage(tmp_path)
    answers = stage.journal.hold(2)
    polling = stage.polling()
    answers[0].look()
    await answers[0].asked.wait()
    await settle()
    stage.offer(stage.journal.commit())
    for answer in answers:
        answer.look()
        answer.end()
    await polling
    assert (stage.proof.cursor, stage.applied.applied) == (at(4), [4])


async def test_this_process_own_commit_needs_no_poll(stage: FollowerStage) -> None:
    stage.follower.committed(stage.journal.commit())
    assert stage.proof.cursor == at(4)


async def test_a_commit_before_the_first_sync_is_left_to_it(tmp_path: Path) -> None:
    stage = FollowerStage(tmp_path)
    stage.follower.committed(stage.journal.commit())
    assert stage.follower.epoch() is None
    await stage.follow()
    assert (stage.proof.cursor, stage.follower.epoch()) == (at(4), "e1")


async def test_an_entry_is_told_here_at_once_and_to_the_roster_in_a_lull(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.journal.reporter.LULL", 3600.0)
    lull = asyncio.Event()

    async def until_lull() -> None:
        await lull.wait()

    stage = FollowerStage(tmp_path, lull=until_lull)
    await stage.follow()
    waiting = asyncio.create_task(stage.follower.reached(4, TIMEOUT))
    await settle()
    stage.offer(stage.journal.commit())
    reporting = asyncio.create_task(stage.follower.report_early())
    await settle()
    assert waiting.done()
    assert told(stage) == [3]
    lull.set()
    await reporting
    assert told(stage) == [3, 4]


async def test_a_lull_that_does_not_come_puts_a_report_off_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.journal.reporter.LULL", 0.0)

    async def never() -> None:
        await asyncio.Event().wait()

    stage = FollowerStage(tmp_path, lull=never)
    await stage.follow()
    stage.offer(stage.journal.commit())
    await stage.follower.report_early()
    assert told(stage) == [3, 4]


@pytest.mark.parametrize(("front", "looks"), [("none", 0), ("nginx", 1)])
async def test_only_who_looks_after_a_front_looks_at_the_others_for_what_came_early(
    tmp_path: Path, front: str, looks: int
) -> None:
    stage = FollowerStage(tmp_path, front=front)
    await stage.follow()
    before = stage.roster.looks
    stage.offer(stage.journal.commit())
    await stage.follower.report_early()
    assert (before, stage.roster.looks) == (1, before + looks)
