"""Claims about the documents by write key, over the route table and a real store."""

import asyncio
import gzip
from dataclasses import replace
from typing import Any

import brotli
import orjson
import pytest

from edge.cache.cache import Answer
from edge.cache.reading import Reading
from edge.delivery.documents import UntaggedError
from edge.model.outcome import Outcome, Unavailable
from edge.model.tags import is_tag
from edge.publish.publication import KINDS, SCRIPTS, Kind, Wanted
from tests.delivery.conftest import Edge
from tests.delivery.paths import DOCUMENTS, INTEGRATIONS, LOADER, SETTINGS, UNKNOWN
from tests.support.asgi import Reply
from tests.support.polling import settle
from tests.support.sqlite import outage
from tests.support.world import KEY, OTHER_KEY, SECRET, SOURCE

pytestmark = pytest.mark.anyio
LEASE = 10.0
GZIP, BR = ("Accept-Encoding", "gzip"), ("Accept-Encoding", "br")


async def held_tags(edge: Edge, kind: Kind) -> frozenset[str]:
    answer = await edge.node.cache.get(Wanted(kind, KEY))
    assert isinstance(answer, Answer)
    return answer.known.tags


def untagged(outcome: Outcome[object]) -> Outcome[object]:
    return outcome if isinstance(outcome, Unavailable) else replace(outcome, tags=frozenset())


def test_every_kind_of_document_has_its_route() -> None:
    assert set(DOCUMENTS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
async def test_i17_every_answer_comes_of_an_entry_with_tags_and_each_of_them_purges_it(edge: Edge, kind: Kind) -> None:
    path = DOCUMENTS[kind]
    await edge.get(path)
    tags = await held_tags(edge, kind)
    expected = {"all", f"key:{KEY}", f"source:{SOURCE.id}", "workspace:acme", "definition:tally", "definition:courier"}
    assert tags == expected | ({"loader"} if kind in SCRIPTS else set())
    for tag in sorted(tags):
        assert is_tag(tag)
        assert (await edge.get(path))["cache-status"] == "edgewise; hit"
        purge = await edge.world.purge(tag)
        await edge.follow()
        again = await edge.get(path)
        assert (again.status, again["cache-status"]) == (200, "edgewise; fwd=miss")
        assert again["edge-as-of"].endswith(f".{purge.position}")


@pytest.mark.parametrize("path", [SETTINGS, LOADER, INTEGRATIONS, f"/v1/projects/{UNKNOWN}/settings"])
async def test_i17_what_has_no_tags_is_an_error_and_not_an_answer(
    edge: Edge, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = edge.node.cache._read

    async def detached(wanted: Wanted) -> Reading[object]:
        return Reading(untagged((await read(wanted)).outcome))

    monkeypatch.setattr(edge.node.cache, "_read", detached)
    reply = await edge.get(path)
    assert (reply.status, reply["cache-control"]) == (500, "no-store")
    assert UntaggedError.__name__.encode() not in reply.body


async def test_i18_when_the_memory_is_lost_the_next_request_fills_it_though_nothing_changed(edge: Edge) -> None:
    before = await edge.get(SETTINGS)
    edge.lose_memory()
    after = await edge.get(SETTINGS)
    assert (after.body, after["etag"], after["cache-status"]) == (before.body, before["etag"], "edgewise; fwd=miss")
    assert (await edge.get(SETTINGS))["cache-status"] == "edgewise; hit"


@pytest.mark.parametrize("path", DOCUMENTS.values())
async def test_i18_what_cannot_be_read_never_becomes_an_empty_document(edge: Edge, path: str) -> None:
    with outage(edge.database):
        reply = await edge.get(path)
    assert (reply.status, set(orjson.loads(reply.body))) == (503, {"error"})


async def test_i19_after_a_rotation_the_old_key_is_404_and_the_new_one_survives_every_cache(edge: Edge) -> None:
    old, new = SETTINGS, f"/v1/projects/{OTHER_KEY}/settings"
    assert [(await edge.get(path)).status for path in (old, new)] == [200, 404]
    await edge.world.commit(replace(SOURCE, write_keys=(KEY, OTHER_KEY)))
    await edge.follow()
    assert [(await edge.get(path)).status for path in (old, new)] == [200, 200]
    await edge.world.commit(replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)))
    await edge.follow()
    assert [(await edge.get(path)).status for path in (old, new)] == [404, 200]
    edge.lose_memory()
    assert [(await edge.get(path)).status for path in (old, new)] == [404, 200]


