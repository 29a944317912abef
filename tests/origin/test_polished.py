"""A loader that the control node has polished: edge nodes have it so, and have nothing to polish."""

import asyncio

import pytest

from edge.cache.polisher import SETTLED
from edge.compose.tasks import end
from edge.publish.publication import Wanted
from tests.delivery.paths import LOADER
from tests.origin.conftest import EdgeMaker
from tests.origin.stage import Control, Edge
from tests.support.asgi import Reply, call
from tests.support.polling import until
from tests.support.world import KEY

pytestmark = pytest.mark.anyio
BR = ("Accept-Encoding", "br")


async def follower(edge: Edge) -> Edge:
    """At the head of the journal."""
    await edge.start()
    await edge.join()
    await edge.follow()
    return edge


async def in_brotli(edge: Edge, *headers: tuple[str, str]) -> Reply:
    return await call(edge.app, LOADER, headers=(BR, *headers))


async def polish(control: Control) -> None:
    await control.get(LOADER)
    control.clock.advance(SETTLED)
    control.node.polisher.want(Wanted("loader", KEY))
    task = asyncio.create_task(control.node.polisher.run())
    await until(lambda: control.ground.stats.polished == 1, "the loader is polished")
    await end(task)


async def test_an_edge_node_confirms_both_bytes_of_a_loader_that_came_polished(
    control: Control, make_edge: EdgeMaker
) -> None:
    before = await in_brotli(await follower(make_edge("before")))
    await polish(control)
    edge = await follower(make_edge("after"))
    after = await in_brotli(edge)
    assert len(after.body) < len(before.body)
    assert edge.node.polisher._due == {}
    for full in (before, after):
        unchanged = await in_brotli(edge, ("If-None-Match", full["etag"]))
        assert (unchanged.status, unchanged["etag"]) == (304, full["etag"])
