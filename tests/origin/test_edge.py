"""An edge node beside its control node: the same guarantees as a node with a store, and one store read for many."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from edge.cache.cache import Answer
from edge.model.outcome import Unavailable
from edge.publish.publication import Wanted
from edge.settings import Settings
from tests.delivery.paths import ASSET, DOCUMENTS, LOADER, SETTINGS, UNKNOWN
from tests.origin.conftest import EdgeMaker
from tests.origin.stage import Control, Edge, edge_node, edge_settings
from tests.support.asgi import Reply
from tests.support.clock import HandClock
from tests.support.loopback import loopback
from tests.support.sqlite import copied, outage, put_back
from tests.support.world import CODE, IN_DEVICE, KEY, OTHER_KEY, SOURCE

pytestmark = pytest.mark.anyio
LEASE = 10.0
STALE = "edgewise; fwd=stale; detail=store-unavailable"


def api_key(reply: Reply) -> str:
    assert reply.status == 200, reply
    return str(orjson.loads(reply.body)["remotePlugins"][0]["settings"]["apiKey"])


async def test_a_change_is_in_the_first_answer_after_the_edge_node_has_applied_it(control: Control, edge: Edge) -> None:
    for number in range(3):
        await control.world.configure(f"key-{number}")
        await control.follow()
        await edge.follow()
        assert api_key(await edge.get(SETTINGS)) == f"key-{number}"


@pytest.mark.parametrize("path", list(DOCUMENTS.values()))
async def test_every_document_is_the_bytes_of_the_control_node(control: Control, edge: Edge, path: str) -> None:
    own, other = await edge.get(path), await control.get(path)
    assert (own.status, own.body, own["etag"]) == (200, other.body, other["etag"])
    assert own["edge-revision"] == other["edge-revision"]
    assert (await edge.get(path))["cache-status"] == "edgewise; hit"


async def test_an_unknown_key_is_404_and_becomes_known_when_it_is_made(control: Control, edge: Edge) -> None:
    assert (await edge.get(f"/v1/projects/{OTHER_KEY}/settings")).status == 404
    await control.world.commit(replace(SOURCE, write_keys=(KEY, OTHER_KEY)))
    await control.follow()
    await edge.follow()
    assert (await edge.get(f"/v1/projects/{OTHER_KEY}/settings")).status == 200


async def test_i22_the_file_that_a_manifest_names_is_read_through_the_edge_node(control: Control, edge: Edge) -> None:
    reply = await edge.get(ASSET)
    assert (reply.status, reply.body, reply["content-type"]) == (200, CODE.body, CODE.content_type)
    assert "immutable" in reply["cache-control"]
    assert (await edge.get(ASSET.replace(CODE.hash, "0" * 32))).status == 404


async def test_i22_a_file_that_cannot_be_asked_for_is_503_not_404(control: Control, edge: Edge) -> None:
    with outage(control.world.directory / "edgewise.db", "assets"):
        assert (await edge.get(ASSET)).status == 503
    assert (await edge.get(ASSET)).status == 200


async def test_a_receipt_waits_for_the_edge_node_and_names_it(control: Control, edge: Edge) -> None:
    change = await control.world.configure("second-api-key")
    await control.follow()
    assert (await control.receipt(change.position)).state == "pending"
    await edge.follow()
    done = await control.receipt(change.position)
    assert (done.state, [host.host for host in done.hosts]) == ("settled", ["control-host", "edge-host"])
    (row,) = [row for row in await control.ground.roster.rows() if row.host == "edge-host"]
    assert (row.role, row.cursor) == ("edge", change.position)


async def test_i12_cut_off_for_longer_than_the_lease_it_calls_nothing_fresh(control: Control, edge: Edge) -> None:
    await edge.get(SETTINGS)
    await control.world.configure("second-api-key")
    control.clock.advance(LEASE)
    await control.follow()
    reply = await edge.get(SETTINGS)
    assert (api_key(reply), reply["cache-status"]) == ("second-api-key", "edgewise; fwd=miss")
    with outage(control.world.directory / "edgewise.db"):
        control.clock.advance(LEASE)
        assert (await edge.get(SETTINGS))["cache-status"] == STALE


async def test_i30_invalidated_and_unreadable_is_last_known_good_and_revoked_is_503(
    control: Control, edge: Edge
) -> None:
    await edge.get(SETTINGS)
    for verb, status in (("invalidate", 200), ("revoke", 503)):
        await control.world.purge("source:s1", verb="revoke" if verb == "revoke" else "invalidate")
        await control.follow()
        await edge.follow()
        with outage(control.world.directory / "edgewise.db"):
            control.clock.advance(LEASE)
            reply = await edge.get(SETTINGS)
        assert reply.status == status
        if status == 200:
            assert reply["cache-status"] == STALE
        await control.follow()
        await edge.follow()


async def test_i35_losing_the_control_node_changes_what_readiness_says_never_its_code(
    control: Control, edge: Edge
) -> None:
    control.clock.advance(3600)
    reply = await edge.get("/readyz")
    assert (reply.status, orjson.loads(reply.body)["status"]) == (200, "degraded")
    await edge.follow()
    assert orjson.loads((await edge.get("/readyz")).body)["status"] == "ready"


async def test_a_control_node_that_answers_last_known_good_is_heard_by_an_edge_node_that_has_none(
    control: Control, edge: Edge
) -> None:
    await control.get(SETTINGS)
    control.clock.advance(60)
    await edge.follow()
    with outage(control.world.directory / "edgewise.db"):
        reply = await edge.get(SETTINGS)
        assert (reply.status, reply["cache-status"], reply["cache-control"]) == (
            200,
            STALE,
            "public, max-age=5, stale-if-error=0",
        )
        assert (await edge.get(LOADER)).status == 503


async def test_nothing_is_read_before_the_node_is_in_the_roster(control: Control, make_edge: EdgeMaker) -> None:
    edge = make_edge()
    await edge.start()
    for path in (SETTINGS, ASSET):
        assert (await edge.get(path)).status == 503
    assert control.node.ground.stats.fills == 0
    await edge.join()
    await edge.follow()
    assert (await edge.get(SETTINGS)).status == 200


@pytest.mark.parametrize("ahead", [3600.0, -3600.0, 0.4])
async def test_clocks_that_do_not_agree_make_no_answer_younger_than_it_is(
    control: Control, make_edge: EdgeMaker, ahead: float
) -> None:
    clock = HandClock(control.clock.wall + ahead)
    edge = make_edge(clock=clock)
    await edge.start()
    await edge.join()
    await edge.follow()
    await control.get(SETTINGS)
    read_at = clock.wall
    for one in (control.clock, clock):
        one.advance(4)
    answer = await edge.node.cache.get(Wanted("settings", KEY))
    assert isinstance(answer, Answer)
    assert answer.freshness == "fresh"
    assert answer.confirmed_at.wall == pytest.approx(read_at)


async def test_i31_three_edge_nodes_with_a_hundred_callers_each_cost_the_store_one_read(
    control: Control, make_edge: EdgeMaker
) -> None:
    edges = [make_edge(f"edge-{number}", host_id=f"h{number}") for number in range(3)]
    for edge in edges:
        await edge.start()
        await edge.join()
        await edge.follow()
    for purged in range(2):
        before = control.node.ground.stats.fills
        replies = await asyncio.gather(*(edge.get(SETTINGS) for edge in edges for _ in range(100)))
        assert {reply.status for reply in replies} == {200}
        assert control.node.ground.stats.fills - before == 1
        await control.world.purge("source:s1")
        await control.follow()
        for edge in edges:
            assert edge.outpost.stats.fills == purged + 1
            await edge.follow()


async def test_a_second_control_node_takes_over_and_the_first_one_back(
    control: Control, make_edge: EdgeMaker, url: str
) -> None:
    async with AsyncExitStack() as second:
        other = await second.enter_async_context(loopback(control.app))
        edge = make_edge(origins=(other, url))
        await edge.start()
        await edge.join()
        await edge.follow()
        await second.aclose()
        await control.world.configure("second-api-key")
        await control.follow()
        await edge.follow()
        assert api_key(await edge.get(SETTINGS)) == "second-api-key"
        port = int(other.rpartition(":")[2])
        async with loopback(control.app, port):
            assert edge.outpost.client._addresses.candidates(insist=False) == [url]
            edge.outpost.client._addresses.answered(other)
            assert edge.outpost.client._addresses.candidates(insist=False) == [other, url]
            await edge.follow()


async def test_another_journal_is_noticed_and_nothing_from_before_it_is_fresh(
    control: Control, edge: Edge, tmp_path: Path
) -> None:
    database = control.world.directory / "edgewise.db"
    copy = copied(database, tmp_path / "copy.db")
    await control.world.configure("lost-api-key")
    await control.follow()
    await edge.follow()
    assert api_key(await edge.get(SETTINGS)) == "lost-api-key"
    put_back(copy, database)
    await control.world.store.begin_epoch()
    await control.follow()
    await edge.follow()
    assert api_key(await edge.get(SETTINGS)) == "first-api-key"
    assert edge.outpost.stats.resyncs == 1


async def test_i6_what_a_control_node_has_of_a_life_that_ended_is_kept_by_no_edge_node_that_has_begun_anew(
    control: Control, edge: Edge, tmp_path: Path
) -> None:
    """An older store is put back, with its epoch, and the control node is the last to poll it."""
    database = control.world.directory / "edgewise.db"
    copy = copied(database, tmp_path / "copy.db")
    for number in range(3):
        await control.world.configure(f"lost-api-key-{number}")
    await control.follow()
    assert api_key(await control.get(SETTINGS)) == "lost-api-key-2"
    await edge.follow()
    put_back(copy, database)
    await edge.follow()
    assert edge.outpost.stats.resyncs == 1
    reply = await edge.get(SETTINGS)
    assert (api_key(reply), reply["cache-status"]) == ("lost-api-key-2", "edgewise; fwd=miss")
    # A change in the life that goes on is at a position which the lost reading claims to be beyond.
    await control.world.configure("new-api-key")
    await edge.follow()
    await control.follow()
    await edge.written()
    assert edge.outpost.stats.copies_written == 0
    for hit in (False, True):
        reply = await edge.get(SETTINGS)
        assert (api_key(reply), reply["cache-status"].endswith("hit")) == ("new-api-key", hit)


async def test_what_the_control_node_read_beyond_the_edge_nodes_place_is_kept_as_soon_as_that_is_reached(
    control: Control, edge: Edge
) -> None:
    await control.world.configure("second-api-key")
    await control.follow()
    for _ in range(2):
        reply = await edge.get(SETTINGS)
        assert (api_key(reply), reply["cache-status"]) == ("second-api-key", "edgewise; fwd=miss")
    await edge.follow()
    assert [(await edge.get(SETTINGS))["cache-status"] for _ in range(2)] == ["edgewise; fwd=miss", "edgewise; hit"]
    assert control.node.ground.stats.fills == 1


async def test_a_disabled_destination_is_gone_from_the_edge_node(control: Control, edge: Edge) -> None:
    await edge.get(SETTINGS)
    await control.world.commit(replace(IN_DEVICE, enabled=False))
    await control.follow()
    await edge.follow()
    assert orjson.loads((await edge.get(SETTINGS)).body)["remotePlugins"] == []


def test_polls_are_held_only_where_no_redis_brings_changes(tmp_path: Path) -> None:
    given = {"data_dir": tmp_path, "role": "edge", "origin_url": "http://c:8081", "origin_token": "t"}
    assert Settings.model_validate(given).held_polls() == 1.0
    assert Settings.model_validate(given | {"redis_url": "redis://r"}).held_polls() == 0.0
    assert Settings(data_dir=tmp_path).held_polls() == 0.0


async def test_a_node_without_a_way_to_any_control_node_says_unavailable(tmp_path: Path, clock: HandClock) -> None:
    edge = edge_node(edge_settings(tmp_path, ["http://127.0.0.1:9"], "t"), clock)
    await edge.start()
    assert await edge.node.cache.get(Wanted("settings", KEY)) == Unavailable("not-ready")
    reply = await edge.get(SETTINGS)
    assert (reply.status, reply["retry-after"], reply["cache-control"]) == (503, "1", "no-store")
    assert (await edge.get(f"/v1/projects/{UNKNOWN}/settings")).status == 503, "not even that a key is unknown is known"
    await edge.stop()
