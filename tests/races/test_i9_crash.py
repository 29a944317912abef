"""I9: kill the writer anywhere; the change and its journal entry are both there or neither is."""

import asyncio
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from edge.store.store import Draft
from tests.races.crashing import State, inspect, killed_at_boundary, killed_at_moment
from tests.races.served import serve_here, serve_in_a_process
from tests.support.postgres import DATABASES, URL_FILE, Cluster, url_in
from tests.support.world import (
    CLOUD,
    DEVICE,
    IN_CLOUD,
    IN_DEVICE,
    KEY,
    OTHER_KEY,
    SOURCE,
    World,
    asset,
    make_world,
    plan,
    with_api_key,
)

MOMENTS = {"sqlite": 200, "postgresql": 50}
"""Kills of a child that writes in a loop. A server outlives its clients by trade; a file has only us."""
LONGEST = 0.04
"""Seconds after its first commit at which a child that writes in a loop is killed at the latest: some commits later."""
SEED_VARIABLE = "EDGE_TEST_SEED"
EDGE_EVERY = 12
"""An edge is started on every so many of the stores left behind; each of them is read in full."""

SHOP = replace(SOURCE, id="s2", slug="shop", write_keys=(OTHER_KEY,))
IN_SHOP = replace(IN_DEVICE, id="d4", slug="tally", source_id="s2", source_name=SHOP.name)
DRAFT = replace(IN_DEVICE, id="d3", slug="tally-draft", enabled=False, settings={"apiKey": "draft"})
CODE = asset("window.tallyPlugin = () => ({version: 2});")
assert DEVICE.bundle is not None
RELEASE = replace(DEVICE, bundle=replace(DEVICE.bundle, hash=CODE.hash, integrity=CODE.integrity))


@dataclass(frozen=True)
class Write:
    """A kind of write; each is one commit on the store that ``template`` makes."""

    what: str
    draft: Draft


WRITES = [
    Write("create a source with its key and a destination", Draft((SHOP, IN_SHOP))),
    Write("enable a destination", Draft((replace(DRAFT, enabled=True),))),
    Write("delete a source with all it has", Draft(deletes=(SOURCE, IN_DEVICE, IN_CLOUD, DRAFT))),
    Write("exchange a write key", Draft((replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)),))),
    Write("bring another bundle", Draft((RELEASE, replace(CLOUD, category="Events")), assets=(CODE,))),
    Write("revoke", Draft(verb="revoke", tags=("source:s1", f"key:{KEY}"), reason="leaked")),
]


async def make_template(directory: Path) -> None:
    world = await make_world(directory)
    await world.commit(DRAFT)
    await world.purge(f"key:{KEY}", verb="revoke")
    await world.close()
    # What the first edge that starts imports is then there already.
    await serve_here(directory, [])


@dataclass(frozen=True)
class Template:
    """A data directory, and where its store is on a server: the server, and the name of the database."""

    directory: Path
    cluster: Cluster | None = None
    database: str = ""


@pytest.fixture(scope="module", params=DATABASES)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    directory = tmp_path_factory.mktemp("template")
    if request.param == "sqlite":
        asyncio.run(make_template(directory))
        yield Template(directory)
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.database() as database:
        (directory / URL_FILE).write_text(cluster.url(database))
        asyncio.run(make_template(directory))
        yield Template(directory, cluster, database)


