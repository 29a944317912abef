"""Claims about what nginx is told with a document: an absolute deadline, and nothing unproven to keep."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge.cache.reading import Reading
from edge.delivery.documents import Prepared
from edge.publish.publication import Wanted
from edge.settings import Settings
from tests.delivery.conftest import Edge
from tests.delivery.paths import SETTINGS, UNKNOWN
from tests.support.asgi import Reply
from tests.support.sqlite import outage
from tests.support.world import KEY, OTHER_KEY, SOURCE

pytestmark = pytest.mark.anyio
LEASE = 10.0
SHARE = 240
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


async def test_i1_a_key_that_came_to_be_while_it_was_looked_for_is_unknown_to_nginx_for_one_second(edge: Edge) -> None:
    path = f"/v1/projects/{OTHER_KEY}/settings"
    read = edge.node.cache._read

    async def overtaken(wanted: Wanted) -> Reading[Prepared]:
        reading = await read(wanted)
        await edge.world.commit(replace(SOURCE, write_keys=(KEY, OTHER_KEY)))
        await edge.follow()
        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge.node.cache, "_read", overtaken)
        assert told(await edge.get(path)) == (404, "max-age=1", "1")
    assert (await edge.get(path)).status == 200
