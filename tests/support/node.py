"""A node put together by hand on a world's store: its follower is stepped by the test, its clock too."""

from dataclasses import dataclass
from pathlib import Path

from edge.cache.cache import Cache, Limits
from edge.cache.floors import Floors
from edge.cache.memory import Memory
from edge.cache.reading import direct
from edge.journal.follower import Applier, Follower, JournalSource
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipts
from edge.model.budget import Budget
from edge.model.stats import Stats
from edge.publish.publication import Publication, Publisher, Wanted
from edge.publish.wire import Origin
from edge.store.engine import open_engine
from edge.store.roster import Newcomer, Roster
from tests.support.clock import HandClock
from tests.support.world import World, database_of

LEASE = 10.0
BUDGET = Budget()
PATIENCE = LEASE + BUDGET.guard
TIMEOUT = 30.0
"""Seconds for a poll or a read: only a test that means it runs into it, however busy the machine."""
ORIGIN = Origin("http://edge.test")


@dataclass(frozen=True, slots=True)
class HandNode:
    """One node. ``follower.step()`` polls once; nothing happens by itself."""

    name: str
    clock: HandClock
    stats: Stats
    floors: Floors
    proof: Proof
    membership: Membership
    cache: Cache[Wanted, Publication]
    follower: Follower
    receipts: Receipts

    async def follow(self) -> None:
        """Poll until the head is reached."""
        while not await self.follower.step():
            pass

    def fenced(self) -> bool:
        return self.proof.fenced(self.clock(), LEASE)

    async def leave(self) -> None:
        await self.cache.close()
        await self.membership.leave()


async def open_roster(directory: Path) -> Roster:
    roster = Roster(open_engine(database_of(directory, "roster.db")))
    await roster.prepare()
    return roster


async def join(
    world: World,
    roster: Roster,
    clock: HandClock,
    name: str,
    *,
    host: str = "h1",
    source: JournalSource | None = None,
    applier: Applier | None = None,
    interval: float = 0.01,
) -> HandNode:
    """A node that is in the roster and has not polled yet. ``applier`` takes the place of its floors."""
    membership = Membership(roster, Presence(world.directory / "nodes"), Newcomer(name, host, "1"), PATIENCE)
    await membership.join(clock().wall)
    stats, floors, proof = Stats(), Floors(), Proof()
    follower = Follower(
        source=source or world.journal,
        revokes=world.store,
        applier=applier or floors,
        membership=membership,
        proof=proof,
        clock=clock,
        stats=stats,
        interval=interval,
        timeout=TIMEOUT,
    )
    cache: Cache[Wanted, Publication] = Cache(
        direct(Publisher(world.store, ORIGIN, TIMEOUT).read),
        memory=Memory(1 << 20, Publication.size, clock),
        floors=floors,
        proof=proof,
        clock=clock,
        limits=Limits(LEASE, BUDGET.on_error()),
        stats=stats,
    )
    receipts = Receipts(world.store, roster, membership, BUDGET, clock)
    return HandNode(name, clock, stats, floors, proof, membership, cache, follower, receipts)
