"""What every test shares: asynchronous tests run on asyncio, the loop that the server uses; and the databases."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.support.clock import HandClock
from tests.support.forking import forking
from tests.support.postgres import DATABASES, URL_FILE, Cluster, cluster_started
from tests.support.redis import Server
from tests.support.template import copy_world, make_template, prepare_database
from tests.support.world import World

TESTS = Path(__file__).parent
LONGEST = ("fleet", "cli", "browser", "races", "nginx", "loadtest")
"""Directories whose tests take longest, the worst first."""
WITHOUT_A_FLEET = ("test_judge.py", "test_roles.py", "test_starting.py")
"""Files of tests/fleet that use none of the whole fleets."""


class ByFile(LoadScopeScheduling):
    """One worker gets all of a file, in order, whose tests share what is costly to make; and one all whole fleets, so
    that there is never more than one, but for a second that a test makes."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        directory, _, name = path.rpartition("/")
        return directory if directory.endswith("fleet") and name not in WITHOUT_A_FLEET else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several workers (pytest-xdist) none begins in the end with what takes longest, for which all would wait."""
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    directory = item.path.relative_to(TESTS).parts[0]
    return LONGEST.index(directory) if directory in LONGEST else len(LONGEST)


def pytest_sessionfinish() -> None:
    forking.end()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that ``copy_world`` copies."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def world(template: Path, tmp_path: Path, clock: HandClock) -> AsyncIterator[World]:
    """One of the test's own, by its clock."""
    made = copy_world(template, tmp_path, clock)
    yield made
    await made.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL server of this session; a test that stops or freezes a server starts its own."""
    with cluster_started() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def prepared(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with all tables, and nothing else in them than the beginning of an epoch."""
    with cluster.database() as name:
        directory = tmp_path_factory.mktemp("prepared")
        (directory / URL_FILE).write_text(cluster.url(name))
        prepare_database(directory)
        yield name


@contextmanager
def on_server(cluster: Cluster, directory: Path, template: str) -> Iterator[Path]:
    """``directory`` as a data directory whose store is in a database of its own, a copy of ``template``."""
    with cluster.database(template) as name:
        (directory / URL_FILE).write_text(cluster.url(name))
        yield directory


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A data directory whose store is on each kind of database in turn; it is empty, or has empty tables."""
    if request.param == "sqlite":
        yield tmp_path
    else:
        with on_server(request.getfixturevalue("cluster"), tmp_path, request.getfixturevalue("prepared")) as directory:
            yield directory


@pytest.fixture(params=DATABASES)
def bare_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """As ``place``, without any table."""
    if request.param == "sqlite":
        yield tmp_path
    else:
        with on_server(request.getfixturevalue("cluster"), tmp_path, "template0") as directory:
            yield directory


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def redis(redis_process: Server) -> Server:
    """An empty Redis that a test may fill and ask; what it may also end, it starts for itself."""
    with redis_process.asked() as client:
        client.flushall()
    return redis_process


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Server]:
    """A Redis of the test's own, to be stopped, frozen, emptied and restarted."""
    server = Server(tmp_path / "redis")
    yield server
    server.stop()
