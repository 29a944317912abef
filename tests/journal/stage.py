"""A follower on a stage: a journal on paper, whose answers look and end when told, and a roster that only listens."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from edge.journal.follower import Follower
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.journal.reporter import at_once
from edge.model.change import Entry
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.store.journal_reader import Batch
from edge.store.roster import AckRow, DiskRow, HostRow, Newcomer, NodeRow
from tests.support.clock import HandClock
from tests.support.journal import entry

T = TypeVar("T")
LEASE = 10.0
TIMEOUT = 30.0


class HeldAnswer:
    """One answer under the test's hand: it looks when told, and ends when told."""

    def __init__(self) -> None:
        self.asked, self._look, self._end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def look(self) -> None:
        self._look.set()

    def end(self) -> None:
        """It still has to look before that."""
        self._end.set()

    async def give(self, snapshot: Callable[[], T]) -> T:
        self.asked.set()
        await self._look.wait()
        answer = snapshot()
        await self._end.wait()
        return answer


class PaperJournal:
    """``JournalSource`` and ``RevokeSource``. Those asked first are held back, as many as ``hold`` says."""

    def __init__(self, length: int = 0) -> None:
        self.epoch, self.life = "e1", ""
        self.entries: list[Entry] = [entry(position) for position in range(1, length + 1)]
        self.held: list[HeldAnswer] = []
        self.forgotten = 0
        self.down = False

    @property
    def head(self) -> AsOf:
        newest = self.entries[-1].id if self.entries else "0"
        return AsOf(self.epoch, len(self.entries), newest)

    def commit(self, *tags: str) -> Entry:
        made = entry(len(self.entries) + 1, *tags, life=self.life, previous=self.head.entry_id)
        self.entries.append(made)
        return made

    def restore(self, length: int) -> None:
        """An older copy takes the journal's place, under an epoch of its own."""
        del self.entries[length:]
        self.epoch, self.life = "e2", "x"

    def forget(self) -> None:
        """Everything up to now is too old to be kept."""
        self.forgotten = len(self.entries)

    def hold(self, answers: int = 1) -> list[HeldAnswer]:
        self.held = [HeldAnswer() for _ in range(answers)]
        return list(self.held)

    async def poll(self, position: int) -> Batch:
        return await self._answer(lambda: Batch(self.head, tuple(self.entries[max(position - 1, self.forgotten) :])))

    async def since(self, at: float) -> Batch:
        return await self._answer(lambda: Batch(self.head, tuple(self.entries[self.forgotten :])))

    async def revoked(self) -> dict[str, int]:
        return await self._answer(dict)

    async def _answer(self, snapshot: Callable[[], T]) -> T:
        if self.down:
            raise OSError("no journal")
        return await self.held.pop(0).give(snapshot) if self.held else snapshot()


class Applied:
    """An applier that knows how far it is, and notices when it is handed what does not follow."""

    def __init__(self) -> None:
        self.place: AsOf | None = None
        self.applied: list[int] = []
        self.faults: list[str] = []

    def apply(self, given: Entry) -> None:
        if self.place is None or (given.position, given.previous_id) != (self.place.position + 1, self.place.entry_id):
            self.faults.append(f"{given.id} applied after {self.place}")
        self.applied.append(given.position)
        self.place = AsOf(self.place.epoch if self.place else "", given.position, given.id)

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        self.place = head


class ListeningRoster:
    """Keeps the heartbeats that it hears, and hears none while it is ``deaf``."""

    def __init__(self) -> None:
        self.beats: list[tuple[AsOf, bool]] = []
        self.looks = 0
        self.deaf = False
        self.held: list[asyncio.Event] = []

    def hold(self, beats: int = 1) -> list[asyncio.Event]:
        """Each of the next ``beats`` is heard when its event is set."""
        self.held = [asyncio.Event() for _ in range(beats)]
        return list(self.held)

    async def beat(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool:
        if self.held:
            await self.held.pop(0).wait()
        if self.deaf:
            raise OSError("no roster")
        self.beats.append((cursor, moved))
        return True

    async def join(self, newcomer: Newcomer, now: float) -> None: ...

    async def leave(self, node: str) -> None: ...

    async def rows(self) -> list[NodeRow]:
        self.looks += 1
        return []

    async def hosts(self) -> list[HostRow]:
        return []

    async def disks(self) -> list[DiskRow]:
        return []

    async def ack(self, ack: AckRow, now: float) -> None: ...

    async def acks(self, epoch: str, position: int) -> list[AckRow]:
        return []

    async def acks_of(self, host: str, epoch: str) -> list[AckRow]:
        return []

    async def applied_at(self, epoch: str, position: int) -> dict[str, float]:
        return {}


class FollowerStage:
    """A follower at the head of a journal of ``length`` entries, or one that has not read it (``sync`` does)."""

    def __init__(
        self, directory: Path, length: int = 3, *, front: str = "none", lull: Callable[[], Awaitable[None]] = at_once
    ) -> None:
        self.clock = HandClock()
        self.journal = PaperJournal(length)
        self.roster = ListeningRoster()
        self.applied = Applied()
        self.proof, self.stats = Proof(), Stats()
        self.follower = Follower(
            source=self.journal,
            revokes=self.journal,
            applier=self.applied,
            membership=Membership(self.roster, Presence(directory), Newcomer("n1", "h1", "1", front=front), LEASE),
            proof=self.proof,
            clock=self.clock,
            stats=self.stats,
            interval=3600.0,
            timeout=TIMEOUT,
            lull=lull,
        )

    async def follow(self) -> None:
        while not await self.follower.step():
            pass

    def polling(self) -> asyncio.Task[bool]:
        return asyncio.create_task(self.follower.step())

    def offer(self, *offered: Entry, epoch: str | None = None) -> None:
        for one in offered:
            self.follower.offer(epoch or self.journal.epoch, one)

    def fenced(self) -> bool:
        return self.proof.fenced(self.clock(), LEASE)
