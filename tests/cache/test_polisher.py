"""Claims about polishing: one document at a time, after its first second, and never in the place of another."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
from structlog.testing import capture_logs

from edge.cache.memory import Memory
from edge.cache.policy import Held
from edge.cache.polisher import DUE, LONGEST, SETTLED, Polisher
from edge.compose.tasks import end
from edge.model.outcome import Found, Missing
from edge.model.position import AsOf
from edge.model.stats import Stats
from tests.support.clock import HandClock
from tests.support.polling import DEADLINE, settle, until

pytestmark = pytest.mark.anyio
TAGS = frozenset({"all"})


class Bench:
    """A memory, a polisher at work on it, and its thread, which goes on when the test says so."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.stats = Stats()
        self.memory: Memory[str, str] = Memory(1 << 24, len, self.clock)
        self.polisher: Polisher[str, str] = Polisher(self.memory, self._polish, self.clock, self.stats, self._rest)
        self.begun: list[str] = []
        self.go = threading.Event()
        self.rests: list[float] = []
        self.resting: Callable[[], None] = lambda: None
        self.broken = False
        self.task = asyncio.create_task(self.polisher.run())

    def read(self, key: str, position: int = 1, word: str = "word") -> Held[str]:
        """What a read that began now keeps."""
        now = self.clock()
        held = Held(Found(word, AsOf("e1", position, str(position)), TAGS), now, 3, read_at=now.boot)
        self.memory.put(key, held)
        return held

    def settled(self, *keys: str) -> None:
        """Kept for long enough, and asked for."""
        for key in keys:
            self.read(key, word=key)
        self.clock.advance(SETTLED)
        for key in keys:
            self.polisher.want(key)

    def word(self, key: str) -> str | None:
        held = self.memory.get(key)
        return held.known.value if held is not None and isinstance(held.known, Found) else None

    async def at_work(self, times: int = 1) -> None:
        await until(lambda: len(self.begun) >= times, "polishing begins")

    async def rested(self, times: int = 1) -> None:
        await until(lambda: len(self.rests) >= times, "it rests")
        await settle()

    def _polish(self, word: str) -> str | None:
        self.begun.append(word)
        assert self.go.wait(DEADLINE)
        if self.broken:
            raise LookupError(word)
        return word.upper() if word.islower() else None

    async def _rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.clock.advance(seconds)
        self.resting()
        await asyncio.sleep(0)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    made.go.set()
    await end(made.task)


async def test_what_is_put_in_place_is_judged_by_all_that_was_known_of_what_it_replaces(bench: Bench) -> None:
    bench.settled("a")
    held = bench.memory.get("a")
    bench.go.set()
    await bench.rested()
    polished = bench.memory.get("a")
    assert held is not None
    assert polished is not None
    assert polished.known == Found("A", held.known.as_of, held.known.tags)
    before, after = ((one.confirmed_at, one.generation, one.checked, one.read_at) for one in (held, polished))
    assert after == before
    assert bench.stats.polished == 1


async def test_nothing_is_polished_in_its_first_second(bench: Bench) -> None:
    bench.go.set()
    bench.read("a")
    bench.clock.advance(SETTLED / 4)
    bench.polisher.want("a")
    bench.resting = lambda: bench.begun.append("it rests")
    await bench.rested(2)
    assert bench.rests[0] == SETTLED * 3 / 4
    assert bench.begun == ["it rests", "word", "it rests"]


def change(bench: Bench) -> None:
    bench.read("a", 2, "newer")


async def test_what_is_replaced_in_its_first_second_is_not_polished(bench: Bench) -> None:
    bench.go.set()
    bench.read("a")
    bench.resting = lambda: change(bench)
    bench.polisher.want("a")
    await bench.rested()
    assert (bench.begun, bench.word("a")) == ([], "newer")


@pytest.mark.parametrize("change", ["changed", "read anew", "gone", "forgotten"])
async def test_i4_what_changes_while_it_is_polished_is_never_overwritten(bench: Bench, change: str) -> None:
    bench.settled("a")
    await bench.at_work()
    match change:
        case "changed":
            bench.read("a", 2, "newer")
        case "read anew":
            bench.read("a", 1, "as before")
        case "gone":
            bench.memory.put("a", Held(Missing(AsOf("e1", 2, "2"), TAGS), bench.clock(), 3))
        case "forgotten":
            bench.memory._found.clear()
    now = bench.memory.get("a")
    bench.go.set()
    await bench.rested()
    assert bench.memory.get("a") is now
    assert bench.stats.polished == 0


async def test_i33_what_is_wanted_while_an_older_document_is_polished_is_polished_after_it(bench: Bench) -> None:
    bench.settled("a")
    await bench.at_work()
    bench.read("a", 2, "newer")
    bench.polisher.want("a")
    bench.go.set()
    await until(lambda: bench.word("a") == "NEWER", "the newer document is polished")
    assert bench.begun == ["a", "newer"]


async def test_a_key_is_due_once_however_often_it_is_asked_for(bench: Bench) -> None:
    bench.settled("a", "b", "a", "b", "b")
    bench.go.set()
    await bench.rested(2)
    assert bench.begun == ["a", "b"]


async def test_there_is_never_more_than_one_at_work(bench: Bench) -> None:
    bench.settled("a", "b", "c")
    await bench.at_work()
    bench.polisher.want("c")
    await settle(50)
    assert bench.begun == ["a"]
    bench.go.set()
    await bench.rested(3)
    assert [bench.word(key) for key in "abc"] == ["A", "B", "C"]


async def test_no_more_than_so_many_keys_are_due(bench: Bench) -> None:
    bench.settled(*(f"key-{number}" for number in range(DUE + 50)))
    bench.go.set()
    await bench.rested(DUE)
    await settle(50)
    assert len(bench.begun) == DUE


async def test_it_rests_nine_times_as_long_as_it_worked(bench: Bench) -> None:
    bench.settled("a")
    await bench.at_work()
    bench.clock.advance(0.125)
    bench.go.set()
    await bench.rested()
    assert bench.rests == [9 * 0.125]


async def test_a_machine_that_was_suspended_does_not_rest_for_hours(bench: Bench) -> None:
    bench.settled("a")
    await bench.at_work()
    bench.clock.advance(8 * 3600)
    bench.go.set()
    await bench.rested()
    assert bench.rests == [LONGEST]


async def test_where_nothing_is_to_be_gained_nothing_is_replaced(bench: Bench) -> None:
    held = bench.read("a", word="A")
    bench.clock.advance(SETTLED)
    bench.polisher.want("a")
    bench.polisher.want("nobody has this")
    bench.go.set()
    await bench.rested()
    assert (bench.memory.get("a"), bench.stats.polished) == (held, 0)


async def test_a_defect_is_said_and_ends_nothing_but_is_not_met_again_at_once(bench: Bench) -> None:
    bench.broken = True
    bench.settled("a")
    with capture_logs() as logs:
        bench.go.set()
        await bench.rested()
    assert [line["error"] for line in logs] == ["LookupError"]
    assert bench.rests == [LONGEST]
    bench.broken = False
    bench.polisher.want("a")
    await bench.rested(2)
    assert bench.word("a") == "A"


async def test_ending_waits_for_no_thread_and_what_that_makes_is_dropped(bench: Bench) -> None:
    bench.settled("a", "b")
    await bench.at_work()
    await end(bench.task)
    assert not bench.go.is_set(), "the thread is at work still"
    bench.go.set()
    await settle(50)
    assert (bench.word("a"), bench.begun) == ("a", ["a"])
