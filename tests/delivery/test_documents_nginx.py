"""Claims about what nginx is told with a document: an absolute deadline, and nothing unproven to keep."""

from pathlib import Path

import pytest

from edge.settings import Settings
from tests.delivery.conftest import Edge
from tests.delivery.paths import SETTINGS, UNKNOWN
from tests.support.asgi import Reply
from tests.support.sqlite import outage
from tests.support.world import SOURCE

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
