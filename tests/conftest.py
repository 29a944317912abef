"""What every test shares: asynchronous tests run on asyncio, the loop that the server uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.redis import Server
from tests.support.template import make_template


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that ``copy_world`` copies."""
    return make_template(tmp_path_factory.mktemp("template"))


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
