"""Connections of a PostgreSQL server: which one is taken, and that none can hang."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from edge.model.outcome import Found, Unavailable
from edge.publish.publication import Publisher, Wanted
from edge.publish.wire import Origin
from edge.store.engine import PROOF, autocommit, open_engine, writing
from edge.store.failures import STORE_FAILURES
from edge.store.head import lock_counter
from edge.store.journal_reader import JournalReader
from edge.store.roster import Roster
from edge.store.schema import metadata, roster_metadata
from tests.races.crashing import forked
from tests.support.polling import DEADLINE, until_async
from tests.support.postgres import URL_FILE, Cluster, cluster_started
from tests.support.world import IN_CLOUD, KEY, SECRET, World, make_world, open_world

pytestmark = pytest.mark.anyio

SETTINGS = Wanted("settings", KEY)
PATIENCE = 0.3
"""Seconds that a read may take where the server does not answer."""


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server that may be stopped and frozen."""
    with cluster_started() as cluster:
        yield cluster


@pytest.fixture
async def world(server: Cluster, tmp_path: Path) -> AsyncIterator[World]:
    with server.database() as name:
        (tmp_path / URL_FILE).write_text(server.url(name))
        world = await make_world(tmp_path)
        yield world
        await world.close()


@pytest.fixture
def publisher(world: World) -> Publisher:
    return Publisher(world.store, Origin("https://edge.example"), PATIENCE)


def url_of(world: World) -> str:
    return (world.directory / URL_FILE).read_text()


async def readable(publisher: Publisher) -> bool:
    return isinstance(await publisher.read(SETTINGS), Found)


async def test_store_and_roster_share_a_database_and_each_notes_its_own_version(world: World) -> None:
    await Roster(world.engine).prepare()
    await world.store.prepare()
    versions = ("alembic_version", "roster_version")
    async with autocommit(world.engine) as connection:
        tables = set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
        noted = [await connection.scalar(text(f"SELECT version_num FROM {name}")) for name in versions]
    assert tables == {*metadata.tables, *roster_metadata.tables, *versions}
    assert all(noted)


async def test_a_connection_is_told_its_limits_and_the_url_may_say_others(world: World) -> None:
    async def told(url: str) -> tuple[str, ...]:
        engine = open_engine(url)
        async with autocommit(engine) as connection:
            names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")
            values = [await connection.scalar(text(f"SHOW {name}")) for name in names]
        await engine.dispose()
        return tuple(values)

    assert await told(url_of(world)) == ("15s", "5s", "10s", "edgewise")
    assert await told(f"{url_of(world)}?lock_timeout=7s&application_name=x") == ("15s", "7s", "10s", "x")


async def test_a_peer_that_is_gone_without_a_word_is_noticed(world: World) -> None:
    async with autocommit(world.engine) as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        peer = driver._transport.get_extra_info("socket")
        assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10


async def test_a_server_s_socket_in_the_file_system_will_do(server: Cluster, world: World) -> None:
    engine = open_engine(server.socket_url(url_of(world).rpartition("/")[2]))
    assert (await JournalReader(engine).poll(2)).head.position == 2
    await engine.dispose()


async def test_no_table_holds_an_unpublished_setting_in_plain_text(server: Cluster, world: World) -> None:
    await world.commit(replace(IN_CLOUD, settings={"hook": "unpublished-value-0001"}))
    everything = server.sql(
        "SELECT convert_from(body, 'UTF8') FROM documents UNION ALL SELECT diff FROM journal "
        "UNION ALL SELECT convert_from(body, 'UTF8') FROM document_versions WHERE body IS NOT NULL",
        url_of(world).rpartition("/")[2],
    )
    assert "unpublished-value-0001" not in everything
    assert SECRET not in everything
    async with world.store.view() as view:
        assert (await view.destinations("s1"))[0].settings == {"hook": "unpublished-value-0001"}


async def test_reads_and_polls_end_in_time_while_the_server_stands_still(
    server: Cluster, world: World, publisher: Publisher
) -> None:
    assert await readable(publisher)
    with server.frozen():
        async with asyncio.timeout(DEADLINE):
            outcomes = await asyncio.gather(*(publisher.read(SETTINGS) for _ in range(30)))
            assert set(outcomes) == {Unavailable("store-timeout")}
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await world.journal.poll(2)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await world.configure("never-answered")
    await until_async(lambda: readable(publisher), "the server answers again")
    assert (await world.configure("next")).position in (3, 4)


async def test_an_outage_is_unavailable_while_it_lasts_and_over_when_it_is(
    server: Cluster, world: World, publisher: Publisher
) -> None:
    assert await readable(publisher)
    await asyncio.to_thread(server.stop)
    try:
        assert await publisher.read(SETTINGS) == Unavailable("store-unavailable")
        with pytest.raises(STORE_FAILURES):
            await world.journal.poll(2)
        with pytest.raises(STORE_FAILURES):
            await world.configure("lost")
    finally:
        await asyncio.to_thread(server.start)
    assert await readable(publisher)
    assert (await world.configure("next")).position == 3


