"""One worker process: what stands on its footing, composed, and what runs for as long as it serves."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field

import structlog

from edge.cache.cache import Cache, Limits
from edge.cache.document_reader import DocumentReader
from edge.cache.memory import Memory
from edge.cache.polisher import Polisher
from edge.compose.footing import Footing
from edge.compose.frontage import FrontParts, front_parts
from edge.compose.observed import observe
from edge.compose.redis import open_shared, open_stream
from edge.compose.tasks import end
from edge.delivery.assets import Assets
from edge.delivery.documents import Documents
from edge.delivery.headers import HeaderWriter
from edge.delivery.health import Health
from edge.delivery.prepared import Prepared, Preparing
from edge.delivery.routes import Delivery, Public, nothing_here
from edge.delivery.sink import Sink, Witness
from edge.journal.announcer import PREPARING
from edge.journal.follower import Follower
from edge.journal.latest import Enclosed
from edge.journal.stream import Following
from edge.model.change import Entry
from edge.observe.minutes import Minutes
from edge.observe.node_side import PUBLIC_ROUTES
from edge.observe.parts import Gauges, Observed
from edge.observe.timing import Heard, Timed, metered
from edge.publish.publication import KINDS, Publication, Wanted
from edge.store.failures import STORE_FAILURES

RETRY = 0.5
"""Seconds between two attempts to register with a control node that cannot be reached yet."""
OPENING = 3.0
"""Seconds at most until a node that starts takes requests: what it has to say may be that it cannot answer."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Node:
    """One worker process: what it stands on, the public side on it, and what brings changes to it and past it."""

    ground: Footing
    cache: Cache[Wanted, Prepared]
    follower: Follower
    delivery: Delivery
    fronts: FrontParts
    reader: DocumentReader
    stream: Following
    polisher: Polisher[Wanted, Prepared]
    observed: Observed
    alone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when nobody could be asked, and the disk has last known good."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Registered before the first read, following until the end, and out of the roster after the last answer."""
        ground = self.ground
        async with AsyncExitStack() as stack:
            stack.push_async_callback(ground.close)
            await ground.prepare()
            listener = stack.enter_context(closing(self.observed.bind()))
            if not ground.pace.patient:
                await ground.membership.join(ground.clock().wall)
            stack.push_async_callback(self._leave)
            await stack.enter_async_context(self.observed.listening(listener))
            stack.push_async_callback(self.delivery.assets.close)
            stack.push_async_callback(self.reader.close)
            stack.push_async_callback(self.cache.close)
            await stack.enter_async_context(self.fronts.running(self.follower.kick))
            own = (self._follow(), self.stream.run(), self.polisher.run(), self.observed.minutes.run())
            for task in (*own, *ground.chores()):
                stack.push_async_callback(end, asyncio.create_task(task))
            await stack.enter_async_context(self.observed.auditing())
            yield

    def committed(self, entry: Entry) -> None:
        """``entry`` was committed by this process."""
        self.reader.changed_here(documents_of(entry))
        self.follower.committed(entry)

    async def prepared(self, entry: Entry) -> Enclosed:
        """Wait until the documents that ``entry`` concerns are read again, and answer what goes with it to others."""
        await self.cache.warmed(entry)
        return await self.reader.enclosed(documents_of(entry))

    async def shows(self, position: int, seconds: float) -> bool:
        """Wait until this node has applied ``position``, then until what it has in memory of what changed is read anew,
        PREPARING at most; ``False`` when the first took longer than ``seconds``."""
        if not await self.follower.reached(position, seconds):
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(PREPARING):
                await self.cache.quiet()
        return True

    async def answering(self) -> None:
        """Wait until this node, which runs, has answers: proven ones, or last known good; OPENING at the longest.

        A 503 that it gave before would be kept for a second by nginx, which takes it from any worker.
        """
        sources = [asyncio.create_task(_set(event)) for event in (self.follower.synced, self.alone)]
        try:
            await asyncio.wait(sources, timeout=OPENING, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for source in sources:
                await end(source)

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
            except STORE_FAILURES as error:
                if not said:
                    log.warning("not registered yet: nothing but last known good is served", error=type(error).__name__)
                said = True
                if self.ground.has_last_known_good:
                    self.alone.set()
                await asyncio.sleep(RETRY)
            else:
                return

    async def _leave(self) -> None:
        """Where the roster cannot be reached, this node becomes one of those that fell silent."""
        try:
            await self.ground.membership.leave()
        except STORE_FAILURES as error:
            log.warning("leaving the roster failed", error=type(error).__name__)


async def _set(event: asyncio.Event) -> None:
    await event.wait()


def documents_of(entry: Entry) -> Iterator[Wanted]:
    """What ``entry`` is concerned with by name; a purge by tags alone names nothing."""
    return (Wanted(kind, key) for key in entry.keys for kind in KINDS)


def build_node(ground: Footing, witness: Witness | None = None) -> Node:
    settings, clock, stats, floors, proof = ground.settings, ground.clock, ground.stats, ground.floors, ground.proof
    budget = settings.budget()
    documents = metered(ground.documents, Publication.document_size, stats)
    reader = open_shared(settings, documents, ground.build, floors=floors, proof=proof, clock=clock, stats=stats)
    memory: Memory[Wanted, Prepared] = Memory(settings.memory_bytes, Prepared.size, clock)
    preparing = Preparing(reader.read, ground.backing, memory.get)
    cache: Cache[Wanted, Prepared] = Cache(
        preparing.read,
        memory=memory,
        floors=floors,
        proof=proof,
        clock=clock,
        limits=Limits(settings.lease, budget.on_error()),
        stats=stats,
        concerned=documents_of,
        backing=preparing,
    )
    minutes = Minutes(stats, clock)
    fronts = front_parts(ground, ground.recording(cache))

    async def lull() -> None:
        await cache.quiet()
        await fronts.lull()

    follower = Follower(
        source=Heard(ground.journal, stats),
        revokes=ground.revokes,
        applier=Timed(fronts.applier, stats, clock, minutes),
        membership=ground.membership,
        proof=proof,
        clock=clock,
        stats=stats,
        interval=ground.pace.interval,
        timeout=ground.pace.timeout,
        lull=lull,
    )
    headers = HeaderWriter(settings.front, budget, settings.lease)
    polisher = Polisher(memory, Prepared.polished, clock, stats)
    delivery = Delivery(
        documents=Documents(cache, headers, polisher.want),
        assets=Assets(ground.assets, headers, settings.memory_bytes // 4, settings.read_timeout),
        sink=Sink(headers, stats, witness),
        health=Health(proof, clock, settings.lease, headers),
        headers=headers,
    )
    public = Public(nothing_here(headers), delivery, PUBLIC_ROUTES)
    gauges = Gauges(stats, proof, clock, settings.lease, lambda: (memory.bytes(), len(memory)))
    stream = open_stream(settings, follower, reader.receive, stats)
    observed = observe(ground, gauges, public, minutes)
    return Node(ground, cache, follower, delivery, fronts, reader, stream, polisher, observed)
