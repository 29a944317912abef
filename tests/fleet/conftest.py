"""One fleet for a module, under watch; a test that leaves no way back starts its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loadtest.fleet.fleet import running_as
from tests.fleet.scene import PLAN, Scene
from tests.fleet.wired import WiredFleet


@contextmanager
def watched(fleet: WiredFleet) -> Iterator[Scene]:
    """A scene on ``fleet`` in which everything is everywhere, watched while the block runs."""
    made = Scene(fleet)
    made.arrives()
    made.watch.start()
    try:
        yield made
    finally:
        made.watch.stop()
        made.api.close()


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running_as(WiredFleet, PLAN) as fleet, watched(fleet) as made:
        yield made