@pytest.fixture
def copies(template: Template, tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Each call answers a data directory like the template, in the place of the one before."""
    place = tmp_path / "data"
    with ExitStack() as databases:

        def copy() -> Path:
            databases.close()
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(template.directory, place)
            if template.cluster is not None:
                database = databases.enter_context(template.cluster.database(template.database))
                (place / URL_FILE).write_text(template.cluster.url(database))
            return place

        yield copy


def an_edge_serves(state: State, directory: Path) -> None:
    served = asyncio.run(serve_here(directory, list(state.public))).documents
    assert served == state.public


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.what.replace(" ", "-"))
def test_i9_killed_at_any_statement_of_a_write_it_is_there_with_its_entry_or_not_at_all(
    write: Write, copies: Callable[[], Path]
) -> None:
    async def job(world: World) -> None:
        await world.store.commit(plan(write.draft), actor="tests")

    before = asyncio.run(inspect(copies()))
    directory = copies()
    assert not killed_at_boundary(directory, job, boundary=10**6)
    after = asyncio.run(inspect(directory))
    assert after.head == before.head + 1

    boundary, outcomes, directory = 0, [], copies()
    while killed_at_boundary(directory, job, boundary):
        state = asyncio.run(inspect(directory))
        assert state in (before, after), f"half of the write is there (boundary {boundary})"
        outcomes.append(state == after)
        if boundary % EDGE_EVERY == 0:
            an_edge_serves(state, directory)
            # Whoever comes next can write: no lock, no leftover.
            assert killed_at_boundary(directory, job, 10**6) is False
        # A store that is as it was is as good as another copy, which costs more than a write and a kill on a server.
        directory = directory if state == before and boundary % EDGE_EVERY else copies()
        boundary += 1
    assert boundary > 8, "a write has many statements"
    assert outcomes == sorted(outcomes), "before COMMIT nothing is there, after it everything"
    assert outcomes[0] is False
    assert outcomes[-1] is True


async def start(world: World) -> None:
    await world.store.prepare()


async def started(directory: Path) -> None:
    world = await make_world(directory)
    await world.close()
    assert (await inspect(directory)).head == 2


def test_i9_a_first_start_killed_at_any_statement_is_finished_by_the_next(tmp_path: Path) -> None:
    boundary = 0
    while killed_at_boundary(directory := tmp_path / f"data-{boundary}", start, boundary):
        asyncio.run(started(directory))
        shutil.rmtree(directory)
        boundary += 1
    assert boundary > 8


def test_i9_a_first_start_on_a_server_killed_at_any_statement_is_finished_by_the_next(
    cluster: Cluster, tmp_path: Path
) -> None:
    """At every third: the tables are made in one transaction, and it makes no difference at which of its statements."""
    boundary, killed = 0, True
    while killed:
        (directory := tmp_path / f"data-{boundary}").mkdir()
        with cluster.database() as name:
            (directory / URL_FILE).write_text(cluster.url(name))
            killed = killed_at_boundary(directory, start, boundary)
            asyncio.run(started(directory))
        boundary += 3
    assert boundary > 24


@pytest.fixture
def seed() -> int:
    return int(os.environ.get(SEED_VARIABLE, "0")) or random.SystemRandom().randrange(1, 2**32)


async def write_without_end(world: World) -> None:
    """Alternate between kinds of writes, and tell each position once its commit has returned."""
    turn = 0
    while True:
        turn += 1
        if turn % 5 == 0:
            entry = await world.purge(f"key:{KEY}", verb="revoke")
        elif turn % 3 == 0:
            entry = await world.commit(replace(DRAFT, enabled=turn % 2 == 0, settings={"apiKey": os.urandom(4).hex()}))
        else:
            entry = await world.commit(with_api_key(os.urandom(8).hex()))
        os.write(1, b"%d\n" % entry.position)


def test_i9_killed_at_random_moments_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    copies: Callable[[], Path], tmp_path: Path, seed: int
) -> None:
    moments = random.Random(seed)
    directory, commits = copies(), 0
    kills = MOMENTS["sqlite" if url_in(directory) is None else "postgresql"]
    for turn in range(kills):
        if turn % 25 == 0:
            directory = copies()
        told = killed_at_moment(directory, write_without_end, moments.uniform(0, LONGEST))
        positions = [int(line) for line in told.split()]
        hint = f"turn {turn}; again with {SEED_VARIABLE}={seed}"
        try:
            state = asyncio.run(inspect(directory))
        except AssertionError as error:
            raise AssertionError(hint) from error
        assert positions == list(range(positions[0], positions[-1] + 1)), hint
        assert state.head in (positions[-1], positions[-1] + 1), hint
        commits += len(positions)
        if turn % 25 == 24:
            an_edge_serves(state, directory)
    assert commits > kills, f"the children wrote too little for this to say anything: {commits}; seed {seed}"


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A directory with a name short enough for a Unix socket (108 bytes)."""
    directory = Path("/tmp") / f"edge-{os.getpid()}"
    directory.mkdir()
    yield directory
    shutil.rmtree(directory)


@pytest.mark.parametrize("boundary", [2, 9, 14])
def test_i9_a_real_edge_started_on_what_a_kill_left_serves_the_manifest_of_its_journal(
    copies: Callable[[], Path], sockets: Path, boundary: int
) -> None:
    async def job(world: World) -> None:
        await world.commit(with_api_key("second"))

    directory = copies()
    killed_at_boundary(directory, job, boundary)
    state = asyncio.run(inspect(directory))
    served = serve_in_a_process(directory, sockets / "edge.sock", list(state.public)).documents
    assert served == state.public
