"""Claims about a loader that is polished: the same document in fewer bytes, for who has either, and never older."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import brotli
import pytest

from edge.cache.polisher import SETTLED
from edge.compose.tasks import end
from edge.publish.variants import etag_of
from tests.delivery.conftest import Edge
from tests.delivery.paths import DOCUMENTS, INTEGRATIONS, LOADER, SETTINGS
from tests.support.asgi import Reply
from tests.support.polling import DEADLINE, until
from tests.support.sqlite import outage
from tests.support.world import SOURCE

pytestmark = pytest.mark.anyio
LEASE = 10.0
GZIP, BR = ("Accept-Encoding", "gzip"), ("Accept-Encoding", "br")
OF_A_BODY = {"content-type", "content-length", "content-encoding"}


@asynccontextmanager
async def polishing(edge: Edge) -> AsyncIterator[None]:
    """The node's polisher at work, on what is old enough by now."""
    edge.clock.advance(SETTLED)
    task = asyncio.create_task(edge.node.polisher.run())
    try:
        yield
    finally:
        await end(task)


async def polished(edge: Edge) -> Reply:
    """The loader as it is once its polishing is done."""
    await edge.get(LOADER, BR)
    before = edge.node.ground.stats.polished
    async with polishing(edge):
        await until(lambda: edge.node.ground.stats.polished == before + 1, "the loader is polished")
    return await edge.get(LOADER, BR)


class Gate:
    """Holds the node's polisher where it has made better bytes of what there was, and not put them in place."""

    def __init__(self, edge: Edge) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        self._polish = edge.node.polisher._polish

    def __call__(self, prepared: Any) -> Any:
        better = self._polish(prepared)
        self.reached.set()
        assert self.open.wait(DEADLINE)
        return better


@asynccontextmanager
async def held_polishing(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The loader's polishing has begun when this is entered, and is over when it is left."""
    await edge.get(LOADER, BR)
    gate, rested = Gate(edge), asyncio.Event()

    async def rest(_seconds: float) -> None:
        rested.set()

    monkeypatch.setattr(edge.node.polisher, "_polish", gate)
    monkeypatch.setattr(edge.node.polisher, "_rest", rest)
    async with polishing(edge):
        await until(gate.reached.is_set, "polishing begins")
        try:
            yield
        finally:
            gate.open.set()
        await until(rested.is_set, "polishing is over")


async def test_a_polished_loader_is_the_same_document_in_fewer_bytes(edge: Edge) -> None:
    await edge.get(LOADER, BR)
    others = [await edge.get(LOADER), await edge.get(LOADER, GZIP)]
    before, after = await edge.get(LOADER, BR), await polished(edge)
    assert len(after.body) < len(before.body)
    assert brotli.decompress(after.body) == brotli.decompress(before.body) == others[0].body
    assert after["etag"] == etag_of(after.body) != before["etag"]
    assert after["content-length"] == str(len(after.body))
    changed = {"etag", "content-length"}
    assert [line for line in after.headers if line[0] not in changed] == [
        line for line in before.headers if line[0] not in changed
    ]
    assert [await edge.get(LOADER), await edge.get(LOADER, GZIP)] == others


async def test_i26_who_has_either_bytes_of_a_loader_is_told_that_they_are_those(edge: Edge) -> None:
    await edge.get(LOADER, BR)
    before, after = await edge.get(LOADER, BR), await polished(edge)
    for full in (before, after):
        for condition in (full["etag"], f"W/{full['etag']}", f'"other", {full["etag"]}'):
            unchanged = await edge.get(LOADER, BR, ("If-None-Match", condition))
            assert (unchanged.status, unchanged.body) == (304, b"")
            assert unchanged.headers == tuple(line for line in full.headers if line[0] not in OF_A_BODY)
    for condition in ("*", f"{before['etag']}, {after['etag']}"):
        unchanged = await edge.get(LOADER, BR, ("If-None-Match", condition))
        assert (unchanged.status, unchanged["etag"]) == (304, after["etag"])


async def test_i26_the_bytes_of_another_document_are_never_confirmed(edge: Edge) -> None:
    await edge.get(LOADER, BR)
    before, after = await edge.get(LOADER, BR), await polished(edge)
    await edge.world.configure("second-api-key")
    await edge.follow()
    for etag in (before["etag"], after["etag"]):
        assert (await edge.get(LOADER, BR, ("If-None-Match", etag))).status == 200
    newest = await polished(edge)
    for etag in (before["etag"], after["etag"]):
        assert (await edge.get(LOADER, BR, ("If-None-Match", etag))).body == newest.body


async def test_a_hit_on_a_polished_loader_builds_nothing(edge: Edge) -> None:
    first, second = await polished(edge), await edge.get(LOADER, BR)
    assert first.body is second.body


async def test_memory_counts_what_a_polished_loader_weighs(edge: Edge) -> None:
    await edge.get(LOADER, BR)
    before, counted = await edge.get(LOADER, BR), edge.node.cache._memory.bytes()
    after = await polished(edge)
    assert counted - edge.node.cache._memory.bytes() == len(before.body) - len(after.body)


async def test_a_purge_that_changes_no_byte_leaves_a_loader_polished(edge: Edge) -> None:
    before = await polished(edge)
    purge = await edge.world.purge("all")
    await edge.follow()
    after = await edge.get(LOADER, BR)
    assert (after.body, after["etag"]) == (before.body, before["etag"])
    assert after["edge-as-of"].endswith(f".{purge.position}")
    assert edge.node.ground.stats.polished == 1


async def test_i12_a_fenced_edge_reads_anew_and_answers_the_same_bytes_all_the_same(edge: Edge) -> None:
    before = await polished(edge)
    edge.clock.advance(LEASE)
    after = await edge.get(LOADER, BR)
    assert (after["cache-status"], after.body) == ("edgewise; fwd=miss", before.body)


async def test_i4_a_change_that_is_applied_while_its_loader_is_polished_stays(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with held_polishing(edge, monkeypatch):
        change = await edge.world.configure("second-api-key")
        await edge.follow()
        assert b"second-api-key" in (await edge.get(LOADER)).body
    after = await edge.get(LOADER, BR)
    assert b"second-api-key" in brotli.decompress(after.body)
    assert (after["edge-revision"], after["cache-status"]) == (str(change.position), "edgewise; hit")


@pytest.mark.parametrize("tag", ["definition:tally", f"source:{SOURCE.id}", "all"])
async def test_i30_what_is_revoked_while_it_is_polished_does_not_come_back(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, tag: str
) -> None:
    async with held_polishing(edge, monkeypatch):
        await edge.world.purge(tag, verb="revoke")
        await edge.follow()
    with outage(edge.database):
        assert (await edge.get(LOADER, BR)).status == 503
    assert (await edge.get(LOADER, BR)).status == 200


async def test_a_loader_is_left_alone_for_a_second_after_it_was_read(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(edge.node.polisher, "_rest", rest)
    await edge.get(LOADER, BR)
    edge.clock.advance(-SETTLED / 4)
    async with polishing(edge):
        await until(lambda: bool(rests), "it rests")
    assert rests[0] == SETTLED / 4


async def test_only_a_loader_that_is_asked_for_in_brotli_is_polished(edge: Edge) -> None:
    for _ in range(2):
        for path in DOCUMENTS.values():
            await edge.get(path)
            await edge.get(path, GZIP)
        await edge.get(SETTINGS, BR)
        await edge.get(INTEGRATIONS, BR)
    assert edge.node.polisher._due == {}
    await polished(edge)
    await edge.get(LOADER, BR)
    assert edge.node.polisher._due == {}
