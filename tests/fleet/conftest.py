"""A store for each test of roles, made once; and one fleet, under watch, for all tests that leave it as they found it.

A test that leaves no way back starts a fleet of its own. One that failed may have left anything behind: the next gets
a new fleet.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from loadtest.fleet.fleet import running_as
from loadtest.fleet.plan import Plan
from tests.fleet.roles import Fleet, copy_fleet, make_store
from tests.fleet.scene import PLAN, UNAUDITED, Scene
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


class Shared:
    """The fleet that tests share, from the first that asks for it to the first that asks for one of another plan."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._scene: Scene | None = None

    def scene(self, plan: Plan = PLAN) -> Scene:
        if self._scene is not None and self._scene.fleet.plan is not plan:
            self.end()
        if self._scene is None:
            fleet = self._stack.enter_context(running_as(WiredFleet, plan))
            self._scene = self._stack.enter_context(watched(fleet))
        return self._scene

    def end(self) -> None:
        self._scene = None
        self._stack.close()


_SHARED = pytest.StashKey[Shared]()
_failed: set[str] = set()


def _shared(config: pytest.Config) -> Shared:
    return config.stash.setdefault(_SHARED, Shared())


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    return _shared(request.config).scene()


@pytest.fixture
def unaudited(request: pytest.FixtureRequest) -> Scene:
    """Where nobody but browsers asks for documents, and a purge of everything takes some seconds."""
    return _shared(request.config).scene(UNAUDITED)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.add(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """No other directory's test runs beside a fleet."""
    last = nextitem is None or Path(__file__).parent not in nextitem.path.parents
    if last or item.nodeid in _failed:
        _shared(item.config).end()
