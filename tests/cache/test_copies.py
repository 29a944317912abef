"""Claims about copies in Redis: under which keys, for how long, and over how many connections."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.cache.copies import AT_ONCE, NAMESPACE, CopiesError, RedisCopies
from edge.journal.redis_client import open_client
from edge.model.redis_url import parse_redis_url
from tests.support.polling import until_async
from tests.support.redis import Sentinel, Server, sentinel_url

pytestmark = pytest.mark.anyio
PATIENT = 20.0


@pytest.fixture
async def copies(redis: Server) -> AsyncIterator[RedisCopies]:
    made = RedisCopies(open_client(redis.place, PATIENT), PATIENT)
    yield made
    await made.close()


async def test_copies_stand_under_a_name_of_their_own_and_go_by_themselves(redis: Server, copies: RedisCopies) -> None:
    await copies.put("e1:build:settings:key", b"parcel", 60.0)
    name = f"{NAMESPACE}:e1:build:settings:key"
    with redis.asked() as asked:
        assert asked.keys() == [name.encode()]
        assert 0 < asked.ttl(name) <= 60


async def test_a_copy_is_gone_when_its_time_is_over(copies: RedisCopies) -> None:
    await copies.put("key", b"parcel", 0.05)

    async def gone() -> bool:
        return await copies.get("key") is None

    await until_async(gone, "the copy goes")


async def test_no_more_connections_are_opened_than_calls_have_room(redis: Server, copies: RedisCopies) -> None:
    await asyncio.gather(*(copies.get(f"key-{number}") for number in range(10 * AT_ONCE)))
    with redis.asked() as asked:
        # The test's own is one of them.
        assert len(asked.client_list()) <= AT_ONCE + 1


async def test_copies_are_reached_through_sentinels(tmp_path: Path) -> None:
    master = Server(tmp_path / "master")
    sentinel = Sentinel(tmp_path / "sentinel", master)
    copies = RedisCopies(open_client(parse_redis_url(sentinel_url([sentinel])), PATIENT), PATIENT)
    try:
        await copies.put("key", b"parcel", 60.0)
        with master.asked() as asked:
            assert asked.get(f"{NAMESPACE}:key") == b"parcel"
    finally:
        await copies.close()
        sentinel.stop()
        master.stop()


async def test_a_failure_says_which_kind_and_nothing_of_what_was_asked(own_redis: Server) -> None:
    own_redis.stop()
    copies = RedisCopies(open_client(own_redis.place, PATIENT), PATIENT)
    with pytest.raises(CopiesError) as failed:
        await copies.get("wk_secret_looking_key")
    assert str(failed.value) == "ConnectionError"
    await copies.close()
