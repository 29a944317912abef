"""A node's own listener comes and goes with the node."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest
from sqlalchemy.exc import SQLAlchemyError

from edge.compose.ground import lay_ground
from edge.compose.node import Node, build_node
from edge.model.instant import system_clock
from edge.observe.asking import NO_TLS
from edge.settings import Settings
from tests.support.polling import until_async
from tests.support.sqlite import outage
from tests.support.world import World

pytestmark = pytest.mark.anyio


def node_of(settings: Settings) -> Node:
    return build_node(lay_ground(settings, system_clock))


async def status(url: str, path: str = "/healthz") -> int | None:
    try:
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
            return (await client.get(url + path)).status_code
    except httpx.ConnectError:
        return None


@asynccontextmanager
async def running(node: Node) -> AsyncIterator[str]:
    async with node.running():
        yield node.ground.membership.newcomer.url


async def follows(node: Node) -> bool:
    return node.ground.stats.polls > 0


async def audited(node: Node) -> bool:
    return node.observed.snapshot().audit is not None


async def test_the_roster_says_where_a_running_node_answers_for_itself(world: World, settings: Settings) -> None:
    node = node_of(settings)
    async with running(node) as url:
        (row,) = await node.ground.roster.rows()
        assert (row.node, row.url) == (node.ground.membership.node, url)
        assert node.ground.membership.presence.urls() == {row.node: url}
        assert await status(url) == 200

        async def ready() -> bool:
            return await status(url, "/readyz") == 200

        await until_async(ready, "readiness at the node's own listener")
    assert await status(url) is None
    assert node.ground.membership.presence.urls() == {}


async def test_it_ends_with_a_node_whose_application_fails(world: World, settings: Settings) -> None:
    node, answered = node_of(settings), []

    async def failing() -> None:
        async with running(node) as url:
            answered.append(await status(url))
            raise LookupError

    with pytest.raises(LookupError):
        await failing()
    assert answered == [200]
    assert await status(node.ground.membership.newcomer.url) is None


async def test_it_ends_with_a_node_that_cannot_join(world: World, settings: Settings) -> None:
    node = node_of(settings)
    with outage(settings.data_dir / "roster.db", "hosts"), pytest.raises(SQLAlchemyError):
        async with running(node):
            pass
    assert node.ground.membership.newcomer.url
    assert await status(node.ground.membership.newcomer.url) is None


@pytest.mark.parametrize("interval", [0.05, 0])
async def test_an_auditor_runs_where_there_is_an_interval(world: World, settings: Settings, interval: float) -> None:
    node = node_of(settings.model_copy(update={"audit_interval": interval}))
    async with running(node):
        await until_async(partial(follows, node), "the first sync")
        if interval:
            await until_async(partial(audited, node), "a round of the auditor")
        assert (node.observed.auditor is not None) == bool(interval)


def test_an_empty_address_is_the_default() -> None:
    assert Settings(node_bind="").node_bind == Settings.model_fields["node_bind"].default
