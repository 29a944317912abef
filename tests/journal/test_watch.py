"""Claims about looking on behalf of many: one look for all of them, at once when something happens here."""

import asyncio

import pytest

from edge.journal.bell import Bell
from edge.journal.membership import Attendance
from edge.journal.watch import LATEST, Watch
from tests.support.polling import settle, until

pytestmark = pytest.mark.anyio


class Looker:
    def __init__(self) -> None:
        self.looks = 0
        self.error: Exception | None = None

    async def __call__(self) -> Attendance:
        self.looks += 1
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return Attendance((), (), True, float(self.looks))


def made(monkeypatch: pytest.MonkeyPatch, seconds: float) -> tuple[Watch, Looker, Bell]:
    """A watch that looks every ``seconds`` by itself."""
    monkeypatch.setattr("edge.journal.watch.SOONEST", seconds)
    monkeypatch.setattr("edge.journal.watch.LATEST", seconds)
    looker, bell = Looker(), Bell()
    return Watch(looker, bell), looker, bell


async def waits(watch: Watch) -> Attendance | None:
    with watch.waiting():
        return await watch.next(60)


async def test_a_hundred_waiters_cost_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, looker, bell = made(monkeypatch, 3600)
    waiters = [asyncio.create_task(waits(watch)) for _ in range(100)]
    await settle()
    bell.ring()
    found = await asyncio.gather(*waiters)
    assert looker.looks <= 2
    assert all(one is not None for one in found)


async def test_what_happens_between_a_look_and_the_waiting_is_not_slept_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch, looker, bell = made(monkeypatch, 3600)
    with watch.waiting():
        bell.ring()
        assert await watch.next(60) is not None
    assert looker.looks == 1


async def test_without_a_ring_it_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, looker, _ = made(monkeypatch, 0.001)
    assert LATEST <= 1
    for _ in range(3):
        assert await waits(watch) is not None
    assert looker.looks == 3


async def test_waiting_ends_with_its_time_and_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, looker, _ = made(monkeypatch, 3600)
    before = len(asyncio.all_tasks())
    with watch.waiting():
        assert await watch.next(0.01) is None
        assert len(asyncio.all_tasks()) == before + 1
    await until(lambda: len(asyncio.all_tasks()) == before, "the look under way is ended")
    assert looker.looks == 0


async def test_one_who_gives_up_takes_no_look_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, _, bell = made(monkeypatch, 3600)
    patient = asyncio.create_task(waits(watch))
    impatient = asyncio.create_task(waits(watch))
    await settle()
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    bell.ring()
    assert await patient is not None


async def test_a_roster_that_cannot_be_read_is_an_error_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, looker, bell = made(monkeypatch, 3600)
    looker.error = OSError()
    waiters = [asyncio.create_task(waits(watch)) for _ in range(3)]
    await settle()
    bell.ring()
    found = await asyncio.gather(*waiters, return_exceptions=True)
    assert [type(one) for one in found] == [OSError] * 3
    looker.error = None
    bell.ring()
    waiter = asyncio.create_task(waits(watch))
    await settle()
    bell.ring()
    assert await waiter is not None