@pytest.mark.parametrize("at_once", [False, True])
async def test_nobody_notices_a_restart_between_two_uses(
    server: Cluster, world: World, publisher: Publisher, at_once: bool
) -> None:
    assert await readable(publisher)
    await asyncio.to_thread(server.stop, at_once=at_once)
    await asyncio.to_thread(server.start)
    assert await readable(publisher)
    assert (await world.journal.poll(2)).head.position == 2
    assert (await world.configure("next")).position == 3


async def test_a_server_that_is_starting_up_is_a_failure_of_the_store(world: World) -> None:
    assert issubclass(asyncpg.CannotConnectNowError, STORE_FAILURES)
    assert issubclass(asyncpg.TooManyConnectionsError, STORE_FAILURES)
    assert issubclass(asyncpg.exceptions.TargetServerAttributeNotMatched, STORE_FAILURES)
    engine = open_engine(f"{url_of(world)}_absent")
    with pytest.raises(STORE_FAILURES):
        await JournalReader(engine).poll(2)
    await engine.dispose()


async def test_a_writer_that_gets_no_lock_fails_and_leaves_nothing(world: World) -> None:
    hurried = open_engine(f"{url_of(world)}?lock_timeout=100ms")
    async with writing(world.engine) as connection:
        await lock_counter(connection)
        with pytest.raises(DBAPIError, match="lock timeout"):
            async with writing(hurried) as other:
                await lock_counter(other)
    await hurried.dispose()
    assert (await world.configure("next")).position == 3


def test_a_writer_that_stands_still_holds_its_lock_for_a_while_only(server: Cluster, tmp_path: Path) -> None:
    """A node that is frozen in the midst of a commit, or whose machine is gone, must not end all writing."""

    async def hold() -> None:
        world = open_world(tmp_path)
        async with writing(world.engine) as connection:
            await lock_counter(connection)
            os.kill(os.getpid(), signal.SIGSTOP)

    async def next_write() -> int:
        world = open_world(tmp_path)
        position = (await world.configure("next")).position
        await world.close()
        return position

    async def prepare() -> None:
        await (await make_world(tmp_path)).close()

    with server.database() as name:
        (tmp_path / URL_FILE).write_text(f"{server.url(name)}?idle_in_transaction_session_timeout=300ms")
        asyncio.run(prepare())
        holder = forked(lambda: asyncio.run(hold()))
        try:
            _, status = os.waitpid(holder, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            assert asyncio.run(next_write()) == 3
        finally:
            os.kill(holder, signal.SIGKILL)
            os.waitpid(holder, 0)


async def test_a_poll_waits_for_no_transaction_however_many_there_are(world: World) -> None:
    proof = open_engine(url_of(world), PROOF)
    async with AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(writing(world.engine))
        assert (await JournalReader(proof).poll(2)).head.position == 2
    await proof.dispose()


async def test_the_heartbeats_of_a_change_open_no_connection_anew(world: World) -> None:
    engine = open_engine(url_of(world), PROOF)

    async def server_process() -> int:
        async with autocommit(engine) as connection:
            # Long enough for all of them to need a connection of their own.
            return int(await connection.scalar(text("SELECT pg_backend_pid() FROM pg_sleep(0.05)")))

    first, second = [set(await asyncio.gather(*(server_process() for _ in range(4)))) for _ in range(2)]
    assert second <= first
    await engine.dispose()


async def test_no_password_is_in_what_an_engine_shows(world: World) -> None:
    url = url_of(world).replace("edge@", "edge:hunter2@")
    engine = open_engine(f"{url}_absent")
    with pytest.raises(STORE_FAILURES, match="does not exist") as refused:
        await JournalReader(engine).poll(2)
    assert "hunter2" not in repr(engine) + repr(engine.url) + str(refused.value)
    await engine.dispose()


async def test_a_standby_is_refused_and_the_primary_taken_wherever_it_stands_in_the_url(server: Cluster) -> None:
    with server.database() as name, cluster_started(primary=server) as standby:
        alone = open_engine(standby.url(name))
        with pytest.raises(STORE_FAILURES, match="read-write"):
            await alone.connect()
        hosts = f"127.0.0.1:1,127.0.0.1:{standby.port},127.0.0.1:{server.port}"
        either = open_engine(f"postgresql://edge@{hosts}/{name}")
        async with autocommit(either) as connection:
            assert await connection.scalar(text("SHOW port")) == str(server.port)
        await alone.dispose()
        await either.dispose()
