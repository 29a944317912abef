"""Claims about the bell: a ring after the mark is never slept through."""

import asyncio

import pytest

from edge.journal.bell import Bell
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


async def test_all_who_wait_are_woken(bell: Bell) -> None:
    waiters = [asyncio.create_task(bell.after(bell.mark(), 60)) for _ in range(5)]
    await settle()
    bell.ring()
    await asyncio.gather(*waiters)


async def test_a_ring_between_looking_and_waiting_is_heard(bell: Bell) -> None:
    mark = bell.mark()
    bell.ring()
    await bell.after(mark, 60)


async def test_a_ring_before_the_mark_is_not(bell: Bell) -> None:
    bell.ring()
    waiter = asyncio.create_task(bell.after(bell.mark(), 60))
    await settle()
    assert not waiter.done()
    bell.ring()
    await waiter


@pytest.mark.parametrize("seconds", [-1, 0, 0.01])
async def test_waiting_ends_by_itself(bell: Bell, seconds: float) -> None:
    await bell.after(bell.mark(), seconds)


@pytest.fixture
def bell() -> Bell:
    return Bell()
