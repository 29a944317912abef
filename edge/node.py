"""One worker process: what stands on the ground, composed, and what runs for as long as it serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from edge.cache.cache import Cache, Limits
from edge.cache.floors import Floors
from edge.cache.memory import Memory
from edge.cache.reading import direct
from edge.cache.shared import DocumentReader
from edge.delivery.assets import Assets
from edge.delivery.documents import Documents, Prepared, preparing
from edge.delivery.headers import HeaderWriter
from edge.delivery.health import Health
from edge.delivery.routes import Delivery
from edge.delivery.sink import Sink, Witness
from edge.frontage import FrontParts, front_parts
from edge.ground import Ground
from edge.journal.follower import Follower
from edge.journal.housekeeping import keep_house, keep_roster
from edge.journal.lease import Proof
from edge.journal.stream import Following
from edge.model.change import Entry
from edge.publish.publication import KINDS, Publisher, Wanted
from edge.publish.wire import Origin
from edge.redis_parts import open_shared, open_stream
from edge.store.retention import DAY


@dataclass(frozen=True, slots=True)
class Node:
    """One worker process: the ground, and the public side on it."""

    ground: Ground
    cache: Cache[Wanted, Prepared]
    follower: Follower
    delivery: Delivery
    fronts: FrontParts
    reader: DocumentReader
    stream: Following

    def committed(self, entry: Entry) -> None:
        """Tell this node, and by the stream all others, of what this process committed."""
        epoch = self.follower.epoch()
        if epoch is not None:
            self.ground.announcer.announce(epoch, entry)
        self.follower.committed(entry)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Registered before the first read, following until the end, and out of the roster after the last answer."""
        ground, settings = self.ground, self.ground.settings
        async with AsyncExitStack() as stack:
            stack.push_async_callback(ground.close)
            await ground.prepare()
            await ground.membership.join(ground.clock().wall)
            stack.push_async_callback(ground.membership.leave)
            stack.push_async_callback(self.delivery.assets.close)
            stack.push_async_callback(self.reader.close)
            stack.push_async_callback(self.cache.close)
            await stack.enter_async_context(self.fronts.running(self.follower.kick))
            budget = settings.budget()
            for task in (
                self.follower.run(),
                self.stream.run(),
                keep_house(ground.store, settings.history_days * DAY),
                keep_roster(ground.roster, ground.clock, budget, settings.lease + budget.guard),
            ):
                stack.push_async_callback(_end, asyncio.create_task(task))
            yield


def build_node(ground: Ground, witness: Witness | None = None) -> Node:
    settings, clock, stats = ground.settings, ground.clock, ground.stats
    budget = settings.budget()
    proof, floors = Proof(), Floors()
    publisher = Publisher(ground.store, Origin(settings.base_url(), settings.api_host), settings.read_timeout)
    reader = open_shared(
        settings,
        direct(publisher.read),
        ground.release.client.hash,
        floors=floors,
        proof=proof,
        clock=clock,
        stats=stats,
    )
    cache: Cache[Wanted, Prepared] = Cache(
        preparing(reader.read),
        memory=Memory(settings.memory_bytes, Prepared.size, clock),
        floors=floors,
        proof=proof,
        clock=clock,
        limits=Limits(settings.lease, budget.on_error()),
        stats=stats,
        concerned=lambda entry: (Wanted(kind, key) for key in entry.keys for kind in KINDS),
    )
    fronts = front_parts(ground, cache, proof)
    follower = Follower(
        source=ground.journal,
        revokes=ground.store,
        applier=fronts.applier,
        membership=ground.membership,
        proof=proof,
        clock=clock,
        stats=stats,
        interval=settings.polls_every(),
        timeout=settings.read_timeout,
    )
    headers = HeaderWriter(settings.front, budget, settings.lease)
    delivery = Delivery(
        documents=Documents(cache, headers),
        assets=Assets(ground.store, headers, settings.memory_bytes // 4, settings.read_timeout),
        sink=Sink(headers, stats, witness),
        health=Health(proof, clock, settings.lease, headers),
        headers=headers,
    )
    return Node(ground, cache, follower, delivery, fronts, reader, open_stream(settings, follower, stats))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
