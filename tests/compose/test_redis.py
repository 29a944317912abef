"""Claims about what a process has of Redis: by its settings, with the rights that docs/redis.md gives, to its end."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from edge.app import local_api, showing
from edge.cache.copies import NAMESPACE
from edge.cache.document_reader import Unshared
from edge.compose.ground import lay_ground
from edge.compose.node import build_node
from edge.compose.redis import open_ping
from edge.journal.announcer import NullAnnouncer, RedisAnnouncer
from edge.journal.latest import FIELD, latest_name
from edge.journal.stream import NoStream
from edge.journal.wire import load_entry
from edge.model.client import Client
from edge.model.instant import system_clock
from edge.settings import Settings
from tests.races.redis_fleet import NEVER, fleet, fleet_settings
from tests.support.asgi import call
from tests.support.polling import settle, until
from tests.support.redis import Sentinel, Server, sentinel_url
from tests.support.world import CLIENT_CODE, KEY, make_world

pytestmark = pytest.mark.anyio
DOCS = (Path(__file__).parents[2] / "docs" / "redis.md").read_text(encoding="utf-8")
LOADER = f"/analytics.js/v1/{KEY}/analytics.min.js"
DESTINATION = "/v1beta/workspaces/acme/sources/site/destinations/tally"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, nothing is told before it is ready, nor without its documents soon after it is told
    with them, and no answer given before it is told."""
    for module in ("edge.app", "edge.compose.node", "edge.journal.announcer"):
        monkeypatch.setattr(f"{module}.PREPARING", NEVER)
    monkeypatch.setattr("edge.journal.announcer.LULL", 1.0)


def client_of(api: ASGIApp, token: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=api)
    return httpx.AsyncClient(
        transport=transport, base_url="http://edge.test", headers={"Authorization": f"Bearer {token}"}
    )


async def test_without_a_url_there_is_nothing_of_it(tmp_path: Path) -> None:
    ground = lay_ground(Settings(data_dir=tmp_path), system_clock)
    node = build_node(ground)
    parts = (ground.announcer, node.stream, node.reader)
    assert [type(part) for part in parts] == [NullAnnouncer, NoStream, Unshared]
    await ground.close()


async def test_a_command_on_the_local_store_is_heard_by_running_nodes_before_they_poll(
    tmp_path: Path, redis: Server
) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (reader, _):
        polls = reader.stats.polls
        async with local_api(fleet_settings(tmp_path, redis.url)) as (api, token), client_of(api, token) as client:
            body = {"destination": {"enabled": False}, "update_mask": {"paths": ["destination.enabled"]}}
            answer = await client.patch(DESTINATION, json=body)
            assert answer.status_code == 200, answer.text
        await reader.reached(int(answer.headers["Edge-Position"]))
        assert (reader.stats.polls, reader.stats.stream_applied) == (polls, 1)


async def test_a_command_ends_though_redis_does_not_answer(tmp_path: Path, own_redis: Server) -> None:
    await (await make_world(tmp_path, system_clock)).close()
    own_redis.freeze()
    settings = fleet_settings(tmp_path, own_redis.url).model_copy(update={"redis_timeout": 0.1})
    async with local_api(settings) as (api, token), client_of(api, token) as client:
        body = {"destination": {"enabled": False}, "update_mask": {"paths": ["destination.enabled"]}}
        assert (await client.patch(DESTINATION, json=body)).status_code == 200
    own_redis.thaw()


async def test_what_a_starting_process_imports_is_heard_by_running_nodes_before_they_poll(
    tmp_path: Path, redis: Server
) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (reader, _):
        polls, before = reader.stats.polls, reader.position
        ground = lay_ground(fleet_settings(tmp_path, redis.url), system_clock)
        newer = Client("edgewise", "1000.0.0", CLIENT_CODE.hash, "1000.0.0")
        release = replace(ground.release, version="1000.0.0", client=newer)
        starting = replace(ground, release=release)
        await starting.prepare()
        await starting.close()
        await reader.reached(before + 1)
        assert reader.stats.polls == polls


async def test_nodes_spare_each_other_reads_and_after_a_change_the_first_request_is_a_hit(
    tmp_path: Path, redis: Server
) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as workers:
        assert sum(worker.stats.shared_hits for worker in workers) == 1
        writer, reader = workers
        entry = await writer.configure("second-api-key")
        await reader.reached(entry.position)
        await until(lambda: reader.stats.warmed >= 1 and not reader.node.cache._warmer._workers, "read ahead")
        reply = await call(reader.app, f"/v1/projects/{KEY}/settings")
        assert reply["cache-status"] == "edgewise; hit"
        assert b"second-api-key" in reply.body


@pytest.mark.usefixtures("patient")
async def test_a_change_comes_with_its_documents_and_nobody_asks_for_them(tmp_path: Path, redis: Server) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, reader):
        fills, puts, hits = writer.stats.fills, 0, reader.stats.shared_hits

        def asked_for_copies() -> int:
            with redis.asked() as asked:
                return int(asked.info("commandstats").get("cmdstat_get", {}).get("calls", 0))

        before = asked_for_copies()
        entry = await writer.configure("second-api-key")
        await reader.reached(entry.position)
        await until(lambda: reader.stats.shared_hits > hits, "it has its document")
        assert (writer.stats.fills, asked_for_copies()) == (fills + 1, before + puts)
        reply = await call(reader.app, f"/v1/projects/{KEY}/settings")
        assert reply["cache-status"] == "edgewise; hit"
        assert b"second-api-key" in reply.body


