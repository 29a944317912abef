"""Claims about what nginx is told with a document: an absolute deadline, and nothing unproven to keep."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from edge.cache.cache import READS
from edge.cache.reading import Reading
from edge.delivery.prepared import Prepared
from edge.publish.publication import Wanted
from edge.settings import Settings
from tests.delivery.conftest import Edge
from tests.delivery.paths import SETTINGS, UNKNOWN
from tests.support.asgi import Reply
from tests.support.sqlite import outage
from tests.support.world import KEY, OTHER_KEY, SOURCE

pytestmark = pytest.mark.anyio
LEASE = 10.0
SHARE = 11
"""Seconds, so close to the lease that no jitter fits between."""
WINDOWS = "max-age=1, stale-while-revalidate=30, stale-if-error=300"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, read_timeout=30, public_url="http://edge.test", front="nginx", front_fresh=SHARE)


def told(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply["cache-control"], reply["x-accel-expires"]


async def test_i25_a_hit_ends_in_nginx_a_share_after_it_was_last_confirmed(edge: Edge) -> None:
    read_at = int(edge.clock.wall)
    assert told(await edge.get(SETTINGS)) == (200, WINDOWS, f"@{read_at + SHARE}")
    edge.clock.advance(LEASE / 2)
    assert told(await edge.get(SETTINGS)) == (200, WINDOWS, f"@{read_at + SHARE}")
    await edge.follow()
    edge.clock.advance(LEASE / 2)
    assert told(await edge.get(SETTINGS)) == (200, WINDOWS, f"@{read_at + SHARE + 5}")


async def test_i25_a_304_carries_the_same_deadline_as_the_200(edge: Edge) -> None:
    full = await edge.get(SETTINGS)
    assert told(await edge.get(SETTINGS, ("If-None-Match", full["etag"]))) == (304, *told(full)[1:])


async def test_i12_a_fenced_edge_gives_nginx_one_second_and_no_stale_window(edge: Edge) -> None:
    await edge.get(SETTINGS)
    edge.clock.advance(LEASE)
    assert told(await edge.get(SETTINGS)) == (200, "max-age=1", "1")


async def test_i30_last_known_good_is_kept_by_nginx_for_five_seconds(edge: Edge) -> None:
    await edge.get(SETTINGS)
    await edge.world.purge(f"source:{SOURCE.id}")
    await edge.follow()
    with outage(edge.database):
        assert told(await edge.get(SETTINGS)) == (200, "max-age=1", "5")
        assert told(await edge.get(f"/v1/projects/{UNKNOWN}/settings")) == (503, "max-age=1", "1")


async def test_an_unknown_key_is_kept_by_nginx_for_ten_seconds(edge: Edge) -> None:
    assert told(await edge.get(f"/v1/projects/{UNKNOWN}/settings")) == (404, "max-age=1", "10")


async def test_i12_a_fenced_edge_lets_nginx_keep_an_unknown_key_for_one_second(edge: Edge) -> None:
    edge.clock.advance(LEASE)
    assert told(await edge.get(f"/v1/projects/{UNKNOWN}/settings")) == (404, "max-age=1", "1")


@contextmanager
def overtaking(edge: Edge, times: int, overtake: Callable[[], Awaitable[object]]) -> Iterator[None]:
    """The first ``times`` reads each have something committed and applied before they end."""
    read = edge.node.cache._read
    left = [overtake] * times

    async def overtaken(wanted: Wanted) -> Reading[Prepared]:
        reading = await read(wanted)
        if left:
            await left.pop()()
            await edge.follow()
        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge.node.cache, "_read", overtaken)
        yield


async def test_i1_a_key_that_came_to_be_while_it_was_looked_for_is_found_in_the_end(edge: Edge) -> None:
    both = replace(SOURCE, write_keys=(KEY, OTHER_KEY))
    with overtaking(edge, 1, lambda: edge.world.commit(both)):
        assert (await edge.get(f"/v1/projects/{OTHER_KEY}/settings")).status == 200


@pytest.mark.parametrize(("key", "status"), [(KEY, 200), (UNKNOWN, 404)])
async def test_i1_nobody_keeps_what_a_purge_overtook_each_time_it_was_read(edge: Edge, key: str, status: int) -> None:
    with overtaking(edge, READS, lambda: edge.world.purge("all")):
        reply = await edge.get(f"/v1/projects/{key}/settings")
    assert told(reply) == (status, "no-store", "0")
    assert reply["x-client-cache-control"] == "no-store"


async def test_i1_nginx_is_given_what_is_newer_than_a_purge_that_overtook_the_first_read(edge: Edge) -> None:
    numbers = count()
    with overtaking(edge, READS - 1, lambda: edge.world.configure(f"key-{next(numbers)}")):
        reply = await edge.get(SETTINGS)
    assert b"key-1" in reply.body
    assert told(reply)[1:] == (WINDOWS, f"@{int(edge.clock.wall) + SHARE}")
