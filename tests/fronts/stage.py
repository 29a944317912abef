"""One host, stepped by hand: nodes on a real roster, a journal that is a list, and a front whose cache is a dictionary.

The front is filled by the slowest of the host's nodes that answer, so that whatever a leader does too early shows.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge.fronts.driver import Driver
from edge.fronts.emptying import Emptying
from edge.fronts.filled import FilledFile
from edge.fronts.front import Due, FrontError, Reach
from edge.fronts.recording import RecordingFront
from edge.fronts.runner import Runner
from edge.fronts.siblings import Spans
from edge.fronts.sweeper import Sweeper
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipt, compute
from edge.model.change import Entry, Verb
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.store.roster import Newcomer
from tests.support.clock import HandClock
from tests.support.memory_roster import MemoryRoster
from tests.support.node import BUDGET, LEASE, PATIENCE

HOST = "h1"
HOLD = 5.0
SPANS = Spans(LEASE, PATIENCE, BUDGET.front_copies(), HOLD)
KEYS = tuple(f"wk_stage_{number:04}" for number in range(6))


class ListedKeys:
    """Which keys each tag reaches, in order."""

    def __init__(self) -> None:
        self.reached: dict[str, list[str]] = {}
        self.broken = False
        self.pages = 0

    async def keys(self, tags: Sequence[str], after: str, limit: int) -> list[str]:
        if self.broken:
            raise OSError
        self.pages += 1
        found = sorted({key for tag in tags for key in self.reached.get(tag, [])})
        return [key for key in found if key > after][:limit]

    async def count(self, tags: Sequence[str]) -> int:
        return len({key for tag in tags for key in self.reached.get(tag, [])})


class ModelFront(RecordingFront):
    """Its cache: key -> the position of what it shows; absent where it holds nothing."""

    def __init__(self, host: "Host") -> None:
        super().__init__()
        self.host = host
        self.cache: dict[str, int] = {}
        self.wrongs: list[str] = []
        """What was wrong, each time that something was."""

    async def refresh(self, due: Due) -> None:
        self.refreshed.append(due)
        held = self.cache.get(due.key)
        if due.reach is not Reach.EVERY and held is None:
            return
        if due.reach is Reach.OLDER and held is not None and held >= due.position:
            return
        self.host.see_risen(due)
        self._look(due)
        self.store(due.key, self.host.answered())
        await asyncio.sleep(0)
        if self.cache.get(due.key, due.position) < due.position:
            raise FrontError("older")

    async def empty(self) -> int:
        dropped = len(self.cache)
        await super().empty()
        self.cache.clear()
        return dropped

    def _look(self, due: Due) -> None:
        try:
            self._check(due)
        except FrontError as error:
            self.wrongs.append(str(error))
            raise

    def store(self, key: str, position: int) -> None:
        self.cache[key] = position


@dataclass(eq=False)
class HostNode:
    """One node. Nothing happens by itself: ``follow`` applies and reports, ``work`` does what is due.

    ``cut``: it cannot read the journal, and answers on until its lease ends. ``frozen``: stopped, as by SIGSTOP.
    """

    name: str
    host: "Host"
    membership: Membership
    proof: Proof
    stats: Stats
    runner: Runner
    driver: Driver
    position: int = 0
    life: int = -1
    cut: bool = False
    frozen: bool = False

    async def start(self) -> None:
        await self.membership.join(self.host.clock().wall)
        await self.follow()

    def cursor(self) -> AsOf:
        return self.host.as_of(self.position)

    async def follow(self) -> None:
        """A poll: applied, reported, and the roster looked at."""
        await self.beat(moved=await self.apply())

    async def apply(self) -> bool:
        """Whether there was something, or the journal was another one."""
        if self.life != self.host.life:
            self.life, self.position = self.host.life, len(self.host.journal)
            self.driver.restart(self.cursor(), self.host.journal, {})
            await asyncio.sleep(0)
            return True
        fresh = self.host.journal[self.position :]
        for entry in fresh:
            self.driver.apply(entry)
        self.position = len(self.host.journal)
        await asyncio.sleep(0)
        return bool(fresh)

    async def beat(self, *, moved: bool = False) -> None:
        now = self.host.clock()
        await self.membership.beat(self.cursor(), moved, now)
        self.proof.cursor, self.proof.proven_at, self.proof.leased_at = self.cursor(), now, now

    async def work(self, rounds: int = 3) -> None:
        """Everything that is due now."""
        for _ in range(rounds):
            await self.driver.lead()
            await self.driver.dispatch()
            await self.runner.drain()
            for _ in range(4):
                await self.driver.sweep()
            await self.driver.write()

    def answers(self) -> bool:
        """Whether it answers anything as proven."""
        return not self.frozen and not self.proof.fenced(self.host.clock(), LEASE)

    async def kill(self) -> None:
        """As by SIGKILL: its lock is free, its row stays."""
        await self.driver.close()
        os.close(self.membership._presence._held.pop(self.name))
        del self.host.nodes[self.name]

    async def leave(self) -> None:
        await self.driver.close()
        await self.membership.leave()
        del self.host.nodes[self.name]


@dataclass(eq=False)
class Host:
    """A host, the journal, and somebody elsewhere who computes receipts. ``deaf``: datagrams are lost. ``served``: the
    build whose documents its nodes serve."""

    directory: Path
    clock: HandClock
    roster: MemoryRoster
    keys: ListedKeys = field(default_factory=ListedKeys)
    journal: list[Entry] = field(default_factory=list)
    nodes: dict[str, HostNode] = field(default_factory=dict)
    epoch: str = "e1"
    life: int = 0
    deaf: bool = False
    served: str | None = None
    rate: float = 1000.0
    too_early: list[Due] = field(default_factory=list)
    """Refreshes that were sent while a node still answered with something older."""

    def __post_init__(self) -> None:
        self.front = ModelFront(self)
        self.observer = Membership(
            self.roster, Presence(self.directory / "elsewhere"), Newcomer("observer", "control", "1"), PATIENCE
        )

    def as_of(self, position: int) -> AsOf:
        entries = self.journal[position - 1 : position]
        return AsOf(self.epoch, position, entries[0].id if entries and position else "0")

    def commit(self, *keys: str, tags: Sequence[str] = ("source:s1",), verb: Verb = "change") -> Entry:
        position = len(self.journal) + 1
        entry = Entry(
            position=position,
            id=f"{self.life}-{position}",
            previous_id=self.as_of(position - 1).entry_id,
            verb=verb,
            tags=tuple(tags),
            keys=keys,
            resources=(),
            actor="tests",
            reason="",
            at=self.clock().wall,
            diff={},
        )
        self.journal.append(entry)
        return entry

    def replace(self, kept: int, epoch: str) -> None:
        """The store is replaced by a copy in which only the first ``kept`` entries are."""
        self.life += 1
        self.epoch, self.journal = epoch, self.journal[:kept]

    async def node(self, name: str, build: str = "1") -> HostNode:
        """A node that has joined, and is at the head."""
        newcomer = Newcomer(name, HOST, build, front="nginx")
        membership = Membership(self.roster, Presence(self.directory / "nodes"), newcomer, PATIENCE)
        proof, stats = Proof(), Stats()
        runner = Runner(self.front, self.clock, stats, membership.bell)

        def tell(cursor: AsOf) -> None:
            for other in self.nodes.values():
                if other.name != name and not other.frozen and not self.deaf:
                    other.driver.heard(name, cursor.epoch, cursor.position)

        driver = Driver(
            runner=runner,
            sweeper=Sweeper(self.front, self.keys, rate=self.rate, clock=self.clock, stats=stats, random=_half),
            emptying=Emptying(self.front, FilledFile(self.directory / "cache"), hold=HOLD, random=_half, stats=stats),
            roster=self.roster,
            membership=membership,
            proof=proof,
            clock=self.clock,
            stats=stats,
            random=_half,
            spans=SPANS,
            tell=tell,
            build=lambda: self.served,
        )
        made = self.nodes[name] = HostNode(name, self, membership, proof, stats, runner, driver)
        await made.start()
        return made

    def answered(self) -> int:
        """As of when the host answers a miss: the slowest of its nodes may get it."""
        return min((node.position for node in self.nodes.values() if node.answers()), default=len(self.journal))

    def see_risen(self, due: Due) -> None:
        if self.answered() < due.position:
            self.too_early.append(due)

    async def seconds(self, count: int) -> None:
        """Time passes; nodes that can poll do so once a second, and at once if no time passes."""
        for step in [1] * count or [0]:
            self.clock.advance(step)
            for node in list(self.nodes.values()):
                if not node.cut and not node.frozen:
                    await node.follow()

    async def work(self) -> None:
        for node in list(self.nodes.values()):
            if not node.frozen:
                await node.work()

    async def receipt(self, position: int) -> Receipt:
        """As somebody on another machine computes it."""
        now = self.clock()
        attendance = await self.observer.attendance(now)
        acks = await self.roster.acks(self.epoch, position)
        applied_at = await self.roster.applied_at(self.epoch, position)
        entry = self.journal[position - 1]
        return compute(entry, self.epoch, attendance, applied_at, acks, budget=BUDGET, now=now.wall)

    async def close(self) -> None:
        for node in list(self.nodes.values()):
            await node.driver.close()
        await self.roster.close()


def _half() -> float:
    return 0.5


def open_host(directory: Path, clock: HandClock) -> Host:
    return Host(directory, clock, MemoryRoster())


async def led(host: Host, *names: str) -> None:
    """Nodes that are there, and a leader that has begun; what was emptied at its beginning is over."""
    for name in names:
        await host.node(name)
    await host.seconds(1)
    await host.work()
    await host.seconds(int(HOLD) + 1)
    await host.work()
    host.front.refreshed.clear()


async def state(host: Host, position: int) -> str:
    return (await host.receipt(position)).state
