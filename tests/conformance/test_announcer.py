"""What every announcer guarantees, in whatever state Redis is: a write is never delayed by it, and never fails."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from edge.journal.announcer import Announcer, NullAnnouncer, RedisAnnouncer
from edge.journal.redis_client import open_client
from edge.model.redis_url import parse_redis_url
from edge.model.stats import Stats
from loadtest.fleet.ports import free_port
from tests.support.journal import EPOCH, entry
from tests.support.redis import Server

pytestmark = pytest.mark.anyio
TIMEOUT = 0.2
GENEROUS = 20.0


def at_port(port: int) -> RedisAnnouncer:
    place = parse_redis_url(f"redis://127.0.0.1:{port}")
    return RedisAnnouncer(open_client(place, TIMEOUT), str(place), Stats(), TIMEOUT)


@contextlib.contextmanager
def null(_server: Server) -> Iterator[Announcer]:
    yield NullAnnouncer()


@contextlib.contextmanager
def up(server: Server) -> Iterator[Announcer]:
    yield at_port(server.port)


@contextlib.contextmanager
def down(_server: Server) -> Iterator[Announcer]:
    yield at_port(free_port())


@contextlib.contextmanager
def frozen(server: Server) -> Iterator[Announcer]:
    server.freeze()
    yield at_port(server.port)
    server.thaw()


@contextlib.contextmanager
def full(server: Server) -> Iterator[Announcer]:
    """Redis refuses every write."""
    with server.asked() as asked:
        asked.config_set("maxmemory", 1)
    yield at_port(server.port)


STATES: dict[str, Callable[[Server], contextlib.AbstractContextManager[Announcer]]] = {
    "null": null,
    "up": up,
    "down": down,
    "frozen": frozen,
    "full": full,
}


@pytest.fixture(params=list(STATES.values()), ids=list(STATES))
async def announcer(request: pytest.FixtureRequest, own_redis: Server) -> AsyncIterator[Announcer]:
    with request.param(own_redis) as made:
        yield made
        await made.close()


async def test_announcing_returns_before_anything_else_runs(announcer: Announcer) -> None:
    ran: list[str] = []
    asyncio.get_running_loop().call_soon(ran.append, "something else")
    for position in range(1, 5000):
        announcer.announce(EPOCH, entry(position))
    assert ran == []


@pytest.mark.parametrize("last", ["flush", "close"])
async def test_what_is_told_or_not_is_settled_in_bounded_time(announcer: Announcer, last: str) -> None:
    ends: dict[str, Callable[[], Awaitable[None]]] = {"flush": announcer.flush, "close": announcer.close}
    announcer.announce(EPOCH, entry(1))
    async with asyncio.timeout(GENEROUS):
        await ends[last]()


async def test_it_may_be_closed_twice_and_flushed_with_nothing_told(announcer: Announcer) -> None:
    await announcer.flush()
    await announcer.close()
    await announcer.close()
