"""The demo workspace is made once; what somebody changed, deleted or moved afterwards is theirs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge.compose.ground import Ground, lay_ground
from edge.demo.content import SITE, SITE_KEY, SOURCES, WORKSPACE
from edge.demo.seed import SEEDER, UNFINISHED, seed
from edge.manage import destinations, sources, write_keys
from edge.manage.destinations import Described, DestinationPatch
from edge.manage.operation import Manage
from edge.manage.sources import SourcePatch
from edge.model.change import Entry
from edge.settings import Settings
from edge.store.lookup import FIRST_PAGE
from tests.support.clock import HandClock
from tests.support.ids import random_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """A store with the catalog of this release and nothing else."""
    laid = lay_ground(Settings(data_dir=tmp_path / "data"), HandClock())
    await laid.prepare()
    yield laid
    await laid.close()


@pytest.fixture
def manage(ground: Ground) -> Manage:
    async def read_back(path: str) -> bytes | None:
        async with ground.store.view() as view:
            found = await view.asset(path.rpartition("/")[2].removesuffix(".js"))
        return found.body if found is not None else None

    return Manage(ground.store, ground.clock, random_id, random_id, read_back, lambda _entry: None)


async def head(manage: Manage) -> int:
    async with manage.store.view() as view:
        return view.as_of.position


async def of_site(manage: Manage) -> dict[str, Described]:
    listed = await destinations.listed(manage, SEEDER, WORKSPACE, SITE, FIRST_PAGE)
    return {described.destination.slug: described for described in listed}


async def test_an_empty_store_gets_everything_that_the_table_says(manage: Manage) -> None:
    made = await seed(manage)
    assert [(source.slug, source.display_name, source.type, *source.write_keys) for source in made] == [
        (wanted.slug, wanted.display_name, wanted.type, wanted.write_key) for wanted in SOURCES
    ]
    for wanted in SOURCES:
        listed = await destinations.listed(manage, SEEDER, WORKSPACE, wanted.slug, FIRST_PAGE)
        found = {(one.destination.definition, one.destination.mode, one.destination.enabled) for one in listed}
        assert found == {(each.definition, each.mode, each.enabled) for each in wanted.destinations}


async def test_a_second_time_nothing_is_written(manage: Manage) -> None:
    first = await seed(manage)
    before = await head(manage)
    assert await seed(manage) == first
    assert await head(manage) == before


async def test_what_somebody_changed_stays_changed(manage: Manage) -> None:
    await seed(manage)
    patch = DestinationPatch(enabled=False, settings={"apiKey": "mine"})
    await destinations.change(manage, SEEDER, WORKSPACE, SITE, "amplitude", patch=patch)
    await destinations.change(manage, SEEDER, WORKSPACE, SITE, "slack", patch=DestinationPatch(enabled=True))
    await destinations.delete(manage, SEEDER, WORKSPACE, SITE, "mixpanel")
    await sources.change(manage, SEEDER, WORKSPACE, SITE, SourcePatch(display_name="Mine"))
    await write_keys.add(manage, SEEDER, WORKSPACE, SITE, "another_write_key")
    before, here = await head(manage), await of_site(manage)
    site = next(source for source in await seed(manage) if source.slug == SITE)
    assert (await head(manage), await of_site(manage)) == (before, here)
    assert (site.display_name, set(site.write_keys)) == ("Mine", {SITE_KEY, "another_write_key"})


async def test_a_source_that_somebody_deleted_stays_deleted(manage: Manage) -> None:
    await seed(manage)
    await sources.delete(manage, SEEDER, WORKSPACE, SITE)
    before = await head(manage)
    assert SITE not in {source.slug for source in await seed(manage)}
    assert await head(manage) == before


@pytest.mark.parametrize("commits", range(0, 9, 2))
async def test_a_start_that_was_interrupted_is_finished_by_the_next(manage: Manage, commits: int) -> None:
    left = commits

    def interrupted(_entry: Entry) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await seed(replace(manage, committed=interrupted))
    made = await seed(manage)
    assert UNFINISHED not in {source.display_name for source in made}
    assert set(await of_site(manage)) == {each.definition for each in SOURCES[0].destinations}
