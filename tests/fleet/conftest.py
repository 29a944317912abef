"""A store for each test of roles, made once; and one fleet for a module, under watch.

A test that leaves no way back starts a fleet of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loadtest.fleet.fleet import running_as
from tests.fleet.roles import Fleet, copy_fleet, make_store
from tests.fleet.scene import PLAN, Scene
from tests.fleet.wired import WiredFleet


@pytest.fixture(scope="session")
def _store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    directory = tmp_path_factory.mktemp("fleet") / "control"
    return directory, make_store(directory)


@pytest.fixture
def fleet(_store: tuple[Path, str], tmp_path: Path) -> Fleet:
    directory, token = _store
    return copy_fleet(directory, tmp_path, token)


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
