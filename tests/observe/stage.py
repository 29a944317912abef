"""Nodes with their own listeners, really listening; their followers and clocks are stepped by the test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from edge.compose.ground import Ground, lay_ground
from edge.compose.node import Node, build_node
from edge.observe.asking import NO_TLS
from edge.observe.auditor import Auditor
from edge.observe.evidence import Evidence
from edge.observe.purges import PurgeWatch
from edge.observe.sample import Rotation
from edge.publish.publication import Publisher
from edge.publish.wire import Origin
from edge.settings import Settings
from tests.support.clock import HandClock

PUBLIC = "http://edge.test"
BUDGET = 16.0


def settings_in(directory: Path, **given: Any) -> Settings:
    return Settings(data_dir=directory, read_timeout=30, public_url=PUBLIC, audit_interval=0, **given)


@dataclass(frozen=True, slots=True)
class Listening:
    """A node in the roster, answering at its own listener; ``follow`` brings it to the journal's head."""

    node: Node
    clock: HandClock

    @property
    def id(self) -> str:
        return self.node.ground.membership.node

    @property
    def url(self) -> str:
        return self.node.ground.membership.newcomer.url

    async def follow(self) -> None:
        while not await self.node.follower.step():
            pass

    async def get(self, path: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
            return await client.get(self.url + path, headers=headers)


@asynccontextmanager
async def listening(settings: Settings, clock: HandClock) -> AsyncIterator[Listening]:
    """``Node.running`` without what runs by itself."""
    node = build_node(lay_ground(settings, clock))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(node.ground.close)
        listener = stack.enter_context(closing(node.observed.bind()))
        await node.ground.membership.join(clock().wall)
        stack.push_async_callback(node.ground.membership.leave)
        await stack.enter_async_context(node.observed.listening(listener))
        stack.push_async_callback(node.cache.close)
        stack.push_async_callback(node.delivery.assets.close)
        yield Listening(node, clock)


@asynccontextmanager
async def fleet_of(count: int, settings: Settings, clock: HandClock) -> AsyncIterator[list[Listening]]:
    """``count`` nodes at the journal's head, the one that audits first."""
    async with AsyncExitStack() as stack:
        made = [await stack.enter_async_context(listening(settings, clock)) for _ in range(count)]
        for one in made:
            await one.follow()
        yield sorted(made, key=lambda one: one.id)


def ground_of(one: Listening) -> Ground:
    """What the node stands on, which has the store."""
    ground = one.node.ground
    assert isinstance(ground, Ground)
    return ground


def auditor_of(watched: Listening, clock: HandClock, budget: float = BUDGET) -> Auditor:
    """The auditor of that node, with a clock of its own; a round is one call."""
    ground = ground_of(watched)
    return Auditor(
        Evidence(
            ground.store,
            Publisher(ground.store, Origin(PUBLIC), 30),
            watched.node.observed.asking,
            ground.stats,
        ),
        ground.journal,
        Rotation(ground.store),
        ground.membership,
        PurgeWatch(ground.receipts, clock, ground.stats, budget),
        clock=clock,
        stats=ground.stats,
        interval=10.0,
        budget=budget,
    )
