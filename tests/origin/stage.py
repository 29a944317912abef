"""A control node and edge nodes of it, composed as in service; followers are stepped by the test, clocks too."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from edge.app import origin_sources
from edge.cache.floors import Floors
from edge.catalog.bundles import Release
from edge.compose.ground import Ground
from edge.compose.node import Node, build_node
from edge.compose.outpost import Outpost, lay_outpost
from edge.delivery.routes import Public, nothing_here
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipt, Receipts
from edge.journal.untagged import Untagged
from edge.manage.operation import Manage
from edge.manage.tokens import Tokens
from edge.model.stats import Stats
from edge.origin.admission import Admission
from edge.origin.app import OriginApi
from edge.origin.client import OriginClient
from edge.origin.sources import Sources
from edge.settings import Settings
from edge.store.keys import Keys
from edge.store.roster import Newcomer
from tests.manage.stage import INSTANCE
from tests.support.asgi import Reply, call
from tests.support.clock import HandClock
from tests.support.ids import random_id
from tests.support.node import PATIENCE, open_roster
from tests.support.template import copy_world
from tests.support.world import RELEASED_CLIENT, World

KEYS = {"k1": "the-signing-key-of-these-tests-0123"}
TIMEOUT = 30.0


async def no_file(path: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Control:
    """``app`` has the origin calls alone; ``sources`` is what they are answered from."""

    world: World
    clock: HandClock
    ground: Ground
    node: Node
    tokens: Tokens
    sources: Sources
    admission: Admission
    app: ASGIApp

    async def follow(self) -> None:
        while not await self.node.follower.step():
            pass

    async def get(self, path: str) -> Reply:
        """From its own public side."""
        return await call(Public(nothing_here(self.node.delivery.headers), self.node.delivery), path)

    async def receipt(self, position: int) -> Receipt:
        """As this node computes it now."""
        found = await self.ground.receipts.of(position)
        assert found is not None
        return found

    async def token(self, *scopes: str) -> str:
        return (await self.tokens.issue_instance(INSTANCE, scopes or ["origin:read"])).jwt


@asynccontextmanager
async def control_node(template: Path, directory: Path) -> AsyncIterator[Control]:
    """A control node that is in the roster and has read the journal once."""
    clock = HandClock()
    world = copy_world(template, directory, clock)
    roster = await open_roster(directory)
    settings = Settings(data_dir=directory, role="control", read_timeout=TIMEOUT, public_url="http://edge.test")
    newcomer = Newcomer("control-1", "control-host", "1", "control")
    membership = Membership(roster, Presence(directory / "nodes"), newcomer, PATIENCE)
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
    async with _following(world, ground) as made:
        yield made
    await roster.close()
    await world.close()


@asynccontextmanager
async def second_build(control: Control, public_url: str) -> AsyncIterator[Control]:
    """A control node of another build beside ``control``: what it publishes says ``public_url``."""
    first, settings = control.ground, control.ground.settings.model_copy(update={"public_url": public_url})
    newcomer = Newcomer("control-2", "second-host", "2", "control")
    membership = Membership(first.roster, Presence(settings.data_dir / "nodes"), newcomer, PATIENCE)
    ground = replace(
        first,
        settings=settings,
        stats=Stats(),
        membership=membership,
        receipts=Receipts(first.store, first.roster, membership, settings.budget(), control.clock),
        floors=Floors(),
        proof=Proof(),
        untagged=Untagged(),
    )
    async with _following(control.world, ground) as made:
        yield made


@asynccontextmanager
async def _following(world: World, ground: Ground) -> AsyncIterator[Control]:
    clock, membership = ground.clock, ground.membership
    assert isinstance(clock, HandClock)
    await membership.join(clock().wall)
    node = build_node(ground)
    manage = Manage(world.store, clock, random_id, random_id, no_file, lambda _entry: None)
    tokens = Tokens(manage, KEYS)
    sources = origin_sources(ground, node)
    admission = Admission(
        tokens.principal,
        tokens.check,
        untagged=ground.untagged,
        proof=ground.proof,
        clock=clock,
        lease=ground.settings.lease,
    )
    app = Starlette(routes=[Mount("/origin", app=OriginApi(sources, admission))])
    made = Control(world, clock, ground, node, tokens, sources, admission, app)
    await made.follow()
    yield made
    await node.cache.close()
    await node.delivery.assets.close()
    await admission.close()
    await membership.leave()


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge node. ``ask`` goes to its public side; nothing happens by itself."""

    clock: HandClock
    outpost: Outpost
    node: Node
    app: ASGIApp

    async def start(self) -> None:
        await self.outpost.prepare()

    async def join(self) -> None:
        await self.outpost.membership.join(self.clock().wall)

    async def follow(self) -> None:
        while not await self.node.follower.step():
            pass

    async def written(self) -> None:
        """Let the disk have all that waits for it."""
        await self.outpost.queue.drain()
        await self.outpost.recorder.save()

    async def get(self, path: str) -> Reply:
        return await call(self.app, path)

    async def stop(self) -> None:
        """As when the process ends: what it remembered is gone, what is on the disk stays."""
        await self.node.cache.close()
        await self.node.delivery.assets.close()
        await self.outpost.close()


def edge_settings(directory: Path, origins: Sequence[str], token: str, **more: object) -> Settings:
    given = {"data_dir": directory, "role": "edge", "origin_url": ",".join(origins), "origin_token": token}
    # Held as briefly as can be: what a test has to wait for it brings about itself.
    usual = {"read_timeout": TIMEOUT, "proof_interval": 0.01, "public_url": "http://edge.test", "host_id": "edge-host"}
    return Settings.model_validate(usual | given | more)


def edge_node(settings: Settings, clock: HandClock) -> Edge:
    """A process that has just begun: neither in the roster, nor has it looked at its disk."""
    outpost = lay_outpost(settings, clock)
    node = build_node(outpost)
    return Edge(clock, outpost, node, Public(nothing_here(node.delivery.headers), node.delivery))


def client_of(origins: Sequence[str], token: str, clock: HandClock, timeout: float = TIMEOUT) -> OriginClient:
    return OriginClient(origins, token, "tests", clock=clock, stats=Stats(), timeout=timeout)
