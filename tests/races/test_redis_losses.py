"""I5, I6, I12 and what Redis may cost: with it down, wiped, restarted empty, trimmed, frozen, failed over to a replica
that lagged, or with nobody telling it, a change costs at most a poll more. No node ceases to be ready, none resyncs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.journal.announcer import stream_name
from tests.races.redis_fleet import NEVER, Worker, fleet
from tests.support.polling import DEADLINE, until, until_async
from tests.support.redis import SERVICE, Sentinel, Server, replica_of, sentinel_url

pytestmark = pytest.mark.anyio
POLLS = 2
"""One that was under way at the commit, and did not see it; and the one that brings it."""


async def brings(writer: Worker, reader: Worker, api_key: str, *, told: bool = True) -> None:
    """A change is in ``reader``'s next answer after no more polls than it needs without Redis."""
    polls = reader.stats.polls
    entry = await writer.configure(api_key, told=told)
    await reader.reached(entry.position)
    assert reader.stats.polls <= polls + POLLS
    assert await reader.api_key() == api_key
    assert [await worker.readiness() for worker in (writer, reader)] == ["200 ready"] * 2


async def brings_early(writer: Worker, reader: Worker) -> None:
    """Sooner or later the stream works again, and brings a change before a poll does."""
    early, number = reader.stats.stream_applied, 0

    async def came_early() -> bool:
        nonlocal number
        number += 1
        await brings(writer, reader, f"healed-{number}")
        return reader.stats.stream_applied > early

    await until_async(came_early, "a change brought by the stream", 2 * DEADLINE)


def no_resync(*workers: Worker) -> bool:
    return all(worker.stats.resyncs == 0 for worker in workers)


def stopped(server: Server) -> None:
    server.stop()


def frozen(server: Server) -> None:
    server.freeze()


def restarted_empty(server: Server) -> None:
    server.restart()


def wiped(server: Server) -> None:
    with server.asked() as asked:
        asked.flushall()


def trimmed(server: Server) -> None:
    with server.asked() as asked:
        for name in asked.keys(stream_name("*")):
            asked.xtrim(name, maxlen=0, approximate=False)


def heal(server: Server) -> None:
    server.thaw() if server.alive else server.start()


LOSSES = [stopped, frozen, restarted_empty, wiped, trimmed]


@pytest.mark.parametrize("lose", LOSSES)
async def test_whatever_redis_loses_a_change_costs_at_most_a_poll_more_and_every_node_stays_ready(
    tmp_path: Path, own_redis: Server, lose: Callable[[Server], None]
) -> None:
    async with fleet(tmp_path, own_redis.url) as (writer, reader):
        await brings_early(writer, reader)
        lose(own_redis)
        for number in range(3):
            await brings(writer, reader, f"after-the-loss-{number}")
        heal(own_redis)
        await brings_early(writer, reader)
        assert no_resync(writer, reader)


async def test_writers_that_tell_nobody_cost_at_most_a_poll_more(tmp_path: Path, redis: Server) -> None:
    async with fleet(tmp_path, redis.url) as (writer, reader):
        for number in range(3):
            await brings(writer, reader, f"untold-{number}", told=False)
        assert reader.stats.stream_applied == 0
        await brings_early(writer, reader)


async def test_a_change_that_was_told_needs_no_poll_and_neither_does_one_of_the_process_itself(
    tmp_path: Path, redis: Server
) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, reader):
        polls = [worker.stats.polls for worker in (writer, reader)]
        for number in range(5):
            entry = await writer.configure(f"told-{number}")
            assert writer.position == entry.position
            await reader.reached(entry.position)
            assert await reader.api_key() == f"told-{number}"
        assert [worker.stats.polls for worker in (writer, reader)] == polls
        assert [worker.stats.stream_applied for worker in (writer, reader)] == [5, 5]


async def test_one_lost_announcement_is_noticed_by_the_next(tmp_path: Path, redis: Server) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, reader):
        await writer.configure("lost", told=False)
        entry = await writer.configure("told")
        await reader.reached(entry.position)
        assert await reader.api_key() == "told"
        assert reader.stats.stream_gaps == 1


async def test_redis_that_is_down_at_the_start_is_no_error_and_used_once_it_is_there(
    tmp_path: Path, own_redis: Server
) -> None:
    own_redis.stop()
    async with fleet(tmp_path, own_redis.url) as (writer, reader):
        await brings(writer, reader, "without-redis")
        own_redis.start()
        await brings_early(writer, reader)


async def test_a_failover_to_a_replica_that_lagged_costs_at_most_a_poll_more(tmp_path: Path) -> None:
    master = Server(tmp_path / "master")
    replica = replica_of(master, tmp_path / "replica")
    sentinel = Sentinel(tmp_path / "sentinel", master)
    try:
        with sentinel.asked() as asked:
            await until(lambda: bool(asked.sentinel_slaves(SERVICE)), "Sentinel knows the replica")
        async with fleet(tmp_path / "data", sentinel_url([sentinel])) as (writer, reader):
            await brings_early(writer, reader)
            replica.freeze()
            await brings(writer, reader, "never-at-the-replica")
            master.stop()
            replica.thaw()
            await brings(writer, reader, "while-it-fails-over")
            with replica.asked() as asked:
                await until(lambda: asked.role()[0] == b"master", "the replica is the master", 2 * DEADLINE)
            await brings_early(writer, reader)
            assert no_resync(writer, reader)
    finally:
        for server in (sentinel, replica, master):
            server.stop()
