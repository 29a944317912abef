"""Claims about what a writer tells the stream."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from edge.journal.announcer import AT_ONCE, UNUSED, WAITING, RedisAnnouncer, stream_name
from edge.journal.latest import FIELD, LATEST, LATEST_SECONDS, Enclosed, enclosed_in, latest_name
from edge.journal.redis_client import open_client
from edge.journal.wire import load_entry
from edge.model.stats import Stats
from tests.support.journal import EPOCH, entry
from tests.support.polling import settle, until
from tests.support.redis import Server

pytestmark = pytest.mark.anyio


def announcer_at(server: Server, stats: Stats, timeout: float = 10.0) -> RedisAnnouncer:
    return RedisAnnouncer(open_client(server.place, timeout), str(server.place), stats, timeout)


@pytest.fixture
def stats() -> Stats:
    return Stats()


@pytest.fixture
async def announcer(redis: Server, stats: Stats) -> AsyncIterator[RedisAnnouncer]:
    made = announcer_at(redis, stats)
    yield made
    await made.close()


def told(server: Server, epoch: str = EPOCH) -> list[int]:
    with server.asked() as asked:
        found = asked.xrange(stream_name(epoch))
    return [load_entry(fields[FIELD]).position for _, fields in found]


async def test_every_entry_is_told_in_the_order_of_the_commits(
    redis: Server, announcer: RedisAnnouncer, stats: Stats
) -> None:
    count = AT_ONCE * 2 + 7
    for position in range(1, count + 1):
        announcer.announce(EPOCH, entry(position))
        if position % 50 == 0:
            await asyncio.sleep(0)
    await announcer.flush()
    assert told(redis) == list(range(1, count + 1))
    assert (stats.announced, stats.announce_failures) == (count, 0)


async def test_commits_that_return_in_the_other_order_are_put_right(redis: Server, announcer: RedisAnnouncer) -> None:
    for position in (2, 1, 3):
        announcer.announce(EPOCH, entry(position))
    await announcer.flush()
    assert told(redis) == [1, 2, 3]


async def test_each_epoch_has_a_stream_of_its_own(redis: Server, announcer: RedisAnnouncer) -> None:
    announcer.announce("e1", entry(1))
    announcer.announce("e2", entry(2))
    await announcer.flush()
    assert (told(redis, "e1"), told(redis, "e2")) == ([1], [2])


async def test_the_stream_of_an_epoch_that_ended_goes_away_by_itself(redis: Server, announcer: RedisAnnouncer) -> None:
    announcer.announce(EPOCH, entry(1))
    await announcer.flush()
    with redis.asked() as asked:
        assert 0 < asked.ttl(stream_name(EPOCH)) <= UNUSED


async def test_the_stream_is_capped(redis: Server, announcer: RedisAnnouncer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.journal.announcer.KEPT", 100)
    for position in range(1, WAITING):
        announcer.announce(EPOCH, entry(position))
    await announcer.flush()
    positions = told(redis)
    # About: Redis drops whole nodes of its tree, by default of a hundred entries each.
    assert positions[-1] == WAITING - 1
    assert len(positions) < 300


async def test_what_waits_is_bounded_and_what_does_not_fit_is_counted(own_redis: Server, stats: Stats) -> None:
    own_redis.freeze()
    announcer = announcer_at(own_redis, stats, timeout=0.1)
    for position in range(1, WAITING + 6):
        announcer.announce(EPOCH, entry(position))
    assert stats.announce_failures == 5
    own_redis.thaw()
    await announcer.close()


async def test_failures_are_counted_and_said_once_and_so_is_their_end(own_redis: Server, stats: Stats) -> None:
    own_redis.stop()
    announcer = announcer_at(own_redis, stats)
    with capture_logs() as logs:
        for position in range(1, 4):
            announcer.announce(EPOCH, entry(position))
            await announcer.flush()
        own_redis.start()
        for position in range(4, 6):
            announcer.announce(EPOCH, entry(position))
            await announcer.flush()
    await announcer.close()
    assert [(line["log_level"], line["event"]) for line in logs] == [
        ("warning", "redis does not answer"),
        ("info", "redis answers again"),
    ]
    assert (stats.announce_failures, stats.announced) == (3, 2)
    # What could not be told is not told later: it would stand in the way of what is new.
    assert told(own_redis) == [4, 5]


async def test_closing_gives_up_what_redis_does_not_take_and_counts_it(own_redis: Server, stats: Stats) -> None:
    announcer = announcer_at(own_redis, stats, timeout=0.1)
    own_redis.freeze()
    count = 3 * AT_ONCE
    for position in range(1, count + 1):
        announcer.announce(EPOCH, entry(position))
    await announcer.close()
    assert stats.announce_failures == count
    own_redis.thaw()


class Documents:
    """Those of one entry, ready when the test says so."""

    def __init__(self, **enclosed: bytes) -> None:
        self.asked, self.laid = asyncio.Event(), asyncio.Event()
        self.enclosed = enclosed

    async def ready(self) -> Enclosed:
        self.asked.set()
        await self.laid.wait()
        return self.enclosed


async def test_an_entry_is_told_when_its_documents_are_ready(redis: Server, announcer: RedisAnnouncer) -> None:
    documents = Documents()
    announcer.announce(EPOCH, entry(1), documents.ready)
    await documents.asked.wait()
    await settle()
    assert told(redis) == []
    documents.laid.set()
    await announcer.flush()
    assert told(redis) == [1]


async def test_what_follows_an_entry_that_waits_is_told_after_it(redis: Server, announcer: RedisAnnouncer) -> None:
    first, second = Documents(), Documents()
    announcer.announce(EPOCH, entry(1), first.ready)
    announcer.announce(EPOCH, entry(2), second.ready)
    second.laid.set()
    await settle()
    first.laid.set()
    await announcer.flush()
    assert told(redis) == [1, 2]


async def test_what_is_ready_does_not_take_along_what_is_not(redis: Server, announcer: RedisAnnouncer) -> None:
    first, second = Documents(), Documents()
    announcer.announce(EPOCH, entry(1), first.ready)
    announcer.announce(EPOCH, entry(2), second.ready)
    first.laid.set()
    await until(lambda: bool(told(redis)), "the first entry")
    assert told(redis) == [1]
    second.laid.set()


async def test_what_is_urgent_waits_for_nothing_nor_does_what_is_before_it(
    redis: Server, announcer: RedisAnnouncer
) -> None:
    announcer.announce(EPOCH, entry(1), Documents().ready)
    announcer.announce(EPOCH, entry(2))
    await announcer.flush()
    assert told(redis) == [1, 2]


@pytest.mark.parametrize("preparing", [0.0, 3600.0], ids=["too slow", "broken"])
async def test_an_entry_whose_documents_do_not_come_is_told_all_the_same(
    redis: Server, announcer: RedisAnnouncer, monkeypatch: pytest.MonkeyPatch, preparing: float
) -> None:
    monkeypatch.setattr("edge.journal.announcer.PREPARING", preparing)

    async def broken() -> Enclosed:
        raise LookupError

    announcer.announce(EPOCH, entry(1), broken if preparing else Documents().ready)
    await announcer.flush()
    assert told(redis) == [1]


async def test_closing_tells_what_waits(redis: Server, stats: Stats) -> None:
    announcer = announcer_at(redis, stats)
    announcer.announce(EPOCH, entry(1), Documents().ready)
    await announcer.close()
    assert told(redis) == [1]


def told_with_documents(server: Server) -> list[tuple[int, Enclosed]]:
    with server.asked() as asked:
        found = asked.xrange(latest_name(EPOCH))
    return [(load_entry(fields[FIELD]).position, enclosed_in(fields)) for _, fields in found]


def enclosing(**enclosed: bytes) -> Documents:
    documents = Documents(**enclosed)
    documents.laid.set()
    return documents


async def test_documents_go_with_their_entry_before_the_journals_stream_has_it(
    redis: Server, announcer: RedisAnnouncer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.journal.announcer.LULL", 3600.0)
    announcer.announce(EPOCH, entry(1), enclosing(settings=b"1", loader=b"2").ready)
    await until(lambda: bool(told_with_documents(redis)), "it is told with its documents")
    assert told_with_documents(redis) == [(1, {"settings": b"1", "loader": b"2"})]
    assert told(redis) == []
    # Whatever comes next hurries it.
    announcer.announce(EPOCH, entry(2))
    await announcer.flush()
    assert told(redis) == [1, 2]


async def test_who_waits_for_an_entry_to_be_told_waits_until_redis_has_it_and_no_longer(
    redis: Server, announcer: RedisAnnouncer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.journal.announcer.LULL", 3600.0)
    documents = Documents(settings=b"1")
    announcer.announce(EPOCH, entry(1), documents.ready)
    waiting = asyncio.create_task(announcer.told(1))
    await documents.asked.wait()
    await settle()
    assert not waiting.done()
    documents.laid.set()
    await waiting
    assert told_with_documents(redis) == [(1, {"settings": b"1"})]
    assert told(redis) == []
    for long_over in (0, 1):
        await announcer.told(long_over)


async def test_who_waits_for_an_entry_that_is_given_up_waits_no_longer(own_redis: Server, stats: Stats) -> None:
    announcer = announcer_at(own_redis, stats, timeout=0.1)
    own_redis.freeze()
    announcer.announce(EPOCH, entry(1))
    await announcer.told(1)
    assert stats.announce_failures == 1
    last = 3 * AT_ONCE
    for position in range(2, last + 1):
        announcer.announce(EPOCH, entry(position))
    waiting = asyncio.create_task(announcer.told(last))
    await announcer.close()
    await waiting
    own_redis.thaw()


async def test_after_a_lull_the_journals_stream_has_what_was_told_with_documents(
    redis: Server, announcer: RedisAnnouncer, stats: Stats
) -> None:
    announcer.announce(EPOCH, entry(1), enclosing(settings=b"1").ready)
    await announcer.flush()
    assert (told(redis), stats.announced) == ([1], 1)


async def test_what_has_no_documents_is_in_the_journals_stream_alone(redis: Server, announcer: RedisAnnouncer) -> None:
    announcer.announce(EPOCH, entry(1))
    announcer.announce(EPOCH, entry(2), enclosing().ready)
    await announcer.flush()
    assert (told(redis), told_with_documents(redis)) == ([1, 2], [])


async def test_only_the_latest_are_kept_with_their_documents_and_not_for_long(
    redis: Server, announcer: RedisAnnouncer
) -> None:
    for position in range(1, LATEST + 4):
        announcer.announce(EPOCH, entry(position), enclosing(settings=b"%d" % position).ready)
    await announcer.flush()
    assert [position for position, _ in told_with_documents(redis)] == list(range(4, LATEST + 4))
    with redis.asked() as asked:
        assert 0 < asked.ttl(latest_name(EPOCH)) <= LATEST_SECONDS
    assert told(redis) == list(range(1, LATEST + 4))
