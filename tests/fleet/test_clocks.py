"""A host whose wall clock is set, forwards and back: deadlines travel by it, and durations must not lie."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from loadtest.fleet.fleet import running_as
from tests.fleet.conftest import watched
from tests.fleet.faults import BEHIND, restarted
from tests.fleet.judge import NGINX
from tests.fleet.ordeal import outlast
from tests.fleet.scene import BOUNDS, PLAN, Scene
from tests.fleet.stepped import SteppedFleet

pytestmark = pytest.mark.timeout(300)

FORWARDS, BACK = 30.0, -60.0
"""Seconds. Back by more than everything that nginx may show a copy for."""
_COPY = re.compile(r"[0-9a-f]{32}")
"""The name of a file in nginx's cache; the nodes keep their host's id beside them."""


@pytest.fixture
def stage() -> Iterator[tuple[SteppedFleet, Scene]]:
    with running_as(SteppedFleet, replace(PLAN, alone=0)) as fleet, watched(fleet) as scene:
        yield fleet, scene


def test_a_wall_clock_that_is_set_leaves_no_copy_that_outlives_its_share(stage: tuple[SteppedFleet, Scene]) -> None:
    """A deadline is a time of day. What is to be seen not to happen:

    nginx has a copy until 12:00:06 ── the clock is set back to 11:59:00 ── no node is left that could refresh it
    ── something is changed ── the copy is shown for a minute
    """
    fleet, scene = stage
    first, second, third, *_ = scene.watched
    scene.change(first)
    fleet.clock.advance(FORWARDS)
    scene.change(second)
    scene.arrives()
    stepped_at = time.time()
    fleet.clock.advance(BACK)
    scene.until(lambda: _copies_since(fleet, stepped_at), "nginx has no copy from before the step")
    scene.change(first)
    with scene.excused([*restarted(*BEHIND), ("failing", NGINX), ("deserted", NGINX)]):
        for node in fleet.behind:
            node.kill()
        reign = scene.change(third)
        outlast(scene, reign.answered + BOUNDS.front + BOUNDS.lapsed + 2)
        for node in fleet.behind:
            node.start()
    scene.live_everywhere()
    scene.judge()


def _copies_since(fleet: SteppedFleet, at: float) -> bool:
    """Whether every file of nginx's cache was written after ``at``, by the machine's clock."""
    assert fleet.nginx is not None
    times = []
    for file in fleet.nginx.cache.rglob("*"):
        try:
            if _COPY.fullmatch(file.name):
                times.append(file.stat().st_mtime)
        except FileNotFoundError:
            continue
    return bool(times) and min(times) > at
