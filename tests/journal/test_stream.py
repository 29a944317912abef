"""Claims about following the stream of a real Redis that is cut off, emptied, frozen and refilled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from edge.journal import stream
from edge.journal.announcer import RedisAnnouncer, stream_name
from edge.journal.latest import FIELD, Enclosed, fields_of, latest_name
from edge.journal.redis_client import open_client
from edge.journal.stream import FIRST_PAUSE, LONGEST_PAUSE, Stream, pause, stream_id
from edge.journal.wire import dump_entry
from edge.model.change import Entry
from edge.model.redis_url import parse_redis_url
from edge.model.stats import Stats
from tests.support.journal import EPOCH, entry
from tests.support.polling import settle, until
from tests.support.redis import Server
from tests.support.tcp import relay_to

pytestmark = pytest.mark.anyio
TIMEOUT = 1.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 0.1)


class Listener:
    """A stream's follower, what it was offered, and the epoch that it is told."""

    def __init__(self, port: int, epoch: str | None = EPOCH) -> None:
        self.offered: list[tuple[str, int]] = []
        self.received: list[tuple[int, Enclosed]] = []
        """What came with entries, and how many had been offered by then."""
        self.epoch = epoch
        self.stats = Stats()
        place = parse_redis_url(f"redis://127.0.0.1:{port}")
        self.stream = Stream(
            open_client(place, TIMEOUT, stream.BLOCK),
            str(place),
            offer=self.offer,
            receive=self.receive,
            epoch=lambda: self.epoch,
            stats=self.stats,
            timeout=TIMEOUT,
            jitter=lambda: 0.0,
        )

    def offer(self, epoch: str, offered: Entry) -> None:
        self.offered.append((epoch, offered.position))

    def receive(self, enclosed: Enclosed) -> None:
        self.received.append((len(self.offered), enclosed))

    @property
    def positions(self) -> list[int]:
        return [position for _, position in self.offered]

    async def follows(self) -> None:
        await until(lambda: self.stream._followed is not None, "it follows")

    async def heard(self, *positions: int) -> None:
        await until(lambda: self.positions == list(positions), f"{positions}, not {self.positions}")


@asynccontextmanager
async def listening(port: int, epoch: str | None = EPOCH) -> AsyncIterator[Listener]:
    listener = Listener(port, epoch)
    task = asyncio.create_task(listener.stream.run())
    yield listener
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def announce(server: Server, *positions: int, epoch: str = EPOCH) -> None:
    announcer = RedisAnnouncer(open_client(server.place, 10.0), str(server.place), Stats(), 10.0)
    for position in positions:
        announcer.announce(epoch, entry(position))
    await announcer.close()


async def test_what_is_announced_is_offered_in_its_order(redis: Server) -> None:
    async with listening(redis.port) as listener:
        await announce(redis, 1, 2, 3)
        await listener.heard(1, 2, 3)
        await announce(redis, 4)
        await listener.heard(1, 2, 3, 4)


def tell_with_documents(server: Server, position: int, **enclosed: bytes) -> None:
    with server.asked() as asked:
        asked.xadd(latest_name(EPOCH), fields_of(entry(position), enclosed))


async def test_documents_are_received_before_the_entry_that_they_came_with_is_offered(redis: Server) -> None:
    async with listening(redis.port) as listener:
        await listener.follows()
        tell_with_documents(redis, 1, settings=b"1", loader=b"2")
        await listener.heard(1)
        assert listener.received == [(0, {"settings": b"1", "loader": b"2"})]
        # Said once more by the other stream: the follower knows it.
        await announce(redis, 1, 2)
        await listener.heard(1, 1, 2)
        assert len(listener.received) == 1


async def test_what_was_told_with_documents_before_the_node_began_to_listen_is_left_to_the_journals_stream(
    redis: Server,
) -> None:
    tell_with_documents(redis, 1, settings=b"1")
    await announce(redis, 1)
    async with listening(redis.port) as listener:
        await listener.heard(1)
        tell_with_documents(redis, 2, settings=b"2")
        await listener.heard(1, 2)
        assert listener.received == [(1, {"settings": b"2"})]


