"""Claims about reading ahead: every key that is due is read after it became due, and never too many at once."""

import asyncio

import pytest
from structlog.testing import capture_logs

from edge.cache.warmer import DUE, WORKERS, Warmer
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


class Reads:
    """Reads that end when the test says so, each counted."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.end = asyncio.Event()
        self.broken = False

    async def read(self, key: str) -> None:
        self.begun.append(key)
        await self.end.wait()
        if self.broken:
            raise LookupError(key)


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def warmer(reads: Reads) -> Warmer[str]:
    return Warmer(reads.read)


async def test_what_is_due_is_read_once_however_often_it_was_wanted(reads: Reads, warmer: Warmer[str]) -> None:
    for _ in range(3):
        warmer.want(["a", "b"])
    reads.end.set()
    await settle()
    assert reads.begun == ["a", "b"]


async def test_i33_what_is_wanted_while_it_is_read_is_read_once_more(reads: Reads, warmer: Warmer[str]) -> None:
    warmer.want(["a"])
    await settle()
    assert reads.begun == ["a"]
    warmer.want(["a"])
    warmer.want(["a"])
    reads.end.set()
    await settle()
    assert reads.begun == ["a", "a"]


async def test_a_slow_read_holds_up_no_other_key(reads: Reads, warmer: Warmer[str]) -> None:
    warmer.want(["slow"])
    await settle()
    warmer.want(["quick"])
    await settle()
    assert reads.begun == ["slow", "quick"]
    reads.end.set()


async def test_no_more_than_so_many_are_read_at_once_and_all_in_the_end(reads: Reads, warmer: Warmer[str]) -> None:
    keys = [f"key-{number}" for number in range(5 * WORKERS)]
    warmer.want(keys)
    await settle()
    assert reads.begun == keys[:WORKERS]
    reads.end.set()
    await settle(20)
    assert reads.begun == keys


async def test_no_more_than_so_many_are_due(reads: Reads, warmer: Warmer[str]) -> None:
    warmer.want(f"key-{number}" for number in range(DUE + 50))
    reads.end.set()
    await settle(20)
    assert len(reads.begun) == DUE


async def test_a_defect_in_one_read_is_said_and_ends_no_other(reads: Reads, warmer: Warmer[str]) -> None:
    reads.broken = True
    with capture_logs() as logs:
        warmer.want([f"key-{number}" for number in range(2 * WORKERS)])
        reads.end.set()
        await settle(20)
    assert len(reads.begun) == 2 * WORKERS
    assert {line["error"] for line in logs} == {"LookupError"}


async def test_closing_ends_what_is_read_and_forgets_what_is_due(reads: Reads, warmer: Warmer[str]) -> None:
    warmer.want([f"key-{number}" for number in range(2 * WORKERS)])
    await settle()
    await warmer.close()
    reads.end.set()
    await settle()
    assert len(reads.begun) == WORKERS


async def test_whoever_waits_for_keys_waits_until_they_are_read_and_for_no_other(
    reads: Reads, warmer: Warmer[str]
) -> None:
    warmer.want(["a", "b"])
    for_one = asyncio.create_task(warmer.done(["a", "never wanted"]))
    for_all = asyncio.create_task(warmer.quiet())
    await warmer.done(["never wanted"])
    await settle()
    warmer.want(["a"])
    assert not for_one.done()
    assert not for_all.done()
    reads.end.set()
    await asyncio.gather(for_one, for_all)
    assert reads.begun == ["a", "b", "a"]


async def test_a_read_that_failed_is_waited_for_no_longer(reads: Reads, warmer: Warmer[str]) -> None:
    reads.broken = True
    reads.end.set()
    warmer.want(["a"])
    await warmer.done(["a"])
    assert reads.begun == ["a"]
