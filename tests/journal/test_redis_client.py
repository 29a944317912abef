"""Claims about clients of Redis: each form of URL reaches a real server, and no call outlasts its time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from edge.journal.redis_client import FAILURES, close_client, open_client
from edge.model.redis_url import parse_redis_url
from loadtest.fleet.certificate import self_signed
from loadtest.fleet.ports import free_port
from tests.support.polling import DEADLINE, until, until_async
from tests.support.redis import Sentinel, Server, replica_of, sentinel_url
from tests.support.tcp import relay_to

pytestmark = pytest.mark.anyio
PATIENT = 10.0
"""Seconds for a call that is meant to be answered, however busy the machine."""


@asynccontextmanager
async def opened(url: str, seconds: float = PATIENT, block: float = 0.0) -> AsyncIterator[Redis]:
    client = open_client(parse_redis_url(url), seconds, block)
    yield client
    await close_client(client)


@pytest.mark.parametrize(
    "url",
    [
        lambda server: f"redis://127.0.0.1:{server.port}/3",
        lambda server: f"unix://{server.socket}?db=3",
    ],
    ids=["tcp", "unix"],
)
async def test_a_server_is_reached_in_the_database_that_the_url_names(
    redis: Server, url: Callable[[Server], str]
) -> None:
    async with opened(url(redis)) as client:
        await client.set("here", "yes")
    with redis.asked() as asked:
        asked.select(3)
        assert asked.get("here") == b"yes"


async def test_a_server_is_reached_over_tls_that_is_verified(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    port = free_port()
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(certificate))
    server = Server(tmp_path / "tls", "--tls-port", str(port), *files, "--tls-auth-clients", "no")
    try:
        async with opened(f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={certificate}") as client:
            assert await client.ping()
        async with opened(f"rediss://127.0.0.1:{port}/0") as client:
            with pytest.raises(RedisConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
                await client.ping()
    finally:
        server.stop()


async def test_a_password_is_given_and_a_wrong_one_is_a_failure_like_any_other(tmp_path: Path) -> None:
    server = Server(tmp_path / "redis", password="open sesame")
    try:
        async with opened(f"redis://:open%20sesame@127.0.0.1:{server.port}") as client:
            assert await client.ping()
        async with opened(f"redis://:wrong@127.0.0.1:{server.port}") as client:
            with pytest.raises(AuthenticationError) as refused:
                await client.ping()
        assert isinstance(refused.value, FAILURES)
        assert "wrong" not in str(refused.value)
    finally:
        server.stop()


async def test_sentinels_name_the_master_each_with_a_password_of_its_own(tmp_path: Path) -> None:
    master = Server(tmp_path / "master", password="m-secret")
    sentinel = Sentinel(tmp_path / "sentinel", master, password="s-secret", master_password="m-secret")
    url = sentinel_url([sentinel], credentials=":m-secret@", options="?sentinel_password=s-secret")
    try:
        async with opened(url) as client:
            await client.set("here", "yes")
        with master.asked() as asked:
            assert asked.get("here") == b"yes"
    finally:
        sentinel.stop()
        master.stop()


async def test_a_dead_sentinel_at_the_front_leaves_time_to_ask_the_next(tmp_path: Path) -> None:
    master = Server(tmp_path / "master")
    dead, sentinel = Server(tmp_path / "dead"), Sentinel(tmp_path / "sentinel", master)
    dead.freeze()
    try:
        async with opened(sentinel_url([dead, sentinel]), seconds=3.0) as client, asyncio.timeout(3.0):
            assert await client.ping()
    finally:
        for server in (sentinel, dead, master):
            server.stop()


async def test_after_a_failover_the_same_client_speaks_to_the_new_master(tmp_path: Path) -> None:
    master = Server(tmp_path / "master")
    replica = replica_of(master, tmp_path / "replica")
    sentinel = Sentinel(tmp_path / "sentinel", master)
    try:
        async with opened(sentinel_url([sentinel])) as client:
            await client.set("before", "yes")

            async def knows_the_replica() -> bool:
                with sentinel.asked() as asked:
                    return bool(asked.sentinel_slaves("edgewise"))

            await until_async(knows_the_replica, "Sentinel knows the replica")
            master.stop()

            async def written() -> bool:
                try:
                    return bool(await client.set("after", "yes"))
                except FAILURES:
                    return False

            await until_async(written, "the replica is the master", 2 * DEADLINE)
        with replica.asked() as asked:
            assert asked.get("after") == b"yes"
    finally:
        for server in (sentinel, replica, master):
            server.stop()


async def test_a_server_that_takes_what_is_sent_and_answers_nothing_is_given_up(own_redis: Server) -> None:
    async with opened(own_redis.url, seconds=0.2) as client:
        await client.ping()
        own_redis.freeze()
        with pytest.raises(RedisTimeoutError):
            await client.ping()
        own_redis.thaw()
        assert await client.ping()


async def test_a_blocking_read_has_its_blocking_time_and_the_timeout_and_no_more(redis: Server) -> None:
    async with relay_to(redis.port) as relay, opened(f"redis://127.0.0.1:{relay.port}", 0.3, block=0.3) as client:
        assert await client.xread({"nothing": "0-0"}, block=300) in ([], {})
        relay.stall()
        with pytest.raises(RedisTimeoutError):
            await client.xread({"nothing": "0-0"}, block=300)


async def test_nothing_is_sent_twice_behind_the_callers_back(redis: Server) -> None:
    async with relay_to(redis.port) as relay, opened(f"redis://127.0.0.1:{relay.port}") as client:
        await client.incr("count")
        relay.stall()
        counting = asyncio.ensure_future(client.incr("count"))
        await until(lambda: relay.holding == 1, "the command is on its way")
        await relay.drop()
        relay.resume()
        with pytest.raises(RedisConnectionError):
            await counting
    with redis.asked() as asked:
        assert asked.get("count") == b"1"