async def test_i21_unavailable_is_503_every_time_and_the_store_is_asked_every_time(edge: Edge) -> None:
    reads = edge.node.ground.stats.fills
    with outage(edge.database):
        replies = [await edge.get(SETTINGS) for _ in range(3)]
    assert [(reply.status, reply["cache-control"], reply["retry-after"]) for reply in replies] == [
        (503, "no-store", "1")
    ] * 3
    assert edge.node.ground.stats.fills - reads == 3
    assert (await edge.get(SETTINGS)).status == 200


async def test_i30_invalidated_with_the_store_down_is_last_known_good_marked_stale(edge: Edge) -> None:
    good = await edge.get(SETTINGS)
    await edge.world.purge(f"source:{SOURCE.id}")
    await edge.follow()
    with outage(edge.database):
        stale = await edge.get(SETTINGS)
    assert (stale.status, stale.body, stale["etag"]) == (200, good.body, good["etag"])
    assert stale["cache-status"] == "edgewise; fwd=stale; detail=store-unavailable"
    assert stale["cache-control"] == "public, max-age=5, stale-if-error=0"
    assert edge.node.ground.stats.stale_served == 1


async def test_i30_revoked_with_the_store_down_is_503(edge: Edge) -> None:
    await edge.get(SETTINGS)
    await edge.world.purge(f"source:{SOURCE.id}", verb="revoke")
    await edge.follow()
    with outage(edge.database):
        assert (await edge.get(SETTINGS)).status == 503


async def test_i31_concurrent_misses_are_one_read_of_the_store(edge: Edge) -> None:
    replies = await asyncio.gather(*(edge.get(SETTINGS) for _ in range(30)))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert edge.node.ground.stats.fills == 1


async def test_i32_a_visitor_who_leaves_takes_nobody_along(edge: Edge) -> None:
    first, second = (asyncio.create_task(edge.get(SETTINGS)) for _ in range(2))
    await settle(2)
    first.cancel()
    assert (await second).status == 200
    assert edge.node.ground.stats.fills == 1


async def test_a_change_is_in_the_next_answer_after_its_position_is_applied(edge: Edge) -> None:
    before = await edge.get(SETTINGS)
    change = await edge.world.configure("second-api-key")
    await edge.follow()
    after = await edge.get(SETTINGS)
    assert b"second-api-key" in after.body
    assert b"first-api-key" in before.body
    assert (after["edge-revision"], after["etag"] != before["etag"]) == (str(change.position), True)


async def test_a_purge_changes_neither_bytes_nor_revision(edge: Edge) -> None:
    before = await edge.get(SETTINGS)
    await edge.world.purge("all")
    await edge.follow()
    after = await edge.get(SETTINGS)
    assert (after.body, after["etag"], after["edge-revision"]) == (before.body, before["etag"], before["edge-revision"])
    assert after["edge-as-of"] != before["edge-as-of"]


async def test_i12_a_fenced_edge_answers_from_the_store_not_from_memory(edge: Edge) -> None:
    await edge.get(SETTINGS)
    edge.clock.advance(LEASE)
    await edge.world.configure("second-api-key")
    reply = await edge.get(SETTINGS)
    assert b"second-api-key" in reply.body
    assert reply["cache-status"] == "edgewise; fwd=miss"


