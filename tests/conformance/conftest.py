"""The worlds of this directory's suites: a real store on each kind of database (``place``), and the ways to one."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.conformance.ways import WAYS, Way
from tests.support.postgres import DATABASES, URL_FILE, Cluster
from tests.support.template import make_template
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


@pytest.fixture(scope="session")
def filled(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """As ``template``, with the store in a database of this name."""
    with cluster.database() as name:
        directory = tmp_path_factory.mktemp("filled")
        (directory / URL_FILE).write_text(cluster.url(name))
        yield make_template(directory), name


@pytest.fixture(params=DATABASES)
def world_on(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A template of a world on each kind of database in turn, for one test."""
    if request.param == "sqlite":
        yield request.getfixturevalue("template")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    directory, name = request.getfixturevalue("filled")
    with cluster.database(name) as own:
        copied = shutil.copytree(directory, tmp_path / "template")
        (copied / URL_FILE).write_text(cluster.url(own))
        yield copied


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
async def way(request: pytest.FixtureRequest, world_on: Path, tmp_path: Path) -> AsyncIterator[Way]:
    """A store at position 2 or later, and one way to it."""
    async with request.param(world_on, tmp_path) as made:
        yield made
