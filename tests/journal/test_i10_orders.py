"""I10 in every order: a poll that is sent, looks and ends, two commits, and their offers; and the same while another
journal is loaded. Whatever comes first, each entry is applied once and in order, and what is proven is applied."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from edge.model.change import Entry
from edge.model.position import AsOf
from tests.journal.stage import FollowerStage, HeldAnswer
from tests.support.polling import settle

pytestmark = pytest.mark.anyio
Order = tuple[str, ...]

POLL = ("commit 1", "commit 2", "offer 1", "offer 2", "sent", "looks", "ends")
POLL_BEFORE = (
    ("commit 1", "commit 2"),
    ("commit 1", "offer 1"),
    ("commit 2", "offer 2"),
    ("sent", "looks"),
    ("looks", "ends"),
)
LOAD = ("replace", "commit 1", "offer 1", "sent", "poll ends", "window looks", "window ends", "revokes end")
LOAD_BEFORE = (
    ("replace", "commit 1"),
    ("commit 1", "offer 1"),
    ("replace", "poll ends"),
    *pairwise(LOAD[3:]),
)


def orders(events: Order, before: tuple[tuple[str, str], ...]) -> Iterator[Order]:
    for order in permutations(events):
        if all(order.index(earlier) < order.index(later) for earlier, later in before):
            yield order


class Play:
    """One order, performed; ``broken`` is the first rule that did not hold after an event."""

    def __init__(self, directory: Path, held: int, replaced: str = "") -> None:
        self.stage = FollowerStage(directory)
        self.held_answers, self.replaced = held, replaced
        self.answers: list[HeldAnswer] = []
        self.commits: dict[str, Entry] = {}
        self.sent_at: AsOf | None = None
        self.step: asyncio.Task[bool] | None = None
        self.last: AsOf | None = None
        self.broken: str | None = None

    async def perform(self, order: Order) -> None:
        await self.stage.follow()
        reporting = asyncio.create_task(self.report())
        for event in order:
            self.happen(event)
            await settle(8)
            self.check(event)
        assert self.step is not None
        await self.step
        await self.stage.follow()
        self.check("the end")
        reporting.cancel()
        if self.stage.applied.place != self.stage.journal.head:
            self.fail("something committed was never applied")

    async def report(self) -> None:
        while True:
            await self.stage.follower.report_early()

    def happen(self, event: str) -> None:
        stage = self.stage
        match event.split():
            case ["commit", number]:
                self.commits[number] = stage.journal.commit()
            case ["offer", number]:
                stage.offer(self.commits[number])
            case ["replace"] if self.replaced == "restored":
                stage.journal.restore(2)
            case ["replace"]:
                stage.journal.forget()
            case ["sent"]:
                stage.clock.advance(1)
                self.sent_at = stage.journal.head
                self.answers = stage.journal.hold(self.held_answers)
                self.step = stage.polling()
            case ["looks"] | ["window", "looks"]:
                self.answers[0 if event == "looks" else 1].look()
            case ["ends"]:
                self.answers[0].end()
            case ["poll", "ends"]:
                self.answers[0].look()
                self.answers[0].end()
            case ["window", "ends"]:
                self.answers[1].end()
            case ["revokes", "end"]:
                self.answers[2].look()
                self.answers[2].end()

    def check(self, event: str) -> None:
        stage = self.stage
        cursor, place = stage.proof.cursor, stage.applied.place
        if stage.applied.faults:
            self.fail(stage.applied.faults[0])
        if place is None or cursor is None or (cursor.position, cursor.entry_id) != (place.position, place.entry_id):
            self.fail(f"after {event} the cursor is {cursor}, and applied is {place}")
        elif self.last is not None and self.last.epoch == cursor.epoch and cursor.position < self.last.position:
            self.fail(f"after {event} the cursor turned back")
        elif any(told.epoch == cursor.epoch and told.position > cursor.position for told, _ in stage.roster.beats):
            self.fail(f"after {event} the roster was told more than is applied")
        elif stage.proof.proven_at == stage.clock() and self.is_before_what_was_sent_at(cursor):
            self.fail(f"after {event} something is proven that is not applied")
        self.last = cursor

    def is_before_what_was_sent_at(self, cursor: AsOf) -> bool:
        sent_at = self.sent_at
        return sent_at is not None and sent_at.epoch == cursor.epoch and cursor.position < sent_at.position

    def fail(self, rule: str) -> None:
        self.broken = self.broken or rule


async def test_i10_offers_and_a_poll_in_any_order_apply_each_entry_once_and_in_order(tmp_path: Path) -> None:
    broken: dict[str, Order] = {}
    performed = 0
    for order in orders(POLL, POLL_BEFORE):
        play = Play(tmp_path, held=1)
        await play.perform(order)
        performed += 1
        if play.broken is None and play.stage.applied.applied != [4, 5]:
            play.fail(f"applied {play.stage.applied.applied}")
        if play.broken is None and play.stage.stats.resyncs:
            play.fail("a journal that is the same was loaded anew")
        if play.broken is not None:
            broken.setdefault(play.broken, order)
    assert performed == 105
    assert broken == {}


@pytest.mark.parametrize("replaced", ["restored", "forgotten"])
async def test_i6_i10_what_is_offered_while_another_journal_is_loaded_is_never_reported_unless_applied(
    tmp_path: Path, replaced: str
) -> None:
    broken: dict[str, Order] = {}
    performed = 0
    for order in orders(LOAD, LOAD_BEFORE):
        play = Play(tmp_path, held=3, replaced=replaced)
        await play.perform(order)
        performed += 1
        # Offered before the poll was sent, an entry is the cursor, and the journal has not forgotten that one.
        early = replaced == "forgotten" and order.index("offer 1") < order.index("sent")
        if play.broken is None and play.stage.stats.resyncs != (not early):
            play.fail(f"{play.stage.stats.resyncs} resyncs")
        if play.broken is not None:
            broken.setdefault(play.broken, order)
    assert performed == 36
    assert broken == {}