@pytest.mark.usefixtures("patient")
async def test_a_write_is_answered_when_its_own_node_shows_it(tmp_path: Path, redis: Server) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, _):
        entry = await writer.configure("second-api-key")
        assert await writer.node.shows(entry.position, 10.0)
        reply = await call(writer.app, f"/v1/projects/{KEY}/settings")
        assert reply["cache-status"] == "edgewise; hit"
        assert b"second-api-key" in reply.body


@pytest.mark.usefixtures("patient")
async def test_a_write_is_answered_when_all_others_have_been_told(tmp_path: Path, redis: Server) -> None:
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, _):
        shown = showing(writer.ground, writer.node)
        entry = await writer.configure("second-api-key")
        assert await shown(entry.position, 10.0)
        # Nothing else runs in this process until that is answered.
        with redis.asked() as asked:
            [(_, fields)] = asked.xrevrange(latest_name(str(writer.node.follower.epoch())), count=1)
        assert load_entry(fields[FIELD]).position == entry.position


async def test_a_write_is_answered_though_others_cannot_be_told(
    tmp_path: Path, redis: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_announcer: RedisAnnouncer, _position: int) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(RedisAnnouncer, "told", never)
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, _), asyncio.timeout(30):
        entry = await writer.configure("second-api-key")
        assert await showing(writer.ground, writer.node)(entry.position, 10.0)


async def test_what_came_early_is_told_the_roster_when_nobody_waits_for_it(
    tmp_path: Path, redis: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.compose.frontage.COURTESY", NEVER)
    async with fleet(tmp_path, redis.url, interval=NEVER) as (writer, _):
        lull = asyncio.ensure_future(writer.node.follower._reporter._lull())
        await settle()
        assert not lull.done()
        lull.cancel()


async def test_the_rights_in_the_docs_are_all_that_is_needed(tmp_path: Path, own_redis: Server) -> None:
    found = re.search(r"ACL SETUSER edgewise (.+)", DOCS)
    assert found is not None
    with own_redis.asked() as asked:
        asked.execute_command("ACL", "SETUSER", "edgewise", "reset", *found[1].split())
        asked.execute_command("ACL", "SETUSER", "default", "resetkeys", "-@all", "+@admin", "+keys", "+ping")
    url = own_redis.url.replace("redis://", "redis://edgewise:password@")
    with capture_logs() as logs:
        async with fleet(tmp_path, url, interval=NEVER) as (writer, reader):
            entry = await writer.configure("second-api-key")
            await reader.reached(entry.position)
            assert reader.stats.stream_applied == 1
            assert reader.stats.shared_hits >= 1
    assert [line for line in logs if line["log_level"] == "warning"] == []
    assert writer.stats.shared_errors + writer.stats.announce_failures + reader.stats.stream_reconnects == 0


async def test_the_rights_in_the_docs_are_all_that_is_needed_of_sentinels(tmp_path: Path, own_redis: Server) -> None:
    found = re.search(r"On Sentinels: `([^`]+)`", DOCS)
    assert found is not None
    sentinel = Sentinel(tmp_path / "sentinel", own_redis)
    try:
        with sentinel.asked() as asked:
            asked.execute_command("ACL", "SETUSER", "watcher", "on", ">secret", *found[1].split())
        url = sentinel_url([sentinel], options="?sentinel_username=watcher&sentinel_password=secret")
        async with fleet(tmp_path / "data", url, interval=NEVER) as (writer, reader):
            entry = await writer.configure("second-api-key")
            await reader.reached(entry.position)
            assert reader.stats.stream_applied == 1
    finally:
        sentinel.stop()


async def test_the_keys_in_redis_are_those_in_the_docs_and_hold_no_credential(tmp_path: Path, redis: Server) -> None:
    async with fleet(tmp_path, redis.url) as (writer, reader):
        await reader.reached((await writer.configure("second-api-key")).position)
        await call(reader.app, LOADER)
        with redis.asked() as asked:
            await until(lambda: len(asked.keys(f"{NAMESPACE}:*")) >= 2, "two copies")
            names = [name.decode() for name in asked.scan_iter()]
    assert {name.split(":")[1] for name in names} == {"journal", "latest", "copy"}
    documented = re.findall(r"\| `(edgewise:[^`]+)`", DOCS)
    patterns = [re.compile(re.sub(r"<[^>]+>", "[^:]+", name)) for name in documented]
    assert [name for name in names if not any(pattern.fullmatch(name) for pattern in patterns)] == []


def test_a_url_that_cannot_be_read_ends_the_start() -> None:
    with pytest.raises(ValueError, match="Sentinel's service"):
        Settings(redis_url=SecretStr("redis+sentinel://a,b"))


async def test_whether_redis_answers_is_asked_anew_each_time(tmp_path: Path, own_redis: Server) -> None:
    ping = open_ping(fleet_settings(tmp_path, own_redis.url))
    assert ping is not None
    assert await ping()
    own_redis.stop()
    assert not await ping()
    assert open_ping(Settings(data_dir=tmp_path)) is None
