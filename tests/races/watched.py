"""What an edit shows to the public, and whether the journal says so.

A copy of every document of every key is kept as a cache would keep it: replaced only when an entry's tags meet its own.
After every commit each copy must be byte for byte what a new read answers, with the same revision.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from edge.model.change import Entry
from edge.model.outcome import Found, Missing, Outcome, Unavailable
from edge.publish.publication import KINDS, Kind, Publication, Publisher, Wanted
from edge.publish.wire import Origin
from edge.store.documents import Document
from edge.store.store import Draft
from tests.support.world import World, open_world, plan

Known = Found[Publication] | Missing
T = TypeVar("T")


def shown(outcome: Outcome[Publication]) -> bytes | None:
    """The public bytes; ``None`` where the answer is that there is no such key."""
    assert not isinstance(outcome, Unavailable), outcome
    return outcome.value.variants["identity"].body if isinstance(outcome, Found) else None


def revision(outcome: Outcome[Publication]) -> int | None:
    return outcome.value.revision if isinstance(outcome, Found) else None


class Watched(RuleBasedStateMachine):
    """A store, the copies of all that it publishes, and a commit that holds every entry against what shows."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.directory = Path(tempfile.mkdtemp(prefix="edits-"))
        self.world: World = open_world(self.directory)
        self.publisher = Publisher(self.world.store, Origin("https://edge.example"), 20.0)
        self.keys: list[str] = []
        self.copies: dict[Wanted, Known] = {}
        self.fresh: dict[Wanted, Known] = {}

    def teardown(self) -> None:
        self.wait(self.world.close())
        self.loop.close()
        shutil.rmtree(self.directory)

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def new_key(self) -> str:
        """A key that no source has yet; somebody has asked for it already, and has copies that say so."""
        key = f"write-key-{len(self.keys):04}"
        self.keys.append(key)
        unknown = self.read(key)
        self.fresh |= unknown
        self.copies |= unknown
        return key

    def read(self, *keys: str) -> dict[Wanted, Known]:
        async def every() -> dict[Wanted, Known]:
            found: dict[Wanted, Known] = {}
            for wanted in (Wanted(kind, key) for key in keys for kind in KINDS):
                outcome = await self.publisher.read(wanted)
                assert not isinstance(outcome, Unavailable), outcome
                found[wanted] = outcome
            return found

        return self.wait(every())

    def commit(self, *puts: Document, deletes: tuple[Document, ...] = ()) -> Entry | None:
        """Write, and hold the entry against what shows."""
        before = self.fresh
        entry = self.wait(self.world.store.commit(plan(Draft(puts, deletes)), actor="tests"))
        self.fresh = self.read(*self.keys)
        tags = set(entry.tags) if entry is not None else set()
        changed = {wanted for wanted, old in before.items() if shown(old) != shown(self.fresh[wanted])}
        assert changed or not tags, f"nothing shows, yet {tags} are purged"
        for wanted, outcome in self.fresh.items():
            copy = self.copies[wanted]
            if copy.tags & tags:
                self.copies[wanted] = outcome
                continue
            assert shown(copy) == shown(outcome), f"{wanted} changed, and {tags} do not reach its copy {set(copy.tags)}"
            assert revision(copy) == revision(outcome), f"the revision of {wanted} changed without a byte"
        for wanted, new in self.fresh.items():
            self.revised(wanted, before[wanted], new, changed, entry)
        return entry

    def revised(self, wanted: Wanted, old: Known, new: Known, changed: set[Wanted], entry: Entry | None) -> None:
        """A document's revision is the entry's position if something of its key changed, and stays otherwise."""
        if not isinstance(new, Found):
            return
        kinds: tuple[Kind, ...] = ("settings", "integrations", wanted.kind)
        if any(Wanted(kind, wanted.write_key) in changed for kind in kinds):
            assert entry is not None
            assert new.value.revision == entry.position
        else:
            assert isinstance(old, Found)
            assert new.value.revision == old.value.revision
