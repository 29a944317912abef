"""One process of a host as its recorder sees it: what the follower would tell it is told by the test."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.cache.floors import Floors
from edge.cache.ledger import Ledger
from edge.cache.ledger_file import LedgerFile
from edge.cache.recorder import Recorded, Recorder
from edge.journal.lease import Proof
from edge.model.change import Entry
from edge.model.stats import Stats
from edge.store.journal_reader import Batch
from tests.cache.kept import place
from tests.cache.stage import entry_at
from tests.support.clock import HandClock


class Journal:
    """A JournalSource of entries that a test appends to; ``life`` tells two journals of equal numbers apart."""

    def __init__(self, head: int, *, epoch: str = "e1", life: str = "") -> None:
        self.epoch = epoch
        self.entries = [entry_at(position, life=life) for position in range(1, head + 1)]
        self.down = False

    async def poll(self, position: int) -> Batch:
        if self.down:
            raise ConnectionError
        head = self.entries[-1]
        return Batch(
            place(head.position, self.epoch, head.id.rstrip("0123456789")), tuple(self.entries[position - 1 :])
        )

    async def since(self, at: float) -> Batch:
        return await self.poll(1)


@dataclass
class Scene:
    """One process on a directory: what the follower tells its recorder is told by the test."""

    directory: Path
    journal: Journal
    clock: HandClock

    def __post_init__(self) -> None:
        self.floors, self.proof, self.stats = Floors(), Proof(), Stats()
        self.emptied: list[str | None] = []
        self.file = LedgerFile(self.directory / "journal.json", "boot")
        self.recorder = Recorder(
            self.floors,
            self.proof,
            file=self.file,
            empty=self.emptied.append,
            source=self.journal,
            clock=self.clock,
            stats=self.stats,
        )
        self.applier = Recorded(self.floors, self.recorder)
        self.recorder.recall()

    def sync(self, revoked: dict[str, int] | None = None, recent: Sequence[Entry] = ()) -> None:
        """What the follower does at its first poll, and at a resync."""
        head = self.journal.entries[-1]
        life = head.id.rstrip("0123456789")
        self.applier.restart(place(head.position, self.journal.epoch, life), recent, revoked or {})
        self.proof.cursor = place(head.position, self.journal.epoch, life)

    def apply(self, entry: Entry) -> None:
        self.journal.entries.append(entry)
        self.applier.apply(entry)
        self.proof.cursor = place(entry.position, self.journal.epoch, entry.id.rstrip("0123456789"))

    def heard(self) -> None:
        """What the follower does after a heartbeat was written."""
        self.proof.proven_at = self.proof.leased_at = self.clock()

    def on_disk(self) -> Ledger | None:
        return LedgerFile(self.directory / "journal.json", "boot").read(self.clock())
