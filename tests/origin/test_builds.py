"""Builds of control nodes side by side: whatever they make is served, and what the last polled makes is kept."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from edge.cache.floors import Floors
from edge.model.position import AsOf
from edge.origin.builds import Builds
from edge.origin.wire import BUILD
from tests.delivery.paths import LOADER, SETTINGS
from tests.origin.conftest import EdgeMaker
from tests.origin.stage import TIMEOUT, Control, Edge, client_of, second_build
from tests.support.asgi import Reply
from tests.support.loopback import loopback

pytestmark = pytest.mark.anyio
OLDER, NEWER = b"http://edge.test", b"http://newer.test"
MISS, HIT = "edgewise; fwd=miss", "edgewise; hit"
STALE = "edgewise; fwd=stale; detail=store-unavailable"
NOWHERE = ("http://127.0.0.1:9",)


def said(build: str) -> dict[str, str]:
    return {BUILD: build}


def at(position: int) -> AsOf:
    return AsOf("e1", position, str(position))


def floors_at(position: int) -> Floors:
    floors = Floors()
    floors.restart(at(position), (), {"source:revoked": 3})
    return floors


def test_the_first_build_and_the_same_one_again_outdate_nothing() -> None:
    floors = floors_at(5)
    builds, read_in = Builds(floors), floors.generation
    assert builds.current() is None
    for _ in range(2):
        builds.polled(said("a"))
        assert (builds.current(), floors.passes(at(5), ["all"], read_in)) == ("a", True)


def test_another_build_outdates_what_was_read_before_it_and_nothing_else() -> None:
    floors = floors_at(5)
    builds, read_in, version = Builds(floors), floors.generation, floors.version
    for build in ("a", "b"):
        builds.polled(said(build))
    assert floors.version > version
    assert not floors.passes(at(5), ["all"], read_in)
    assert floors.passes(at(5), ["all"], floors.generation)


def test_i20_what_another_build_outdated_is_of_the_same_journal_and_its_place_tells_whether_it_is_revoked() -> None:
    floors = floors_at(5)
    builds, read_in = Builds(floors), floors.generation
    for build in ("a", "b"):
        builds.polled(said(build))
    assert not floors.revoked(at(5), ["source:revoked"], read_in)
    assert floors.revoked(at(2), ["source:revoked"], read_in)
    floors.restart(at(5), (), {"source:revoked": 3})
    assert floors.revoked(at(5), ["source:revoked"], read_in), "another journal: places do not compare"


def test_a_control_node_that_does_not_say_is_a_build_of_its_own() -> None:
    builds = Builds(floors_at(5))
    builds.polled({})
    assert (builds.current(), builds.vouches({}), builds.vouches(said("a"))) == ("", True, False)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Two control nodes on one store, of two builds; ``older`` ends what the first address has."""

    origins: tuple[str, str]
    older: AsyncExitStack


@pytest.fixture
async def upgrade(control: Control) -> AsyncIterator[Upgrade]:
    async with (
        AsyncExitStack() as older,
        second_build(control, "http://newer.test") as newer,
        loopback(newer.app) as second,
    ):
        first = await older.enter_async_context(loopback(control.app))
        yield Upgrade((first, second), older)


async def at_head(edge: Edge) -> Edge:
    await edge.start()
    await edge.join()
    await edge.follow()
    return edge


def seen(reply: Reply) -> tuple[int, bool, bool, str]:
    return reply.status, OLDER in reply.body, NEWER in reply.body, reply["cache-status"]


async def test_when_the_older_control_node_is_gone_only_the_newer_ones_bytes_are_served_though_nothing_changed(
    make_edge: EdgeMaker, upgrade: Upgrade
) -> None:
    edge = await at_head(make_edge(origins=upgrade.origins))
    assert [seen(await edge.get(SETTINGS)) for _ in range(2)] == [(200, True, False, MISS), (200, True, False, HIT)]
    await edge.written()
    await upgrade.older.aclose()
    # Until it has polled it goes by the older one: what the newer one answers meanwhile is good for those who wait.
    assert [seen(await edge.get(LOADER)) for _ in range(2)] == [(200, False, True, MISS)] * 2
    assert seen(await edge.get(SETTINGS)) == (200, True, False, HIT)
    await edge.follow()
    for path in (SETTINGS, LOADER):
        assert [seen(await edge.get(path)) for _ in range(2)] == [(200, False, True, MISS), (200, False, True, HIT)]
    # And on the disk, at the same place of the journal.
    await edge.written()
    later = make_edge(origins=NOWHERE)
    await later.start()
    for path in (SETTINGS, LOADER):
        assert seen(await later.get(path))[:3] == (200, False, True)


async def test_i30_what_another_build_made_is_last_known_good_even_if_something_older_was_revoked(
    control: Control, make_edge: EdgeMaker, upgrade: Upgrade
) -> None:
    await control.world.purge("source:s1", verb="revoke")
    await control.follow()
    edge = await at_head(make_edge(origins=upgrade.origins[:1]))
    assert seen(await edge.get(SETTINGS)) == (200, True, False, MISS)
    edge.outpost.builds.polled(said("another"))
    await upgrade.older.aclose()
    assert seen(await edge.get(SETTINGS)) == (200, True, False, STALE)


async def test_every_answer_of_an_origin_says_its_build(control: Control, url: str, token: str) -> None:
    client = client_of([url], token, control.clock, TIMEOUT)
    for path in ("/ready", "/journal?after=1", "/documents/settings/wk_nobody_has_this"):
        assert (await client.get(path)).headers[BUILD] == control.ground.build()
    await client.close()
