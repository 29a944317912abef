from dataclasses import replace

import pytest

from edge.catalog.sources import SOURCE_TYPES
from edge.manage import catalog, connecting
from edge.manage.catalog import Wanted, fits
from edge.manage.problem import ProblemError
from edge.store.lookup import FIRST_PAGE
from tests.manage.stage import ACME, GLOBEX, INSTANCE, Stage, without
from tests.support.world import CLOUD, DEVICE

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), True),
        (Wanted("tall"), True),
        (Wanted("  PRODUCT tally "), True),
        (Wanted("tally courier"), False),
        (Wanted(category="Analytics"), True),
        (Wanted(category="CRM"), True),
        (Wanted(category="Raw Data"), False),
        (Wanted(mode="device"), True),
        (Wanted("tally", "Analytics", "cloud"), True),
    ],
)
def test_a_definition_is_found_by_words_category_and_mode(wanted: Wanted, found: bool) -> None:
    assert fits(replace(DEVICE, additional_categories=("CRM",)), wanted) is found


def test_a_mode_is_looked_for_on_every_platform() -> None:
    assert not fits(CLOUD, Wanted(mode="device"))
    assert fits(replace(CLOUD, modes={"mobile": ("device",)}), Wanted(mode="device"))


async def test_the_shelf_is_in_order_and_names_all_categories(stage: Stage) -> None:
    shelf = await catalog.search(stage.manage, ACME, Wanted("courier"))
    assert [one.slug for one in shelf.found] == ["courier"]
    assert (shelf.total, shelf.categories) == (2, ("Analytics", "Raw Data"))
    with pytest.raises(ProblemError):
        await catalog.search(stage.manage, without(ACME, "workspace:read"), Wanted())


def test_a_tool_that_is_both_is_found_from_either_side() -> None:
    both = replace(DEVICE, slug="node-events", name="node.js")
    assert catalog.source_like(both) is SOURCE_TYPES["node"]
    assert catalog.source_like(DEVICE) is None
    assert catalog.destination_like(SOURCE_TYPES["node"], [DEVICE, both]) is both


async def test_the_sources_that_cannot_have_it_say_why(stage: Stage) -> None:
    await stage.source("backend", "python")
    only = replace(DEVICE, modes={"web": ("device",)})
    found = await connecting.connectable(stage.manage, ACME, "acme", only, FIRST_PAGE)
    by_slug = {one.source.slug: one for one in found}
    assert (by_slug["site"].obstacle, by_slug["site"].connected) == ("", ("Tally",))
    assert "it supports sources of these platforms: web" in by_slug["backend"].obstacle


async def test_connecting_begins_with_a_free_slug_and_knows_the_others_of_its_workspace(stage: Stage) -> None:
    await stage.source("site", "javascript", "globex")
    mine = await connecting.outset(stage.manage, ACME, "acme", "site", "tally")
    assert (mine.slug, mine.display_name) == ("tally-2", "Tally 2")
    assert [one.destination.slug for one in mine.others] == ["tally"]
    theirs = await connecting.outset(stage.manage, GLOBEX, "globex", "site", "tally")
    assert (theirs.slug, theirs.display_name, theirs.others) == ("tally", "Tally", ())


async def test_what_somebody_chooses_must_be_one_of_the_others(stage: Stage) -> None:
    others = await connecting.placed(stage.manage, INSTANCE, "acme", "tally")
    assert connecting.chosen(others, "") is None
    found = connecting.chosen(others, "site/tally")
    assert found is not None
    assert found.source.slug == "site"
    with pytest.raises(ProblemError):
        connecting.chosen(others, "site/courier")
    with pytest.raises(ProblemError) as refused:
        await connecting.placed(stage.manage, GLOBEX, "acme", "tally")
    assert refused.value.kind == "not_found"
