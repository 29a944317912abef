"""A host's front, composed for one node; nothing at all where the host has none."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from edge.compose.footing import Footing
from edge.compose.tasks import end
from edge.fronts.cache_files import CacheFiles
from edge.fronts.driver import Driver
from edge.fronts.emptying import Emptying
from edge.fronts.filled import FilledFile
from edge.fronts.nginx import HOLD, NginxFront
from edge.fronts.peers import Peers
from edge.fronts.runner import Runner
from edge.fronts.siblings import Spans
from edge.fronts.sweeper import Sweeper
from edge.journal.follower import Applier
from edge.model.change import Entry
from edge.model.position import AsOf

COURTESY = 0.02
"""Seconds for which those who ask for what has just been read come first: visitors, and whoever refreshes a front."""


@dataclass(frozen=True, slots=True)
class Both:
    """What the journal acts upon where there is a front: the floors first, since a front is filled from behind them."""

    floors: Applier
    front: Applier

    def apply(self, entry: Entry) -> None:
        self.floors.apply(entry)
        self.front.apply(entry)

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        self.floors.restart(head, recent, revoked)
        self.front.restart(head, recent, revoked)


@dataclass(frozen=True, slots=True)
class FrontParts:
    """``applier`` is for the follower, in place of the floors."""

    applier: Applier
    front: NginxFront | None = None
    driver: Driver | None = None
    peers: Peers | None = None

    async def lull(self) -> None:
        """Wait until nobody is in a hurry any more: until the front shows what was applied, as far as that is known."""
        term = self.driver.term if self.driver is not None else None
        if term is None:
            await asyncio.sleep(COURTESY)
        else:
            await term.shown()

    @asynccontextmanager
    async def running(self, kick: Callable[[], None]) -> AsyncIterator[None]:
        """Looked after, as long as the follower runs. ``kick`` has it poll: a sibling has come further."""
        front, driver, peers = self.front, self.driver, self.peers
        if front is None or driver is None or peers is None:
            yield
            return

        def hear(node: str, epoch: str, position: int) -> None:
            if driver.heard(node, epoch, position):
                kick()

        async with AsyncExitStack() as stack:
            stack.push_async_callback(front.close)
            peers.open(hear)
            stack.callback(peers.close)
            stack.push_async_callback(driver.close)
            stack.push_async_callback(end, asyncio.create_task(driver.run()))
            yield


def front_parts(ground: Footing, floors: Applier) -> FrontParts:
    """The front of ``ground``'s host, if it has one."""
    settings, membership, clock, stats = ground.settings, ground.membership, ground.clock, ground.stats
    if settings.front == "none":
        return FrontParts(floors)
    budget, cache = settings.budget(), settings.front_cache_directory()
    front = NginxFront(settings.refresh_address(), CacheFiles(cache))
    peers = Peers(settings.data_dir / "peers", membership.node)
    driver = Driver(
        runner=Runner(front, clock, stats, membership.bell),
        sweeper=Sweeper(front, ground.keys, rate=settings.purge_rate, clock=clock, stats=stats, random=random.random),
        emptying=Emptying(front, FilledFile(cache), hold=HOLD, random=random.random, stats=stats),
        roster=ground.roster,
        membership=membership,
        proof=ground.proof,
        clock=clock,
        stats=stats,
        random=random.random,
        spans=Spans(settings.lease, settings.lease + budget.guard, budget.front_copies(), HOLD),
        tell=peers.tell,
        build=ground.build,
    )
    return FrontParts(Both(floors, driver), front, driver, peers)
