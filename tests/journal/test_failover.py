"""I6 with a real standby: a failover to one that lagged is another life of the journal, and nodes notice it."""

import asyncio
from pathlib import Path

import orjson
import pytest

from edge.cache.cache import Answer
from edge.model.outcome import Found
from edge.publish.publication import Publication, Wanted
from edge.store.failures import STORE_FAILURES
from edge.store.roster import Roster
from tests.support.clock import HandClock
from tests.support.node import HandNode, join
from tests.support.polling import until
from tests.support.postgres import OWNER, URL_FILE, Cluster, cluster_started
from tests.support.world import KEY, World, make_world

pytestmark = pytest.mark.anyio
WANTED = Wanted("settings", KEY)


def head(server: Cluster, database: str) -> str:
    return server.sql("SELECT head FROM counter", database)


def come_up_alone(standby: Cluster, database: str, position: str) -> None:
    """Without its primary, and then as the primary itself, with what it had received until it was stopped."""
    standby.start()
    assert head(standby, database) == position
    assert standby.sql("SELECT pg_promote()") == "t"


async def api_key(node: HandNode) -> str:
    answer = await node.cache.get(WANTED)
    assert isinstance(answer, Answer)
    known = answer.known
    assert isinstance(known, Found)
    publication: Publication = known.value
    assert answer.freshness == "fresh"
    return str(orjson.loads(publication.variants["identity"].body)["remotePlugins"][0]["settings"]["apiKey"])


async def world_on(tmp_path: Path, primary: Cluster, standby: Cluster, database: str) -> World:
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
    (tmp_path / URL_FILE).write_text(f"postgresql://{OWNER}@{hosts}/{database}")
    return await make_world(tmp_path, HandClock())


async def test_i6_after_a_failover_to_a_lagging_standby_nothing_that_it_lacks_is_fresh(tmp_path: Path) -> None:
    with cluster_started() as primary, primary.database() as database, cluster_started(primary=primary) as standby:
        world = await world_on(tmp_path, primary, standby, database)
        clock = HandClock()
        roster = Roster(world.engine)
        await roster.prepare()
        node = await join(world, roster, clock, "n1")
        await world.configure("on both")
        await node.follow()
        await until(lambda: head(standby, database) == "3", "the standby has received what was committed")
        standby.stop()
        await world.configure("lost by the failover")
        await world.configure("lost by the failover, too")
        await node.follow()
        assert await api_key(node) == "lost by the failover, too"
        await asyncio.to_thread(primary.stop, at_once=True)
        with pytest.raises(STORE_FAILURES):
            await node.follow()
        await asyncio.to_thread(come_up_alone, standby, database, "3")
        await node.follow()
        assert node.stats.resyncs == 1
        assert await api_key(node) == "on both"
        assert (await world.configure("after it")).position == 4
        await node.follow()
        assert await api_key(node) == "after it"
        await world.close()
        primary.start()
