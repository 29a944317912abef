"""One fleet for a module, under watch; a test that leaves no way back starts its own."""

from collections.abc import Iterator

import pytest

from loadtest.fleet.fleet import running_as
from tests.fleet.scene import PLAN, Scene
from tests.fleet.wired import WiredFleet


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running_as(WiredFleet, PLAN) as fleet:
        made = Scene(fleet)
        made.arrives()
        made.watch.start()
        try:
            yield made
        finally:
            made.watch.stop()
            made.api.close()
