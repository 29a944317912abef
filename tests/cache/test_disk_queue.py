"""What waits for the disk: the newest of each name, never too many, and a disk that refuses breaks nothing."""

import asyncio
import threading
from contextlib import suppress
from functools import partial

import pytest
from structlog.testing import capture_logs

from edge.cache import disk_queue
from edge.cache.disk_queue import DiskQueue
from edge.model.stats import Stats
from tests.support.polling import settle, until

pytestmark = pytest.mark.anyio


async def test_the_newest_of_each_name_is_done_and_those_before_it_are_not() -> None:
    done: list[str] = []
    queue = DiskQueue(Stats())
    for name, word in (("a", "old"), ("b", "only"), ("a", "new")):
        queue.put(name, partial(done.append, word))
    await queue.drain()
    assert sorted(done) == ["new", "only"]


async def test_it_works_as_soon_as_something_waits(anyio_backend: str) -> None:
    done: list[int] = []
    queue = DiskQueue(Stats())
    running = asyncio.create_task(queue.run())
    for number in range(3):
        queue.put("a", partial(done.append, number))
        await until(lambda: bool(done) and done[-1] == number, "done")  # noqa: B023 - looked at within the turn
    running.cancel()


async def test_what_comes_waits_for_what_it_came_with_unless_it_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_queue, "LATER", 3600.0)
    monkeypatch.setattr(disk_queue, "MANY", 2)
    done: list[str] = []
    queue = DiskQueue(Stats())
    running = asyncio.create_task(queue.run())
    for _ in range(2):
        queue.put("a", partial(done.append, "a"))
        await settle()
        assert list(queue._waiting) == ["a"]
        queue.put("b", partial(done.append, "b"))
        await until(lambda: len(done) == 2, "done")
        await settle()
        done.clear()
    running.cancel()


async def test_a_job_put_while_its_name_is_being_done_is_done_afterwards() -> None:
    done: list[str] = []
    queue = DiskQueue(Stats())

    def first() -> None:
        queue.put("a", partial(done.append, "second"))
        done.append("first")

    queue.put("a", first)
    await queue.drain()
    assert done == ["first", "second"]


async def test_what_was_begun_when_it_was_told_to_end_is_waited_for() -> None:
    begun, may_end = threading.Event(), threading.Event()
    done: list[str] = []

    def slow() -> None:
        begun.set()
        may_end.wait(20)
        done.append("slow")

    queue = DiskQueue(Stats())
    running = asyncio.create_task(queue.run())
    queue.put("a", slow)
    await until(begun.is_set, "begun")
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    draining = asyncio.create_task(queue.drain())
    await settle()
    assert not draining.done()
    may_end.set()
    await draining
    assert done == ["slow"]


async def test_what_is_too_much_is_not_done_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_queue, "MOST", 2)
    stats, done = Stats(), list[int]()
    queue = DiskQueue(stats)
    for number in range(4):
        queue.put(number, partial(done.append, number))
    queue.put(0, partial(done.append, 100))
    await queue.drain()
    assert (sorted(done), stats.copies_skipped) == ([1, 100], 2)


async def test_a_disk_that_refuses_is_counted_each_time_and_logged_once_in_a_row() -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    stats, done = Stats(), list[str]()
    queue = DiskQueue(stats)
    with capture_logs() as logs:
        for number in range(3):
            queue.put(number, full)
        await queue.drain()
        queue.put("a", partial(done.append, "a"))
        await queue.drain()
        queue.put("b", full)
        await queue.drain()
    assert (done, stats.copies_failed) == (["a"], 4)
    assert [line["error"] for line in logs] == ["No space left on device"] * 2
