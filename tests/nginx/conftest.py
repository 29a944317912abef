"""nginx before an upstream that answers as a test says, and nginx before a real edge."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from edge.model.instant import system_clock
from tests.cli.processes import Served, served
from tests.support.clocks import SharedClock
from tests.support.nginx import Nginx, nginx, short_directory
from tests.support.upstream import Say, Upstream, upstream
from tests.support.world import World, make_world, open_world


@dataclass(frozen=True, slots=True)
class Stage:
    """nginx and what it asks."""

    upstream: Upstream
    nginx: Nginx
    client: httpx.Client

    def empty(self) -> None:
        """Forget everything, as a node does that can trust nothing in nginx's cache."""
        for file in (self.nginx.directory / "cache").rglob("?" * 32):
            file.unlink(missing_ok=True)
        for file in (self.nginx.directory / "assets").rglob("?" * 32):
            file.unlink(missing_ok=True)
        self.upstream.say = Say()
        self.upstream.asked.clear()


@dataclass(frozen=True, slots=True)
class Timed:
    """A stage whose nginx has ``clock``."""

    stage: Stage
    clock: SharedClock


@dataclass(frozen=True, slots=True)
class Pair:
    """A real edge process and nginx before it, on a small world."""

    edge: Served
    nginx: Nginx
    client: httpx.Client
    data_dir: Path

    def write(self, *api_keys: str) -> int:
        """Change the world's device-mode destination, as another process would; the position of the last change."""

        async def commit() -> int:
            world = open_world(self.data_dir, system_clock)
            try:
                return [await world.configure(key) for key in api_keys][-1].position
            finally:
                await world.close()

        return asyncio.run(commit())


@pytest.fixture
def directory() -> Iterator[Path]:
    with short_directory() as made:
        yield made


@pytest.fixture
def clock(directory: Path) -> SharedClock:
    return SharedClock(directory / "clock")


@pytest.fixture(scope="module")
def standing() -> Iterator[Stage]:
    with (
        short_directory() as made,
        upstream(made / "run" / "app.sock") as up,
        nginx(made) as front,
        front.public() as client,
    ):
        yield Stage(up, front, client)


@pytest.fixture
def stage(standing: Stage) -> Stage:
    """One nginx for a module, emptied for each test."""
    standing.empty()
    return standing


@pytest.fixture(scope="module")
def ticking() -> Iterator[Timed]:
    with short_directory() as made:
        clock = SharedClock(made / "clock")
        with (
            upstream(made / "run" / "app.sock") as up,
            nginx(made, env=clock.nginx()) as front,
            front.public() as client,
        ):
            yield Timed(Stage(up, front, client), clock)


@pytest.fixture
def timed(ticking: Timed) -> Timed:
    """One nginx for a module whose clock the test moves, emptied for each test."""
    ticking.stage.empty()
    return ticking


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Shared by the tests of a module, which change nothing that another one looks at."""
    with short_directory() as made:
        # In a folder of its own: the edge's log lies beside it.
        data_dir = made / "data"
        make(data_dir)
        with (
            served(data_dir, "--front", "nginx", "--admin-bind", "127.0.0.1:0") as edge,
            nginx(data_dir / "front") as front,
            front.public() as client,
        ):
            yield Pair(edge, front, client, data_dir)


def make(data_dir: Path) -> None:
    """The small world, in the real store of ``data_dir``."""

    async def write() -> None:
        world: World = await make_world(data_dir, system_clock)
        await world.close()

    asyncio.run(write())
