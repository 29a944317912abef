"""Claims about write keys by tag: exactly those whose documents carry one of the tags, each once, page by page."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text, update

from edge.model.source import Workspace
from edge.store.engine import writing
from edge.store.keys import Keys
from edge.store.schema import documents
from tests.support.world import CLOUD, IN_CLOUD, IN_DEVICE, SOURCE, World, make_world

pytestmark = pytest.mark.anyio

SITE = replace(SOURCE, write_keys=("wk_site_0001", "wk_site_0002"), retired_keys=())
SHOP = replace(SOURCE, id="s2", slug="shop", write_keys=("wk_shop_0001",))
OTHER = Workspace("w2", "globex", "Globex", 1.0)
THEIRS = replace(SOURCE, id="s3", workspace="globex", write_keys=("wk_theirs_01",))
BARE = replace(SOURCE, id="s4", slug="bare", write_keys=("wk_bare_0001",))
EVERY = ["wk_bare_0001", "wk_first_key_0001", "wk_shop_0001", "wk_site_0001", "wk_site_0002", "wk_theirs_01"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """acme has a site (tally in device mode, courier), a shop (courier, disabled) and a bare source; globex one more.
    One key of the site is retired."""
    made = await make_world(tmp_path)
    await made.commit(
        replace(SITE, retired_keys=("wk_first_key_0001",)),
        SHOP,
        BARE,
        OTHER,
        THEIRS,
        replace(IN_CLOUD, id="d3", source_id="s2", source_name=SHOP.name, enabled=False),
        replace(IN_DEVICE, id="d4", source_id="s3", source_name=THEIRS.name),
    )
    yield made
    await made.close()


async def keys(world: World, *tags: str, after: str = "", limit: int = 100) -> list[str]:
    return await Keys(world.engine).keys(tags, after, limit)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("source:s1",), ["wk_site_0001", "wk_site_0002"]),
        (("source:s1", "source:s2"), ["wk_shop_0001", "wk_site_0001", "wk_site_0002"]),
        (("workspace:globex",), ["wk_theirs_01"]),
        (("workspace:acme",), ["wk_bare_0001", "wk_shop_0001", "wk_site_0001", "wk_site_0002"]),
        (("definition:tally",), ["wk_site_0001", "wk_site_0002", "wk_theirs_01"]),
        (("definition:courier",), ["wk_shop_0001", "wk_site_0001", "wk_site_0002"]),
        (("definition:tally", "workspace:globex", "source:s2"), EVERY[2:]),
        (("key:wk_first_key_0001",), ["wk_first_key_0001"]),
        (("key:wk_nobody_0001",), []),
        (("loader",), [key for key in EVERY if key != "wk_first_key_0001"]),
        (("all",), EVERY),
        (("all", "source:s1"), EVERY),
        (("source:unknown", "definition:unknown", "workspace:unknown"), []),
        ((), []),
    ],
)
async def test_a_tag_reaches_these_write_keys_and_no_others(
    world: World, tags: tuple[str, ...], expected: list[str]
) -> None:
    assert await keys(world, *tags) == expected
    assert await Keys(world.engine).count(tags) == len(expected)


@pytest.mark.parametrize("tag", ["all", "loader", "workspace:acme", "definition:tally"])
@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_join_without_gap_or_overlap(world: World, tag: str, limit: int) -> None:
    found: list[str] = []
    while page := await keys(world, tag, after=found[-1] if found else "", limit=limit):
        assert len(page) <= limit
        found += page
    assert found == await keys(world, tag)


async def test_a_destination_that_goes_takes_its_definition_with_it(world: World) -> None:
    await world.commit(deletes=[IN_DEVICE])
    assert await keys(world, "definition:tally") == ["wk_theirs_01"]
    await world.commit(replace(IN_CLOUD, id="d9", slug="tally-2", definition="tally"))
    assert await keys(world, "definition:tally") == ["wk_site_0001", "wk_site_0002", "wk_theirs_01"]


async def test_a_definition_that_changes_keeps_its_users(world: World) -> None:
    await world.commit(replace(CLOUD, description="Events, to a URL."))
    assert await keys(world, "definition:courier") == ["wk_shop_0001", "wk_site_0001", "wk_site_0002"]


async def test_a_destination_that_does_not_say_what_it_uses_may_use_any_definition(world: World) -> None:
    async with writing(world.engine) as connection:
        await connection.execute(update(documents).where(documents.c.id == "d4").values(uses=""))
    assert await keys(world, "definition:courier") == ["wk_shop_0001", "wk_site_0001", "wk_site_0002", "wk_theirs_01"]
    assert await keys(world, "definition:tally") == ["wk_site_0001", "wk_site_0002", "wk_theirs_01"]


async def test_users_of_a_definition_are_found_by_its_index(world: World) -> None:
    async with world.engine.connect() as connection:
        plan = await connection.execute(
            text("EXPLAIN QUERY PLAN SELECT parent FROM documents WHERE kind = 'destination' AND uses = 'tally'")
        )
        assert "documents_uses" in str(plan.all())
