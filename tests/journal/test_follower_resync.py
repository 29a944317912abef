"""I6, I11 over a real store that is wiped, restored or rewritten under running nodes: nothing from before is fresh."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy.exc import SQLAlchemyError

from edge.cache.cache import Answer
from edge.journal.receipts import Receipt
from edge.model.outcome import Found, Unavailable
from edge.model.tags import source_tag
from edge.publish.publication import Publication, Wanted
from edge.store.roster import Roster
from tests.support.clock import HandClock
from tests.support.node import PATIENCE, HandNode, join
from tests.support.sqlite import copied, executed, outage, put_back
from tests.support.world import KEY, SOURCE, World, open_world

pytestmark = pytest.mark.anyio
WANTED = Wanted("settings", KEY)


@pytest.fixture
async def node(world: World, roster: Roster, clock: HandClock) -> AsyncIterator[HandNode]:
    made = await join(world, roster, clock, "n1")
    await made.follow()
    yield made
    await made.leave()


@pytest.fixture
def database(world: World) -> Path:
    return world.directory / "edgewise.db"


async def asked(node: HandNode) -> Answer[Publication]:
    answer = await node.cache.get(WANTED)
    assert not isinstance(answer, Unavailable)
    return answer


def api_key(answer: Answer[Publication]) -> str:
    assert isinstance(answer.known, Found)
    document = orjson.loads(answer.known.value.variants["identity"].body)
    return str(document["remotePlugins"][0]["settings"]["apiKey"])


async def test_i6_a_restored_older_copy_is_another_epoch_and_nothing_from_before_is_fresh(
    world: World, node: HandNode, database: Path, tmp_path: Path
) -> None:
    copy = copied(database, tmp_path / "copy.db")
    await world.configure("lost-by-the-restore")
    await node.follow()
    assert api_key(await asked(node)) == "lost-by-the-restore"
    put_back(copy, database)
    await world.store.begin_epoch()
    await node.follow()
    assert node.stats.resyncs == 1
    assert node.cache.hit(WANTED) is None
    again = await asked(node)
    assert (again.freshness, api_key(again)) == ("fresh", "first-api-key")


async def test_i6_an_older_copy_put_back_without_a_new_epoch_is_noticed_by_its_head(
    world: World, node: HandNode, database: Path, tmp_path: Path
) -> None:
    copy = copied(database, tmp_path / "copy.db")
    await world.configure("lost-by-the-restore")
    await node.follow()
    await asked(node)
    put_back(copy, database)
    await node.follow()
    assert node.stats.resyncs == 1
    assert api_key(await asked(node)) == "first-api-key"


async def test_i6_the_same_epoch_and_the_same_positions_with_other_ids_are_noticed(
    world: World, node: HandNode, database: Path, tmp_path: Path
) -> None:
    copy = copied(database, tmp_path / "copy.db")
    lost = await world.configure("lost-by-the-restore")
    await node.follow()
    await asked(node)
    put_back(copy, database)
    rewritten = await world.configure("written-after-the-restore")
    assert (rewritten.position, rewritten.id != lost.id) == (lost.position, True)
    await node.follow()
    assert node.stats.resyncs == 1
    assert node.cache.hit(WANTED) is None
    assert api_key(await asked(node)) == "written-after-the-restore"


async def test_i6_a_wiped_store_that_grew_beyond_the_old_position_is_noticed(
    world: World, node: HandNode, database: Path, tmp_path: Path
) -> None:
    await asked(node)
    fresh_start = open_world(tmp_path / "elsewhere", world.clock)
    await fresh_start.store.prepare()
    for number in range(5):
        await fresh_start.purge(f"source:{number}")
    await fresh_start.close()
    put_back(tmp_path / "elsewhere" / "edgewise.db", database)
    await node.follow()
    assert node.stats.resyncs == 1
    assert node.cache.hit(WANTED) is None


async def test_i11_a_cursor_that_the_journal_has_forgotten_makes_everything_stale(
    world: World, node: HandNode, database: Path
) -> None:
    await asked(node)
    await world.configure("never-seen-here")
    await world.configure("newest")
    executed(database, "DELETE FROM journal WHERE position <= 3")
    await node.follow()
    assert node.stats.resyncs == 1
    assert node.cache.hit(WANTED) is None
    assert api_key(await asked(node)) == "newest"


async def test_i6_a_node_that_noticed_is_fenced_even_while_the_other_journal_cannot_be_loaded(
    world: World, node: HandNode, database: Path
) -> None:
    await asked(node)
    await world.store.begin_epoch()
    with outage(database, "revoke_floors"):
        with pytest.raises(SQLAlchemyError):
            await node.follow()
        assert node.fenced()
        assert node.cache.hit(WANTED) is None
    await node.follow()
    assert not node.fenced()


async def test_a_revoke_lost_by_the_restore_is_still_not_answered_on_error(
    world: World, node: HandNode, database: Path, tmp_path: Path
) -> None:
    await asked(node)
    copy = copied(database, tmp_path / "copy.db")
    await world.purge(source_tag(SOURCE.id), verb="revoke")
    await node.follow()
    put_back(copy, database)
    await world.store.begin_epoch()
    await node.follow()
    with outage(database):
        assert isinstance(await node.cache.get(WANTED), Unavailable)


async def test_after_a_resync_nothing_is_live_for_lease_and_guard(
    world: World, node: HandNode, clock: HandClock
) -> None:
    async def receipt(position: int) -> Receipt:
        await node.follow()
        found = await node.receipts.of(position)
        assert found is not None
        return found

    await world.store.begin_epoch()
    await node.follow()
    entry = await world.configure("after-the-resync")
    assert (await receipt(entry.position)).state == "pending"
    clock.advance(PATIENCE - 0.001)
    assert (await receipt(entry.position)).state == "pending"
    clock.advance(0.001)
    assert (await receipt(entry.position)).state == "settled"