@pytest.mark.parametrize("kind", KINDS)
async def test_each_encoding_is_the_same_document_with_an_entity_tag_of_its_own(edge: Edge, kind: Kind) -> None:
    path = DOCUMENTS[kind]
    plain, gzipped, brotlied = await edge.get(path), await edge.get(path, GZIP), await edge.get(path, BR)
    assert gzip.decompress(gzipped.body) == brotli.decompress(brotlied.body) == plain.body
    assert "content-encoding" not in plain.names()
    assert [reply["content-encoding"] for reply in (gzipped, brotlied)] == ["gzip", "br"]
    assert len({reply["etag"] for reply in (plain, gzipped, brotlied)}) == 3
    for reply in (plain, gzipped, brotlied):
        assert reply["content-length"] == str(len(reply.body))
        assert reply["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("kind", KINDS)
async def test_i26_a_304_has_the_headers_of_the_200_but_those_of_a_body(edge: Edge, kind: Kind) -> None:
    path = DOCUMENTS[kind]
    await edge.get(path)
    for encoding in ((), (GZIP,), (BR,)):
        full = await edge.get(path, *encoding)
        unchanged = await edge.get(path, *encoding, ("If-None-Match", full["etag"]))
        of_a_body = {"content-type", "content-length", "content-encoding"}
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert unchanged.headers == tuple(line for line in full.headers if line[0] not in of_a_body)


async def test_the_entity_tag_of_another_encoding_is_no_match(edge: Edge) -> None:
    etag = (await edge.get(SETTINGS, GZIP))["etag"]
    assert (await edge.get(SETTINGS, BR, ("If-None-Match", etag))).status == 200
    assert (await edge.get(SETTINGS, ("If-None-Match", etag))).status == 200
    several = (("If-None-Match", '"other"'), ("If-None-Match", f"W/{etag}"))
    assert (await edge.get(SETTINGS, GZIP, *several)).status == 304


async def test_a_hit_builds_nothing_one_bytes_object_serves_every_request(edge: Edge) -> None:
    await edge.get(SETTINGS)
    for encoding in ((), (GZIP,), (BR,)):
        first, second = await edge.get(SETTINGS, *encoding), await edge.get(SETTINGS, *encoding)
        assert first.body is second.body


async def test_a_hit_builds_no_headers_either(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    documents, built = edge.node.delivery.documents, 0
    build = documents._build

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal built
        built += 1
        return build(*arguments, **options)

    monkeypatch.setattr(documents, "_build", counted)
    for _ in range(5):
        await edge.get(SETTINGS, BR)
    assert built == 2, "one for the fill, one for every hit"


async def test_equal_configurations_have_equal_bytes_and_entity_tags_after_a_detour(edge: Edge) -> None:
    async def seen(encoding: tuple[str, str]) -> tuple[str, bytes]:
        reply = await edge.get(SETTINGS, encoding)
        return reply["etag"], reply.body

    before = [await seen(encoding) for encoding in (GZIP, BR)]
    await edge.world.configure("a-detour")
    await edge.follow()
    assert await seen(GZIP) != before[0]
    await edge.world.configure("first-api-key")
    await edge.follow()
    assert [await seen(encoding) for encoding in (GZIP, BR)] == before


async def test_what_is_told_of_an_unknown_key_helps_and_lasts_ten_seconds(edge: Edge) -> None:
    path = f"/v1/projects/{UNKNOWN}/settings"
    reply = await edge.get(path)
    assert reply.status == 404
    assert "write key" in orjson.loads(reply.body)["error"]
    assert reply["cache-control"] == "public, max-age=10, stale-if-error=0"
    fills = edge.node.ground.stats.fills
    assert ((await edge.get(path))["cache-status"], reply["cache-status"]) == ("edgewise; hit", "edgewise; fwd=miss")
    assert edge.node.ground.stats.fills == fills
    edge.clock.advance(10)
    await edge.follow()
    await edge.get(path)
    assert edge.node.ground.stats.fills == fills + 1


async def test_no_secret_is_in_any_answer(edge: Edge) -> None:
    for path in DOCUMENTS.values():
        reply: Reply = await edge.get(path)
        assert SECRET.encode() not in reply.body
        assert SECRET not in str(reply.headers)
