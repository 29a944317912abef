"""One worker process: what stands on the ground, composed, and what runs for as long as it serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from edge.cache.cache import Cache, Limits
from edge.cache.memory import Memory
from edge.delivery.assets import Assets
from edge.delivery.documents import Documents, Prepared, Preparing
from edge.delivery.headers import HeaderWriter
from edge.delivery.health import Health
from edge.delivery.routes import Delivery
from edge.delivery.sink import Sink, Witness
from edge.footing import Footing
from edge.journal.follower import FAILURES, Follower
from edge.publish.publication import Wanted

RETRY = 0.5
"""Seconds between two attempts to register with a control node that cannot be reached yet."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Node:
    """One worker process: what it stands on, and the public side on it."""

    ground: Footing
    cache: Cache[Wanted, Prepared]
    follower: Follower
    delivery: Delivery

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Registered before the first read, following until the end, and out of the roster after the last answer."""
        ground = self.ground
        async with AsyncExitStack() as stack:
            stack.push_async_callback(ground.close)
            await ground.prepare()
            if not ground.pace.patient:
                await ground.membership.join(ground.clock().wall)
            stack.push_async_callback(self._leave)
            stack.push_async_callback(self.delivery.assets.close)
            stack.push_async_callback(self.cache.close)
            for task in (self._follow(), *ground.chores()):
                stack.push_async_callback(_end, asyncio.create_task(task))
            yield

    async def _follow(self) -> None:
        if self.ground.pace.patient:
            await self._join()
        await self.follower.run()

    async def _join(self) -> None:
        """Ask again until this node is in the roster; meanwhile nothing is read, and last known good answers."""
        said = False
        while True:
            try:
                await self.ground.membership.join(self.ground.clock().wall)
            except FAILURES as error:
                if not said:
                    log.warning("not registered yet: nothing but last known good is served", error=type(error).__name__)
                said = True
                await asyncio.sleep(RETRY)
            else:
                return

    async def _leave(self) -> None:
        """Where the roster cannot be reached, this node becomes one of those that fell silent."""
        try:
            await self.ground.membership.leave()
        except FAILURES as error:
            log.warning("leaving the roster failed", error=type(error).__name__)


def build_node(ground: Footing, witness: Witness | None = None) -> Node:
    settings, clock, stats, floors, proof = ground.settings, ground.clock, ground.stats, ground.floors, ground.proof
    budget = settings.budget()
    preparing = Preparing(ground.documents, ground.backing)
    cache: Cache[Wanted, Prepared] = Cache(
        preparing.read,
        memory=Memory(settings.memory_bytes, Prepared.size, clock),
        floors=floors,
        proof=proof,
        clock=clock,
        limits=Limits(settings.lease, budget.on_error()),
        stats=stats,
        backing=preparing,
    )
    follower = Follower(
        source=ground.journal,
        revokes=ground.revokes,
        applier=ground.recording(floors),
        membership=ground.membership,
        proof=proof,
        clock=clock,
        stats=stats,
        interval=ground.pace.interval,
        timeout=ground.pace.timeout,
    )
    headers = HeaderWriter(settings.front, budget)
    delivery = Delivery(
        documents=Documents(cache, headers),
        assets=Assets(ground.assets, headers, settings.memory_bytes // 4, settings.read_timeout),
        sink=Sink(headers, stats, witness),
        health=Health(proof, clock, settings.lease, headers),
        headers=headers,
    )
    return Node(ground, cache, follower, delivery)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
