"""Claims about immutable files: served as their hash says, for ever, or not at all."""

import gzip
from dataclasses import replace

import brotli
import pytest
from sqlalchemy import update

from edge.store.schema import assets
from tests.delivery.conftest import Edge
from tests.delivery.paths import ASSET
from tests.support.sqlite import outage
from tests.support.world import CLOUD, CODE, JAVASCRIPT, asset

pytestmark = pytest.mark.anyio
ABSENT = "/next-integrations/actions/tally/" + "0" * 32 + ".js"
GZIP, BR = ("Accept-Encoding", "gzip"), ("Accept-Encoding", "br")


async def corrupt(edge: Edge) -> None:
    async with edge.world.engine.begin() as connection:
        await connection.execute(update(assets).where(assets.c.hash == CODE.hash).values(body=b"something else"))


async def test_a_file_is_its_bytes_immutable_for_a_year(edge: Edge) -> None:
    reply = await edge.get(ASSET)
    assert (reply.status, reply.body, reply["content-type"]) == (200, CODE.body, JAVASCRIPT)
    assert reply["cache-control"] == "public, max-age=31536000, immutable"


async def test_each_encoding_is_the_same_file_with_an_entity_tag_of_its_own(edge: Edge) -> None:
    plain, gzipped, brotlied = [await edge.get(ASSET, *encoding) for encoding in ((), (GZIP,), (BR,))]
    assert gzip.decompress(gzipped.body) == brotli.decompress(brotlied.body) == plain.body
    assert len({reply["etag"] for reply in (plain, gzipped, brotlied)}) == 3
    assert (await edge.get(ASSET, BR, ("If-None-Match", brotlied["etag"]))).status == 304
    assert (await edge.get(ASSET, GZIP, ("If-None-Match", brotlied["etag"]))).status == 200


async def test_one_bytes_object_serves_every_request(edge: Edge) -> None:
    assert (await edge.get(ASSET, BR)).body is (await edge.get(ASSET, BR)).body


async def test_a_hash_that_no_file_has_is_404_and_not_kept(edge: Edge) -> None:
    reply = await edge.get(ABSENT)
    assert (reply.status, reply["cache-control"]) == (404, "no-store")


async def test_a_file_that_appears_is_served_at_the_next_request(edge: Edge) -> None:
    later = asset("window.later = 1;")
    path = f"/next-integrations/actions/tally/{later.hash}.js"
    assert (await edge.get(path)).status == 404
    await edge.world.commit(replace(CLOUD, description="Another one."), assets=[later])
    assert (await edge.get(path)).body == later.body


async def test_i22_bytes_that_differ_from_their_hash_are_refused_and_not_kept(edge: Edge) -> None:
    await corrupt(edge)
    reply = await edge.get(ASSET)
    assert (reply.status, reply["cache-control"], reply["retry-after"]) == (503, "no-store", "1")
    assert b"something else" not in reply.body
    assert await edge.node.delivery.assets.body(CODE.hash) is None


async def test_i22_what_would_be_served_can_be_read_back_here(edge: Edge) -> None:
    assert await edge.node.delivery.assets.body(CODE.hash) == CODE.body
    assert await edge.node.delivery.assets.body("0" * 32) is None


async def test_i21_a_store_that_cannot_be_read_is_503_and_not_404(edge: Edge) -> None:
    with outage(edge.database, "assets"):
        assert (await edge.get(ASSET)).status == 503
        assert await edge.node.delivery.assets.body(CODE.hash) is None
    assert (await edge.get(ASSET)).status == 200


async def test_a_file_in_memory_is_served_without_the_store(edge: Edge) -> None:
    await edge.get(ASSET)
    with outage(edge.database, "assets"):
        assert (await edge.get(ASSET)).status == 200


async def test_only_a_lower_case_hash_of_32_digits_is_a_file(edge: Edge) -> None:
    (route,) = [route for route in edge.node.delivery.routes() if route.name == "asset"]
    digits = CODE.hash
    accepted = [f"/next-integrations/actions/a-b_c/{digits}.js", f"/next-integrations/actions/{'s' * 64}/{digits}.js"]
    refused = [
        f"/next-integrations/actions/a/{digits}.js\n", f"/next-integrations/actions/a/{digits.upper()}.js",
        f"/next-integrations/actions/a/{digits[1:]}.js", f"/next-integrations/actions/a/{digits}0.js",
        f"/next-integrations/actions/A/{digits}.js", f"/next-integrations/actions/{'s' * 65}/{digits}.js",
        f"/next-integrations/actions/a/b/{digits}.js", f"/next-integrations/actions/a/{digits}.mjs",
    ]  # fmt: skip
    assert [path for path in (*accepted, *refused) if route.pattern.match(path)] == accepted
