"""I1, I2, I3: every order of two reads, a purge and three callers, on memories that delete, never delete or keep
nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import pytest

from edge.model.change import Entry, Verb
from edge.model.outcome import Unavailable
from tests.cache.stage import MEMORIES, Answered, MemoryKind, Stage, position_of
from tests.support.polling import settle

pytestmark = pytest.mark.anyio

EVENTS = ("A arrives", "1 looks", "1 ends", "commit", "apply", "B arrives", "2 looks", "2 ends")
BEFORE = (
    ("A arrives", "1 looks"),
    ("1 looks", "1 ends"),
    ("commit", "apply"),
    ("A arrives", "B arrives"),
    ("2 looks", "2 ends"),
)
Order = tuple[str, ...]


def orders() -> Iterator[Order]:
    """Every order in which a read looks before it ends and a purge is committed before it is applied.

    An event that concerns the second read holds nothing back if there is no second read yet: it then looks or ends as
    soon as it can.
    """
    for order in permutations(EVENTS):
        if all(order.index(earlier) < order.index(later) for earlier, later in BEFORE):
            yield order


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, and what its node knew when the caller arrived and when it was answered."""

    answer: Answered
    knew_at_arrival: bool
    knew_at_answer: bool


class Play:
    """One order, performed. Reads after the second are not held back."""

    def __init__(self, memory: MemoryKind, verb: Verb) -> None:
        self.stage = Stage(memory)
        self.barriers = self.stage.hold(2)
        self.verb: Verb = verb
        self.purge: Entry | None = None
        self.applied = False
        self.given: list[Given] = []
        self.callers: list[asyncio.Task[None]] = []

    async def perform(self, order: Order) -> None:
        for event in order:
            self._happen(event)
            await settle(6)
        self.callers.append(asyncio.create_task(self._call()))
        await asyncio.gather(*self.callers)

    def _happen(self, event: str) -> None:
        match event.split():
            case [number, "looks"]:
                self.barriers[int(number) - 1].look()
            case [number, "ends"]:
                self.barriers[int(number) - 1].end()
            case ["commit"]:
                self.purge = self.stage.commit(verb=self.verb)
            case ["apply"]:
                assert self.purge is not None
                self.stage.cache.apply(self.purge)
                self.stage.prove()
                self.applied = True
            case _:
                self.callers.append(asyncio.create_task(self._call()))

    async def _call(self) -> None:
        knew = self.applied
        answer = await self.stage.get()
        self.given.append(Given(answer, knew, self.applied))


def broken_rule(play: Play) -> str | None:
    """The first rule that an answer of ``play`` breaks."""
    assert play.purge is not None
    for given in play.given:
        if isinstance(given.answer, Unavailable):
            return "a store that can be read was not"
        old = position_of(given.answer) < play.purge.position
        if old and given.knew_at_answer and given.answer.freshness == "fresh":
            return "I1: read before the purge, called fresh after it"
        if old and given.knew_at_arrival:
            return "I2: arrived after the purge, answered with what was read before it"
        if old and given.knew_at_answer and play.verb == "revoke":
            return "revoke: the node knew of it and answered with something older"
    return None


@pytest.mark.parametrize("verb", ["invalidate", "revoke"])
@pytest.mark.parametrize("memory", MEMORIES)
async def test_i1_i2_i3_in_every_order_nothing_read_before_a_purge_is_fresh_after_it(
    memory: MemoryKind, verb: Verb
) -> None:
    broken: dict[str, Order] = {}
    performed = 0
    for order in orders():
        play = Play(memory, verb)
        await play.perform(order)
        assert len(play.given) == 3
        performed += 1
        rule = broken_rule(play)
        if rule is not None:
            broken.setdefault(rule, order)
    assert performed == 1260
    assert broken == {}
