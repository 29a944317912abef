"""I1, I2, I4, I6, I8, I12, I30 together: whatever happens in whatever order, every answer keeps every promise.

A history is a list of events: callers, reads that look and end when told, commits, polls, passing time, restored and
failing stores. Each answer is judged against what the store had committed and what the node knew, then and at arrival.
"""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.model.change import Entry, Verb
from edge.model.outcome import Unavailable
from tests.cache.stage import LEASE, MEMORIES, ON_ERROR, TAG, Answered, MemoryKind, Stage
from tests.support.polling import settle

pytestmark = pytest.mark.anyio

EVENTS = (
    *("ask",) * 4, *("look",) * 3, *("end",) * 3, *("poll",) * 3, *("purge",) * 2, "revoke",
    "second", "lease", "restore", "down", "up",
)  # fmt: skip
histories = st.lists(st.sampled_from(EVENTS), min_size=8, max_size=30)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The epoch of a journal, and the highest position purged and revoked in it, as somebody knows it."""

    epoch: str
    purged: int = 0
    revoked: int = 0

    def after(self, entry: Entry) -> "Knowledge":
        revoked = entry.position if entry.verb == "revoke" else self.revoked
        return Knowledge(self.epoch, entry.position, revoked)


@dataclass
class History:
    memory: MemoryKind
    stage: Stage = field(init=False)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stage = Stage(self.memory)
        self.barriers = self.stage.hold(60)
        self.looked = self.ended = 0
        self.store = self.node = Knowledge(self.stage.epoch)
        self.revoked_in_another_life = False
        self.pending: list[Entry] = []
        self.callers: list[asyncio.Task[None]] = []

    async def happen(self, events: list[str]) -> None:
        for event in events:
            self._happen(event)
            await settle(4)
        for barrier in self.barriers:
            barrier.finish()
        await asyncio.gather(*self.callers)

    def _happen(self, event: str) -> None:
        stage = self.stage
        match event:
            case "ask":
                self.callers.append(asyncio.create_task(self._call()))
            case "look" if self.looked < stage.begun:
                self.barriers[self.looked].look()
                self.looked += 1
            case "end" if self.ended < stage.begun:
                self.barriers[self.ended].finish()
                self.ended += 1
                self.looked = max(self.looked, self.ended)
            case "purge":
                self._commit("invalidate")
            case "revoke":
                self._commit("revoke")
            case "poll" if not stage.down:
                self._poll()
            case "second":
                stage.clock.advance(1)
            case "lease":
                stage.clock.advance(LEASE)
            case "restore":
                stage.epoch, stage.position = f"{stage.epoch}+", max(1, stage.position - 1)
                self.store, self.pending = Knowledge(stage.epoch), []
            case "down":
                stage.down = True
            case "up":
                stage.down = False

    def _commit(self, verb: Verb) -> None:
        entry = self.stage.commit(TAG, verb=verb)
        self.pending.append(entry)
        self.store = self.store.after(entry)

    def _poll(self) -> None:
        if self.node.epoch != self.stage.epoch:
            self.revoked_in_another_life = self.revoked_in_another_life or self.node.revoked > 0
            self.stage.sync({TAG: self.store.revoked} if self.store.revoked else {})
            self.node = self.store
        for entry in self.pending:
            self.stage.cache.apply(entry)
            self.node = self.node.after(entry)
        self.pending = []
        self.stage.prove()

    async def _call(self) -> None:
        node, store = self.node, self.store
        answer = await self.stage.get()
        self.broken += self._broken_by(answer, node, store)

    def _broken_by(self, answer: Answered, node: Knowledge, store: Knowledge) -> list[str]:
        """The promises that ``answer`` breaks; ``node`` and ``store`` are as they stood when its caller arrived."""
        if isinstance(answer, Unavailable):
            return []
        now, as_of = self.stage.clock(), answer.known.as_of
        here = as_of.epoch == self.node.epoch
        fenced = self.stage.proof.fenced(now, LEASE)
        below_revoke = as_of.position < self.node.revoked if here else self.revoked_in_another_life or self.node.revoked
        older_than_arrival = as_of.epoch == store.epoch and as_of.position < store.purged
        rules = {
            "I1: fresh although below a floor": answer.freshness == "fresh" and as_of.position < self.node.purged,
            "I6: fresh although of another epoch": answer.freshness == "fresh" and not here,
            "I12: fresh although fenced": answer.freshness == "fresh" and fenced,
            "I2: older than a purge that the node knew at arrival": answer.freshness != "stale"
            and as_of.epoch == node.epoch
            and as_of.position < node.purged,
            "I2: unproven, and older than a purge committed before arrival": answer.freshness == "unproven"
            and older_than_arrival,
            "I30: revoked": bool(below_revoke),
            "I7: stale beyond its limit": answer.freshness == "stale"
            and now.elapsed_since(answer.confirmed_at) >= ON_ERROR,
            "I8: confirmed later than it could be": answer.confirmed_at.boot > now.boot,
        }
        return [rule for rule, is_broken in rules.items() if is_broken]


@pytest.mark.parametrize("memory", MEMORIES)
@given(events=histories)
@settings(max_examples=300, deadline=None)
async def test_i1_i2_i6_i12_i30_every_answer_of_every_history_keeps_every_promise(
    memory: MemoryKind, events: list[str]
) -> None:
    history = History(memory)
    await history.happen(events)
    assert history.broken == []
