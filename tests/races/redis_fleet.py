"""Nodes as they run in service, on one store and one Redis: composed by the product, following by themselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import SecretStr
from starlette.types import ASGIApp

from edge.app import telling
from edge.cache.shared import Shared
from edge.compose.ground import Ground, lay_ground
from edge.compose.node import Node, build_node
from edge.delivery.routes import Public, nothing_here
from edge.model.change import Entry
from edge.model.instant import system_clock
from edge.model.stats import Stats
from edge.settings import Settings
from edge.store.store import Draft
from tests.support.asgi import call
from tests.support.polling import until, until_async
from tests.support.world import KEY, make_world, plan, with_api_key

NEVER = 3600.0


def fleet_settings(directory: Path, url: str) -> Settings:
    """Without an auditor, whose own requests would be counted too."""
    return Settings(
        data_dir=directory,
        redis_url=SecretStr(url),
        public_url="http://edge.test",
        read_timeout=30,
        redis_timeout=1,
        audit_interval=0,
    )


@dataclass(frozen=True, slots=True)
class Worker:
    ground: Ground
    node: Node
    app: ASGIApp

    @property
    def stats(self) -> Stats:
        return self.node.ground.stats

    @property
    def position(self) -> int:
        cursor = self.node.follower._proof.cursor
        return cursor.position if cursor is not None else -1

    async def configure(self, api_key: str, *, told: bool = True) -> Entry:
        """Write a change as an operation of this worker does; with ``told`` false its announcement is lost."""
        return await self.commit(Draft((with_api_key(api_key),)), told=told)

    async def commit(self, draft: Draft, *, told: bool = True) -> Entry:
        entry = await self.ground.store.commit(plan(draft), actor="tests")
        assert entry is not None
        if told:
            telling(self.ground, self.node)(entry)
        else:
            self.node.follower.committed(entry)
        return entry

    async def api_key(self) -> str:
        reply = await call(self.app, f"/v1/projects/{KEY}/settings")
        assert reply.status == 200, reply.body
        return str(orjson.loads(reply.body)["remotePlugins"][0]["settings"]["apiKey"])

    async def readiness(self) -> str:
        reply = await call(self.app, "/readyz")
        return f"{reply.status} {orjson.loads(reply.body).get('status')}"

    async def ready(self) -> bool:
        return await self.readiness() == "200 ready"

    async def has_put(self) -> None:
        """What it read is in the shared cache now."""
        reader = self.node.reader
        if isinstance(reader, Shared):
            await asyncio.gather(*reader._puts)

    async def reached(self, position: int) -> None:
        await until(lambda: self.position >= position, f"position {position}, not {self.position}")


@asynccontextmanager
async def fleet(directory: Path, url: str, count: int = 2, interval: float = 0.5) -> AsyncIterator[list[Worker]]:
    """Workers that have caught up, each with the document of KEY in memory. ``interval`` as no setting allows it: with
    ``NEVER``, a node polls only where something asks for it."""
    await (await make_world(directory, system_clock)).close()
    settings = fleet_settings(directory, url)
    async with AsyncExitStack() as stack:
        workers = []
        for _ in range(count):
            ground = lay_ground(settings, system_clock)
            node = build_node(ground)
            node.follower._interval = interval
            await stack.enter_async_context(node.running())
            workers.append(Worker(ground, node, Public(nothing_here(node.delivery.headers), node.delivery)))
        for worker in workers:
            await until_async(worker.ready, "readiness")
            await worker.api_key()
            await worker.has_put()
        yield workers
