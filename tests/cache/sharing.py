"""Nodes that share copies in a real Redis, over the real store of a world; each follows when it is told to."""

import asyncio
from dataclasses import replace

import pytest

from edge.cache.cache import Answer, Cache, Limits
from edge.cache.copies import Copies
from edge.cache.floors import Floors
from edge.cache.memory import Memory
from edge.cache.reading import Reading
from edge.cache.shared import Shared
from edge.journal.lease import Proof
from edge.journal.outage import Outage
from edge.journal.redis_client import FAILURES
from edge.model.outcome import Found, Known, Outcome, Unavailable
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.model.tags import key_tag
from edge.publish.parcel import pack
from edge.publish.publication import Publication, Publisher, Wanted
from tests.support.clock import HandClock
from tests.support.node import LEASE, ORIGIN, TIMEOUT
from tests.support.world import KEY, World

SETTINGS = Wanted("settings", KEY)
ON_ERROR = 3600.0
BUILD = "build"


class HeldCopies:
    """Copies that are asked, and answer when the test says so."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self.asked, self.answer = asyncio.Event(), asyncio.Event()

    async def get(self, key: str) -> bytes | None:
        found = await self._copies.get(key)
        self.asked.set()
        await self.answer.wait()
        return found

    async def put(self, key: str, parcel: bytes, seconds: float) -> None:
        await self._copies.put(key, parcel, seconds)

    async def close(self) -> None:
        await self._copies.close()


class SharingNode:
    """``reads`` counts what came from the store. Made by ``node``, it is at the head of the journal."""

    def __init__(self, world: World, copies: Copies, clock: HandClock, build: str = BUILD) -> None:
        self.world, self.clock, self.copies = world, clock, copies
        self.floors, self.proof, self.stats = Floors(), Proof(), Stats()
        self.publisher = Publisher(world.store, ORIGIN, TIMEOUT)
        self.reads = 0
        self.vouched = True
        self.shared = Shared(
            self._read,
            copies,
            build=lambda: build,
            floors=self.floors,
            proof=self.proof,
            clock=clock,
            lease=LEASE,
            stats=self.stats,
            outage=Outage("copies", "tests", FAILURES),
            jitter=lambda: 0.0,
        )
        self.cache: Cache[Wanted, Publication] = Cache(
            self.shared.read,
            memory=Memory(1 << 20, Publication.size, clock),
            floors=self.floors,
            proof=self.proof,
            clock=clock,
            limits=Limits(LEASE, ON_ERROR),
            stats=self.stats,
        )

    async def sync(self) -> None:
        """Load the journal, as at start or after a resync."""
        batch = await self.world.journal.since(0)
        self.floors.restart(batch.head, batch.entries, await self.world.store.revoked())
        self.proof.cursor = batch.head
        self.prove()

    async def follow(self) -> None:
        """Apply what is new, and prove it."""
        assert self.proof.cursor is not None
        batch = await self.world.journal.poll(self.proof.cursor.position)
        for entry in batch.entries[1:]:
            self.floors.apply(entry)
        self.proof.cursor = batch.head
        self.prove()

    def prove(self) -> None:
        self.proof.proven_at = self.proof.leased_at = self.clock()

    async def get(self, wanted: Wanted = SETTINGS) -> Answer[Publication]:
        """An answer, and what was read for it put."""
        answer = await self.cache.get(wanted)
        await self.put()
        assert not isinstance(answer, Unavailable), answer
        return answer

    async def put(self) -> None:
        await asyncio.gather(*self.shared._puts)

    def key(self, wanted: Wanted = SETTINGS) -> str:
        key = self.shared._key(wanted)
        assert key is not None
        return key

    async def _read(self, wanted: Wanted) -> Reading[Publication]:
        self.reads += 1
        outcome: Outcome[Publication] = await self.publisher.read(wanted)
        return Reading(outcome, vouched=self.vouched)


async def node(world: World, copies: Copies, clock: HandClock, build: str = BUILD) -> SharingNode:
    made = SharingNode(world, copies, clock, build)
    await made.sync()
    return made


def shown(known: Known[Publication]) -> bytes:
    assert isinstance(known, Found)
    return known.value.variants["identity"].body


async def read(world: World, reader: SharingNode) -> Known[Publication]:
    """What the store says now, past every cache."""
    outcome = await reader.publisher.read(SETTINGS)
    assert not isinstance(outcome, Unavailable)
    return outcome


async def wrong_document(reader: SharingNode, known: Known[Publication]) -> bytes:
    assert isinstance(known, Found)
    return pack(replace(known, value=replace(known.value, kind="integrations")))


async def wrong_key(reader: SharingNode, known: Known[Publication]) -> bytes:
    assert isinstance(known, Found)
    return pack(replace(known, tags=(known.tags - {key_tag(KEY)}) | {key_tag("wk_other_key_0002")}))


async def damaged(reader: SharingNode, known: Known[Publication]) -> bytes:
    parcel = bytearray(pack(known))
    parcel[-1] ^= 1
    return bytes(parcel)


async def another_format(reader: SharingNode, known: Known[Publication]) -> bytes:
    return b"EWP0" + pack(known)[4:]


async def another_epoch(reader: SharingNode, known: Known[Publication]) -> bytes:
    as_of = AsOf("e9", known.as_of.position, known.as_of.entry_id)
    return pack(replace(known, as_of=as_of))


async def another_id(reader: SharingNode, known: Known[Publication]) -> bytes:
    return pack(replace(known, as_of=replace(known.as_of, entry_id="x")))


FOREIGN = pytest.mark.parametrize(
    "made", [wrong_document, wrong_key, damaged, another_format, another_epoch, another_id]
)
