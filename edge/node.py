"""One worker process: what stands on the ground, composed, and what runs for as long as it serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass

from edge.cache.cache import Cache, Limits
from edge.cache.floors import Floors
from edge.cache.memory import Memory
from edge.cache.reading import direct
from edge.delivery.assets import Assets
from edge.delivery.documents import Documents, Prepared, Preparing
from edge.delivery.headers import HeaderWriter
from edge.delivery.health import Health
from edge.delivery.routes import Delivery, Public, nothing_here
from edge.delivery.sink import Sink, Witness
from edge.ground import Ground
from edge.journal.follower import Follower
from edge.journal.housekeeping import keep_house
from edge.journal.lease import Proof
from edge.observe.node_side import PUBLIC_ROUTES
from edge.observe.parts import Gauges, Observed
from edge.observe.timing import Heard, Timed, metered
from edge.observed import observe
from edge.publish.publication import Publisher, Wanted
from edge.publish.wire import Origin
from edge.store.retention import DAY


@dataclass(frozen=True, slots=True)
class Node:
    """One worker process: the ground, and the public side on it."""

    ground: Ground
    cache: Cache[Wanted, Prepared]
    follower: Follower
    delivery: Delivery
    observed: Observed

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Registered before the first read, following until the end, and out of the roster after the last answer."""
        ground, settings = self.ground, self.ground.settings
        async with AsyncExitStack() as stack:
            stack.push_async_callback(ground.close)
            await ground.prepare()
            listener = stack.enter_context(closing(self.observed.bind()))
            await ground.membership.join(ground.clock().wall)
            stack.push_async_callback(ground.membership.leave)
            await stack.enter_async_context(self.observed.listening(listener))
            stack.push_async_callback(self.delivery.assets.close)
            stack.push_async_callback(self.cache.close)
            for task in (self.follower.run(), keep_house(ground.store, settings.history_days * DAY)):
                stack.push_async_callback(_end, asyncio.create_task(task))
            await stack.enter_async_context(self.observed.auditing())
            yield


def build_node(ground: Ground, witness: Witness | None = None) -> Node:
    settings, clock, stats = ground.settings, ground.clock, ground.stats
    budget = settings.budget()
    proof, floors = Proof(), Floors()
    publisher = Publisher(ground.store, Origin(settings.base_url(), settings.api_host), settings.read_timeout)
    memory: Memory[Wanted, Prepared] = Memory(settings.memory_bytes, Prepared.size, clock)
    cache: Cache[Wanted, Prepared] = Cache(
        metered(direct(Preparing(publisher).read), Prepared.document_size, stats),
        memory=memory,
        floors=floors,
        proof=proof,
        clock=clock,
        limits=Limits(settings.lease, budget.on_error()),
        stats=stats,
    )
    follower = Follower(
        source=Heard(ground.journal, stats),
        revokes=ground.store,
        applier=Timed(floors, stats, clock),
        membership=ground.membership,
        proof=proof,
        clock=clock,
        stats=stats,
        interval=settings.polls_every(),
        timeout=settings.read_timeout,
    )
    headers = HeaderWriter(settings.front, budget)
    delivery = Delivery(
        documents=Documents(cache, headers),
        assets=Assets(ground.store, headers, settings.memory_bytes // 4, settings.read_timeout),
        sink=Sink(headers, stats, witness),
        health=Health(proof, clock, settings.lease, headers),
        headers=headers,
    )
    public = Public(nothing_here(headers), delivery, PUBLIC_ROUTES)
    gauges = Gauges(stats, proof, clock, settings.lease, lambda: (memory.bytes(), len(memory)))
    return Node(ground, cache, follower, delivery, observe(ground, gauges, public))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
