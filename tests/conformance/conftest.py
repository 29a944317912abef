"""The stores that the suites of this directory run on, and the ways to one. A new implementation is one more entry of
FACTORIES or WAYS."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.conformance.ways import WAYS, Way
from tests.support.world import ASSETS, CATALOG, CONFIGURATION, World, open_world

StoreFactory = Callable[[Path], Awaitable[World]]
"""Given a directory of its own, answers an empty, prepared store."""


async def sqlite(directory: Path) -> World:
    world = open_world(directory)
    await world.store.prepare()
    return world


FACTORIES: dict[str, StoreFactory] = {"sqlite": sqlite}


@pytest.fixture(params=list(FACTORIES.values()), ids=list(FACTORIES))
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    factory: StoreFactory = request.param
    world = await factory(tmp_path)
    yield world
    await world.close()


@pytest.fixture
async def world(empty: World) -> World:
    """The catalog at position 1, the configuration at position 2."""
    await empty.commit(*CATALOG, assets=ASSETS)
    await empty.commit(*CONFIGURATION)
    return empty


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
async def way(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> AsyncIterator[Way]:
    """A store at position 2 or later, and one way to it."""
    async with request.param(template, tmp_path) as made:
        yield made
