"""A store for each test of roles, made once; and fleets under watch, each for all tests that leave it as they found it.

A test that leaves no way back starts a fleet of its own. One that failed may have left anything behind: the next gets
a new fleet. There is one of these fleets at a time: tests that share one follow each other.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from loadtest.fleet.fleet import running_as
from loadtest.fleet.plan import Plan
from tests.fleet.exposed import ExposedFleet
from tests.fleet.roles import Fleet, copy_fleet, make_store
from tests.fleet.scene import PLAN, UNAUDITED, Scene
from tests.fleet.wired import WiredFleet

FLEETS = ("scene", "unaudited", "exposed")
"""The fixtures of fleets that tests share, in the order of their tests."""
LAST = "test_random_order.py"
"""It revokes, and of what was revoked nobody has last known good across an older database: the others of its fleet are
judged without that."""


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
    """The fleet that tests share, from the first that asks for it to the first that asks for one of another kind."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._scene: Scene | None = None

    def scene(self, make: type[WiredFleet] = WiredFleet, plan: Plan = PLAN) -> Scene:
        known = self._scene.fleet if self._scene is not None else None
        if known is not None and (type(known) is not make or known.plan is not plan):
            self.end()
        if self._scene is None:
            fleet = self._stack.enter_context(running_as(make, plan))
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
    return _shared(request.config).scene(plan=UNAUDITED)


@pytest.fixture
def exposed(request: pytest.FixtureRequest) -> Scene:
    """Whose clock, cable and database can fail. An older database leaves no way back to the one before: what comes
    after it is judged by all but the positions that were used twice."""
    return _shared(request.config).scene(ExposedFleet)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the places of this directory's tests: first those that share no fleet, then those of each fleet in turn. One
    that waits for its next test is watched all the while."""
    here = Path(__file__).parent
    places = [place for place, item in enumerate(items) if here in item.path.parents]
    ordered = sorted((items[place] for place in places), key=_turn)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


def _turn(item: pytest.Item) -> tuple[int, bool]:
    shared = [place for place, name in enumerate(FLEETS, start=1) if name in getattr(item, "fixturenames", ())]
    return max(shared, default=0), item.path.name == LAST


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.add(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """No other directory's test runs beside a fleet."""
    last = nextitem is None or Path(__file__).parent not in nextitem.path.parents
    if last or item.nodeid in _failed:
        _shared(item.config).end()
