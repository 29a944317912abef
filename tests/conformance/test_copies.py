"""What every store of copies guarantees: bytes as they were put, or nothing, or that it could not be asked in time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from edge.cache.copies import AT_ONCE, Copies, CopiesError, NoCopies, RedisCopies
from edge.journal.redis_client import open_client
from edge.model.redis_url import parse_redis_url
from loadtest.fleet.ports import free_port
from tests.support.redis import Server

pytestmark = pytest.mark.anyio
TIMEOUT = 0.3
GENEROUS = 20.0
ANY_BYTES = bytes(range(256)) * 3

State = Callable[[Server], contextlib.AbstractContextManager[Copies]]


def at_port(port: int, seconds: float) -> RedisCopies:
    return RedisCopies(open_client(parse_redis_url(f"redis://127.0.0.1:{port}"), seconds), seconds)


@contextlib.contextmanager
def none(_server: Server) -> Iterator[Copies]:
    yield NoCopies()


@contextlib.contextmanager
def up(server: Server) -> Iterator[Copies]:
    yield at_port(server.port, GENEROUS)


@contextlib.contextmanager
def down(_server: Server) -> Iterator[Copies]:
    yield at_port(free_port(), TIMEOUT)


@contextlib.contextmanager
def frozen(server: Server) -> Iterator[Copies]:
    server.freeze()
    yield at_port(server.port, TIMEOUT)
    server.thaw()


ANSWERING: dict[str, State] = {"none": none, "up": up}
STATES: dict[str, State] = {**ANSWERING, "down": down, "frozen": frozen}


@pytest.fixture(params=list(STATES.values()), ids=list(STATES))
async def copies(request: pytest.FixtureRequest, own_redis: Server) -> AsyncIterator[Copies]:
    with request.param(own_redis) as made:
        yield made
        await made.close()


@pytest.fixture(params=list(ANSWERING.values()), ids=list(ANSWERING))
async def answering(request: pytest.FixtureRequest, own_redis: Server) -> AsyncIterator[Copies]:
    with request.param(own_redis) as made:
        yield made
        await made.close()


async def test_what_is_put_is_what_is_got_or_nothing_is(answering: Copies) -> None:
    await answering.put("key", ANY_BYTES, 60.0)
    assert await answering.get("key") in (ANY_BYTES, None)
    assert await answering.get("other") is None


async def test_the_newest_put_is_got_or_nothing_is(answering: Copies) -> None:
    for parcel in (b"first", b"second"):
        await answering.put("key", parcel, 60.0)
    assert await answering.get("key") in (b"second", None)


async def test_a_call_is_answered_or_fails_as_said_in_bounded_time(copies: Copies) -> None:
    async with asyncio.timeout(GENEROUS):
        with contextlib.suppress(CopiesError):
            await copies.put("key", ANY_BYTES, 60.0)
        with contextlib.suppress(CopiesError):
            assert await copies.get("key") in (ANY_BYTES, None)


async def test_more_calls_than_have_room_at_once_are_answered_or_fail_as_said(copies: Copies) -> None:
    async def get(number: int) -> bytes | None:
        try:
            return await copies.get(f"key-{number}")
        except CopiesError:
            return None

    async with asyncio.timeout(GENEROUS):
        assert set(await asyncio.gather(*(get(number) for number in range(5 * AT_ONCE)))) == {None}


async def test_what_is_asked_for_at_once_is_asked_on_one_connection(own_redis: Server) -> None:
    with up(own_redis) as copies:
        await copies.put("key-1", ANY_BYTES, 60.0)
        with own_redis.asked() as asked:
            before = asked.info("stats")["total_connections_received"]
            assert await asyncio.gather(*(copies.get(f"key-{number}") for number in range(3))) == [
                None,
                ANY_BYTES,
                None,
            ]
            assert asked.info("stats")["total_connections_received"] == before
        await copies.close()
