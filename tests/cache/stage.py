"""A cache on a stage: a store that is a number and a word, reads that end when told, memories of all kinds."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal

from edge.cache.backing import Backing
from edge.cache.cache import Answer, Cache, Limits
from edge.cache.floors import Floors
from edge.cache.memory import Memory
from edge.cache.policy import Held
from edge.cache.reading import Reading
from edge.journal.lease import Proof
from edge.model.change import Entry, Verb
from edge.model.outcome import Found, Missing, Outcome, Unavailable
from edge.model.position import AsOf
from edge.model.stats import Stats
from tests.support.clock import HandClock

KEY = "key"
TAG = "source:s1"
LEASE = 10.0
ON_ERROR = 3600.0
TAGS = frozenset({TAG, "key:key", "all"})

Answered = Answer[str] | Unavailable
MemoryKind = Literal["bounded", "hoarding", "stubborn", "amnesiac"]
MEMORIES: tuple[MemoryKind, ...] = ("bounded", "hoarding", "stubborn", "amnesiac")


def entry_at(position: int, *tags: str, verb: Verb = "change", life: str = "") -> Entry:
    """A journal entry whose id follows from its position; ``life`` tells two journals of equal numbers apart."""
    names = (f"{life}{position}", f"{life}{position - 1}")
    return Entry(position, *names, verb, tags, (), (), "tests", "", 0.0, {})


class HoardingMemory(Memory[str, str]):
    """Deletes nothing, evicts nothing, lets nothing expire."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(1 << 20, len, clock)
        self.kept: dict[str, Held[str]] = {}

    def get(self, key: str) -> Held[str] | None:
        return self.kept.get(key)

    def put(self, key: str, held: Held[str]) -> None:
        self.kept[key] = held


class StubbornMemory(HoardingMemory):
    """Does not even replace: what came first stays for ever."""

    def put(self, key: str, held: Held[str]) -> None:
        self.kept.setdefault(key, held)


class AmnesiacMemory(HoardingMemory):
    """Keeps nothing."""

    def put(self, key: str, held: Held[str]) -> None:
        pass


def memory_of(kind: MemoryKind, clock: HandClock) -> Memory[str, str]:
    makers: dict[MemoryKind, Callable[[], Memory[str, str]]] = {
        "bounded": lambda: Memory(1 << 23, len, clock),
        "hoarding": lambda: HoardingMemory(clock),
        "stubborn": lambda: StubbornMemory(clock),
        "amnesiac": lambda: AmnesiacMemory(clock),
    }
    return makers[kind]()


class HeldRead:
    """One read under the test's hand: it looks at the store when told, and ends when told."""

    def __init__(self) -> None:
        self._look, self._end = asyncio.Event(), asyncio.Event()

    def look(self) -> None:
        self._look.set()

    def end(self) -> None:
        """It may end; it still has to look before that."""
        self._end.set()

    def finish(self) -> None:
        self.look()
        self.end()

    async def run(self, snapshot: Callable[[], Outcome[str]]) -> Outcome[str]:
        await self._look.wait()
        outcome = snapshot()
        await self._end.wait()
        return outcome


class Stage:
    """One node's cache before a store that commits a new word at every position."""

    def __init__(
        self,
        memory: MemoryKind = "bounded",
        floors: Floors | None = None,
        backing: Backing[str, str] | None = None,
        *,
        synced: bool = True,
        warmed: Sequence[str] = (),
    ) -> None:
        """``warmed``: the keys that every entry is concerned with."""
        self.clock = HandClock()
        self.epoch, self.life, self.position = "e1", "", 1
        self.tags = TAGS
        self.down = self.gone = False
        self.vouched = True
        self.broken: Exception | None = None
        self.barriers: list[HeldRead] = []
        self.begun = 0
        self.floors = floors or Floors()
        self.proof = Proof()
        self.stats = Stats()
        self.memory = memory_of(memory, self.clock)
        self.cache: Cache[str, str] = Cache(
            self._reading,
            memory=self.memory,
            floors=self.floors,
            proof=self.proof,
            clock=self.clock,
            limits=Limits(LEASE, ON_ERROR),
            stats=self.stats,
            backing=backing,
            concerned=lambda _entry: warmed,
        )
        if synced:
            self.sync()

    @property
    def head(self) -> AsOf:
        return AsOf(self.epoch, self.position, f"{self.life}{self.position}")

    def sync(self, revoked: dict[str, int] | None = None) -> None:
        """What the follower does at start and after a resync."""
        self.cache.restart(self.head, (), revoked or {})
        self.prove()

    def prove(self) -> None:
        """What the follower does after a poll that reached the head and wrote a heartbeat."""
        self.proof.cursor = self.head
        self.proof.proven_at = self.proof.leased_at = self.clock()

    def commit(self, *tags: str, verb: Verb = "invalidate") -> Entry:
        """The store moves on; this node does not know it yet."""
        self.position += 1
        return entry_at(self.position, *(tags or (TAG,)), verb=verb, life=self.life)

    def purge(self, *tags: str, verb: Verb = "invalidate") -> Entry:
        """Commit and apply in one step, proven."""
        entry = self.commit(*tags, verb=verb)
        self.cache.apply(entry)
        self.prove()
        return entry

    async def get(self, key: str = KEY) -> Answered:
        return await self.cache.get(key)

    def asking(self, key: str = KEY) -> asyncio.Task[Answered]:
        return asyncio.create_task(self.get(key))

    def snapshot(self) -> Outcome[str]:
        if self.broken is not None:
            raise self.broken
        if self.down:
            return Unavailable("store-unavailable")
        if self.gone:
            return Missing(self.head, self.tags)
        return Found(f"word {self.life}{self.position}", self.head, self.tags)

    def hold(self, reads: int = 1) -> list[HeldRead]:
        """Barriers for the next ``reads`` reads; those after them look and end at once."""
        self.barriers = [HeldRead() for _ in range(reads)]
        return list(self.barriers)

    async def _reading(self, key: str) -> Reading[str]:
        return Reading(await self._read(key), vouched=self.vouched)

    async def _read(self, _key: str) -> Outcome[str]:
        self.begun += 1
        if not self.barriers:
            return self.snapshot()
        return await self.barriers.pop(0).run(self.snapshot)


def answered(answer: Answered) -> Answer[str]:
    """The answer, which must be one."""
    assert not isinstance(answer, Unavailable), answer
    return answer


def position_of(answer: Answered) -> int:
    return answered(answer).known.as_of.position


def word_of(answer: Answered) -> str:
    known = answered(answer).known
    assert isinstance(known, Found)
    return known.value