@pytest.mark.parametrize("loss", ["emptied", "older ids"])
async def test_i6_what_is_told_with_documents_is_heard_after_their_stream_was_lost(redis: Server, loss: str) -> None:
    async with listening(redis.port) as listener:
        await listener.follows()
        tell_with_documents(redis, 1, settings=b"1")
        await listener.heard(1)
        with redis.asked() as asked:
            asked.delete(latest_name(EPOCH))
            if loss == "older ids":
                asked.xadd(latest_name(EPOCH), fields_of(entry(2), {}), id="5-1")
                await until(lambda: listener.stream._latest == (5, 1), "the place is found anew")
                asked.xadd(latest_name(EPOCH), fields_of(entry(3), {"settings": b"3"}), id="5-2")
            else:
                tell_with_documents(redis, 3, settings=b"3")
        await listener.heard(1, 3)
        assert listener.received[-1] == (1, {"settings": b"3"})


async def test_what_was_announced_just_before_the_node_began_to_listen_is_offered_too(redis: Server) -> None:
    await announce(redis, 1, 2)
    async with listening(redis.port) as listener:
        await listener.heard(1, 2)
        await announce(redis, 3)
        await listener.heard(1, 2, 3)


async def test_of_a_long_stream_only_the_end_is_read_by_a_node_that_begins_to_listen(
    redis: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TAIL", 3)
    await announce(redis, *range(1, 10))
    async with listening(redis.port) as listener:
        await listener.heard(7, 8, 9)
        await announce(redis, 10)
        await listener.heard(7, 8, 9, 10)


async def test_nothing_is_read_until_the_node_knows_its_epoch(redis: Server) -> None:
    await announce(redis, 1)
    async with listening(redis.port, epoch=None) as listener:
        await announce(redis, 2)
        assert listener.offered == []
        listener.epoch = EPOCH
        await listener.heard(1, 2)


async def test_a_new_epoch_is_followed_in_its_own_stream(redis: Server) -> None:
    async with listening(redis.port) as listener:
        await announce(redis, 1)
        await listener.heard(1)
        await announce(redis, 2, epoch="e2")
        listener.epoch = "e2"
        await listener.heard(1, 2)
        await announce(redis, 3)
        await announce(redis, 3, epoch="e2")
        await listener.heard(1, 2, 3)
        assert listener.offered[1:] == [("e2", 2), ("e2", 3)]


async def test_i10_after_a_cut_exactly_what_was_missed_is_offered_in_order(redis: Server) -> None:
    async with relay_to(redis.port) as relay, listening(relay.port) as listener:
        await announce(redis, 1, 2)
        await listener.heard(1, 2)
        await relay.cut()
        await announce(redis, *range(3, 8))
        await until(lambda: listener.stats.stream_reconnects > 0, "the cut is noticed")
        assert listener.positions == [1, 2]
        await relay.open()
        await listener.heard(*range(1, 8))


async def test_i12_a_connection_that_only_looks_alive_is_given_up_and_made_anew(redis: Server) -> None:
    async with relay_to(redis.port) as relay, listening(relay.port) as listener:
        await announce(redis, 1)
        await listener.heard(1)
        relay.stall()
        await announce(redis, 2)
        await until(lambda: listener.stats.stream_reconnects > 0, "the stall is noticed")
        relay.resume()
        await until(lambda: 2 in listener.positions, "position 2")
        assert listener.positions == [1, 2]


async def test_i12_a_frozen_server_is_noticed_and_followed_again_when_it_thaws(own_redis: Server) -> None:
    async with listening(own_redis.port) as listener:
        await announce(own_redis, 1)
        await listener.heard(1)
        own_redis.freeze()
        await until(lambda: listener.stats.stream_reconnects > 0, "the silence is noticed")
        own_redis.thaw()
        await announce(own_redis, 2)
        await listener.heard(1, 2)


async def test_i6_a_server_restarted_empty_is_followed_from_its_beginning(own_redis: Server) -> None:
    async with listening(own_redis.port) as listener:
        await announce(own_redis, 1, 2)
        await listener.heard(1, 2)
        own_redis.restart()
        await announce(own_redis, 3)
        await listener.heard(1, 2, 3)


@pytest.mark.parametrize("loss", ["flushed", "trimmed"])
async def test_i6_a_stream_that_is_emptied_under_the_reader_is_followed_on(redis: Server, loss: str) -> None:
    async with listening(redis.port) as listener:
        await announce(redis, 1, 2)
        await listener.heard(1, 2)
        with redis.asked() as asked:
            asked.flushall() if loss == "flushed" else asked.xtrim(stream_name(EPOCH), maxlen=0, approximate=False)
        await announce(redis, 3)
        await listener.heard(1, 2, 3)


async def test_i6_a_stream_whose_newest_id_is_older_than_the_last_one_seen_is_begun_anew(redis: Server) -> None:
    async with listening(redis.port) as listener:
        await announce(redis, 1)
        await listener.heard(1)
        with redis.asked() as asked:
            asked.delete(stream_name(EPOCH))
            for sequence, position in ((1, 2), (2, 3)):
                asked.xadd(stream_name(EPOCH), {FIELD: dump_entry(entry(position))}, id=f"5-{sequence}")
        await listener.heard(1, 2, 3)


async def test_what_is_no_entry_is_counted_and_passed_over(redis: Server) -> None:
    async with listening(redis.port) as listener:
        with redis.asked() as asked:
            asked.xadd(stream_name(EPOCH), {FIELD: b"{}"})
            asked.xadd(stream_name(EPOCH), {"other": b"field"})
        await announce(redis, 1)
        await listener.heard(1)
        assert listener.stats.stream_unreadable == 2


async def test_something_else_under_its_name_is_a_failure_that_passes_with_it(redis: Server) -> None:
    with redis.asked() as asked:
        asked.set(stream_name(EPOCH), "no stream")
        async with listening(redis.port) as listener:
            await until(lambda: listener.stats.stream_reconnects > 0, "the failure")
            asked.delete(stream_name(EPOCH))
            await announce(redis, 1)
            await listener.heard(1)


async def test_an_outage_is_said_once_and_so_is_its_end(own_redis: Server) -> None:
    own_redis.stop()
    with capture_logs() as logs:
        async with listening(own_redis.port) as listener:
            await until(lambda: listener.stats.stream_reconnects > 2, "three failures")
            own_redis.start()
            await until(lambda: bool(logs) and logs[-1]["log_level"] == "info", "its end is said")
            await announce(own_redis, 1)
            await listener.heard(1)
    said = [(line["log_level"], line["event"]) for line in logs if line["part"] == "stream"]
    assert said == [("warning", "redis does not answer"), ("info", "redis answers again")]


async def test_it_ends_when_it_is_told_to_at_whatever_moment(redis: Server) -> None:
    for turns in range(60):
        listener = Listener(redis.port)
        task = asyncio.create_task(listener.stream.run())
        await settle(turns)
        if turns % 2:
            await listener.follows()
            await settle(turns)
        task.cancel()
        async with asyncio.timeout(20.0):
            await asyncio.gather(task, return_exceptions=True)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_a_pause_grows_to_its_longest_and_is_at_least_half_of_it(failures: int, jitter: float) -> None:
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 16))
    assert longest / 2 <= pause(failures, jitter) <= longest
    assert pause(failures, 1.0) >= pause(max(failures - 1, 0), 1.0)


def test_ids_are_compared_as_numbers() -> None:
    assert stream_id(b"999-10") < stream_id(b"1000-9") < stream_id(b"1000-10")
