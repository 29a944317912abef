"""The worlds of this directory's suites: a real store on each kind of database (``place``), and the ways to one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.ways import WAYS, Way
from tests.support.world import ASSETS, CATALOG, CONFIGURATION, World, open_world


@pytest.fixture
async def empty(place: Path) -> AsyncIterator[World]:
    world = open_world(place)
    await world.store.prepare()
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
