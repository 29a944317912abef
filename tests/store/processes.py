"""Several real processes on one data directory, let loose together."""

import asyncio
import multiprocessing
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

START = 20.0
"""Seconds for every process to reach the barrier; reached only by a failure."""
DONE = 60.0

Task = Callable[[Path, int], Coroutine[Any, Any, Any]]

_FORK = multiprocessing.get_context("fork")


def together(task: Task, directory: Path, count: int) -> list[Any]:
    """What ``task(directory, number)`` answers in each of ``count`` processes, begun at one moment."""
    barrier, answers = _FORK.Barrier(count), _FORK.Queue()
    processes = [_FORK.Process(target=_run, args=(task, directory, n, barrier, answers)) for n in range(count)]
    for process in processes:
        process.start()
    try:
        found = dict(answers.get(timeout=DONE) for _ in processes)
    finally:
        for process in processes:
            process.join(START)
            process.kill()
    assert all(process.exitcode == 0 for process in processes)
    return [found[number] for number in range(count)]


def _run(task: Task, directory: Path, number: int, barrier: Any, answers: Any) -> None:
    barrier.wait(START)
    try:
        answer = asyncio.run(task(directory, number))
    except Exception as error:
        answer = repr(error)
    answers.put((number, answer))
