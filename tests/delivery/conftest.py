"""The public side of one node, composed as in service, on a small world; its follower is stepped by the test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from edge.catalog.bundles import Release
from edge.compose.ground import Ground
from edge.compose.node import Node, build_node
from edge.delivery.routes import Public, nothing_here
from edge.delivery.sink import Witness
from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipts
from edge.model.stats import Stats
from edge.settings import Settings
from edge.store.engine import open_engine
from edge.store.keys import Keys
from edge.store.roster import Newcomer, Roster
from tests.support.asgi import HeaderLines, Reply, call
from tests.support.clock import HandClock
from tests.support.node import PATIENCE
from tests.support.world import RELEASED_CLIENT, World


@dataclass(frozen=True, slots=True)
class Edge:
    world: World
    clock: HandClock
    node: Node
    app: ASGIApp

    @property
    def database(self) -> Path:
        return self.world.directory / "edgewise.db"

    async def follow(self) -> None:
        while not await self.node.follower.step():
            pass

    def lose_memory(self) -> None:
        """The whole tier at once, as a restart or an eviction would."""
        memory = self.node.cache._memory
        memory._found.clear()
        memory._missing.clear()

    async def get(self, path: str, *headers: tuple[str, str]) -> Reply:
        return await self.ask(path, headers=headers)

    async def ask(
        self, path: str, *, method: str = "GET", headers: HeaderLines = (), body: bytes = b"", query: str = ""
    ) -> Reply:
        return await call(self.app, path, method=method, headers=headers, body=body, query=query)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Overridden where a front or a share matters."""
    return Settings(data_dir=tmp_path, read_timeout=30, public_url="http://edge.test")


@pytest.fixture
def witness() -> Witness | None:
    return None


@pytest.fixture
async def starting(world: World, clock: HandClock, settings: Settings, witness: Witness | None) -> AsyncIterator[Edge]:
    """An edge that has not read the journal yet."""
    roster = Roster(open_engine(settings.roster_database()))
    membership = Membership(roster, Presence(world.directory / "nodes"), Newcomer("n1", "h1", "1"), PATIENCE)
    await membership.join(clock().wall)
    ground = Ground(
        settings=settings,
        clock=clock,
        stats=Stats(),
        release=Release("0", RELEASED_CLIENT, {}, (), ("", "")),
        store=world.store,
        roster=roster,
        journal=world.journal,
        membership=membership,
        receipts=Receipts(world.store, roster, membership, settings.budget(), clock),
        keys=Keys(world.engine),
    )
    node = build_node(ground, witness)
    yield Edge(world, clock, node, Public(nothing_here(node.delivery.headers), node.delivery))
    await node.cache.close()
    await node.delivery.assets.close()
    await membership.leave()
    await roster.close()


@pytest.fixture
async def edge(starting: Edge) -> Edge:
    """An edge at the head of the journal."""
    await starting.follow()
    return starting
