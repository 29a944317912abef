"""Every fault that the load test looks for, planted: the run must fail, and say what it saw."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from loadtest.fleet.fleet import Fleet, running
from loadtest.fleet.plan import SMALL
from loadtest.run import SHARES, Load, finish, start
from tests.loadtest.faulty import PLANTS, Plant, served

SOURCES = 4
"""Of each run its own: their counters must not be raised by another."""
SECONDS = 25.0
CLEAN_SECONDS = 10.0
SEEN_AS: dict[Plant, str] = {
    "turned back": "older",
    "unchanged for ever": "older",
    "swapped": "foreign",
    "unavailable": "failed",
    "short": "torn",
    "cut": "torn",
    "wrong etag": "etag",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Plant, tuple[int, str]]]:
    """Exit code and output of a run for each plant. All at once: starting Locust is most of a run's time."""
    directory = tmp_path_factory.mktemp("runs")
    plan = replace(SMALL, alone=0, sources=SOURCES * len(PLANTS), settings=SHARES)
    with running(plan) as fleet, ExitStack() as stack:
        yield _run_all(fleet, directory, stack)


def _run_all(fleet: Fleet, directory: Path, stack: ExitStack) -> dict[Plant, tuple[int, str]]:
    started = []
    for place, plant in enumerate(PLANTS):
        front = stack.enter_context(served(fleet.control.url, plant))
        numbers = tuple(range(place * SOURCES, (place + 1) * SOURCES))
        targets = replace(fleet.targets(), fronts=(front,), numbers=numbers)
        seconds = CLEAN_SECONDS if plant == "none" else SECONDS
        processes = 2 if plant == "none" else 1
        load = Load(seconds, users=8, admins=2, purgers=1, processes=processes, until_fault=plant != "none")
        log = directory / f"{place}.log"
        output = stack.enter_context(log.open("wb"))
        started.append((plant, log, start(load, targets, directory / f"{place}.json", output)))
    return {plant: (finish(locust, SECONDS), log.read_text()) for plant, log, locust in started}


def test_a_run_in_several_processes_in_which_nothing_is_wrong_passes(runs: dict[Plant, tuple[int, str]]) -> None:
    code, said = runs["none"]
    assert code == 0, said
    assert "passed: every answer was one that may be" in said
    # Workers count, the master adds up; and what one of them tells goes through the master to all of them.
    seen = json.loads(re.findall(r"^seen: (.*)$", said, re.MULTILINE)[-1])
    assert seen["network"] > 0, seen
    assert seen["heard"] > 0, seen


@pytest.mark.parametrize("plant", SEEN_AS)
def test_a_planted_fault_fails_the_run_and_is_described(plant: Plant, runs: dict[Plant, tuple[int, str]]) -> None:
    code, said = runs[plant]
    assert code == 1, said
    assert f"FAULT {SEEN_AS[plant]}\n" in said
    assert "expected " in said
    assert "edge-as-of: " in said
    assert "FAILED: " in said


def test_no_run_says_its_token(runs: dict[Plant, tuple[int, str]]) -> None:
    assert not [plant for plant, (_, said) in runs.items() if "Bearer" in said or "eyJ" in said]
