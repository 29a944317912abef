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
        self.keys: list[str] = ["never-a-key-0000"]
        self.copies: dict[Wanted, Found[Publication] | Missing] = {}
        self.fresh: dict[Wanted, Found[Publication] | Missing] = {}

    def teardown(self) -> None:
        self.wait(self.world.close())
        self.loop.close()
        shutil.rmtree(self.directory)

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def new_key(self) -> str:
        self.keys.append(f"write-key-{len(self.keys):04}")
        return self.keys[-1]

    def read(self) -> dict[Wanted, Found[Publication] | Missing]:
        async def every() -> dict[Wanted, Found[Publication] | Missing]:
            found: dict[Wanted, Found[Publication] | Missing] = {}
            for wanted in (Wanted(kind, key) for key in self.keys for kind in KINDS):
                outcome = await self.publisher.read(wanted)
                assert not isinstance(outcome, Unavailable), outcome
                found[wanted] = outcome
            return found

        return self.wait(every())

    def commit(self, *puts: Document, deletes: tuple[Document, ...] = ()) -> Entry | None:
        """Write, and hold the entry against what shows."""
        before = {
            wanted: self.fresh.get(wanted) for wanted in (Wanted(kind, key) for key in self.keys for kind in KINDS)
        }
        entry = self.wait(self.world.store.commit(plan(Draft(puts, deletes)), actor="tests"))
        self.fresh = self.read()
        tags = set(entry.tags) if entry is not None else set()
        changed = {
            wanted for wanted, old in before.items() if (shown(old) if old else None) != shown(self.fresh[wanted])
        }
        assert changed or not tags, f"nothing shows, yet {tags} are purged"
        for wanted, outcome in self.fresh.items():
            copy = self.copies.get(wanted)
            if copy is None or copy.tags & tags:
                self.copies[wanted] = outcome
                continue
            assert shown(copy) == shown(outcome), f"{wanted} changed, and {tags} do not reach its copy {set(copy.tags)}"
            assert revision(copy) == revision(outcome), f"the revision of {wanted} changed without a byte"
        for key in self.keys:
            self.revised(key, before, entry)
        return entry

    def revised(self, key: str, before: dict[Wanted, Any], entry: Entry | None) -> None:
        """A document's revision is the entry's position if something of its key changed, and stays otherwise."""

        def altered(*kinds: Kind) -> bool:
            asked = [Wanted(kind, key) for kind in kinds]
            return any(before[one] is not None and shown(before[one]) != shown(self.fresh[one]) for one in asked)

        for kind in KINDS:
            wanted = Wanted(kind, key)
            old, new = before[wanted], self.fresh[wanted]
            if not isinstance(new, Found):
                continue
            if altered("settings", "integrations", kind):
                assert entry is not None
                assert new.value.revision == entry.position
            elif isinstance(old, Found):
                assert new.value.revision == old.value.revision
