from dataclasses import replace

import pytest

from edge.console.pages.catalog import slug_of
from edge.manage import sources
from edge.store.lookup import FIRST_PAGE
from tests.console.stage import ConsoleStage
from tests.manage.stage import ACME
from tests.support.world import DEVICE

pytestmark = pytest.mark.anyio

MARKUP = "<img src=x onerror=alert(1)>\"'&</title>"
CATALOG = "/w/acme/catalog"


async def test_the_catalog_is_searched_by_a_form_that_needs_no_script(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    page = (await one.get(f"{CATALOG}?q=product&category=Analytics&mode=device")).text
    assert "1 of 2 destinations" in page
    assert "Tally" in page
    assert "Courier" not in page
    assert '<form class="search" method="get"' in page
    assert "Nothing in the catalog is like that" in (await one.get(f"{CATALOG}?q=nothing+like+it")).text


async def test_htmx_is_given_the_results_alone(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    part = (await one.get(f"{CATALOG}?q=cour", HX_Request="true")).text
    assert part.lstrip().startswith('<div id="results">')
    assert "<html" not in part
    panel = (await one.get(f"{CATALOG}/destinations/tally", HX_Request="true")).text
    assert "<html" not in panel
    assert "Configure Tally" in panel


@pytest.mark.parametrize("query", ["q=" + "x" * 3000, "mode=nonsense", "category=%00", "q=%F0%9F%92%A3"])
async def test_whatever_is_looked_for_is_answered(console: ConsoleStage, query: str) -> None:
    one = await console.admin("acme")
    assert (await one.get(f"{CATALOG}?{query}")).status_code == 200


async def test_the_panel_tells_modes_settings_and_where_it_is_connected(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    page = (await one.get(f"{CATALOG}/destinations/tally")).text
    for word in ("Product analytics.", "Device mode", "apiKey", "Required", "Secret", "iOS (must)", "on Site"):
        assert word in page, word
    assert 'href="https://tally.example" rel="noopener noreferrer"' in page


async def test_texts_of_the_catalog_are_shown_as_they_are_and_lead_only_to_https(console: ConsoleStage) -> None:
    setting = replace(DEVICE.settings[0], display_name=MARKUP, help=MARKUP)
    evil = replace(
        DEVICE, name=MARKUP, description=MARKUP, category=MARKUP, website="javascript:alert(1)", settings=(setting,)
    )
    await console.api.stage.world.commit(evil)
    one = await console.admin("acme")
    for path in (CATALOG, f"{CATALOG}/destinations/tally", "/w/acme/sources/site/add"):
        for headers in ({}, {"HX_Request": "true"}):
            text = (await one.get(path, **headers)).text
            assert "<img src=x" not in text
            assert "&lt;img src=x" in text
            assert 'href="javascript' not in text
    sought = (await one.get(CATALOG, HX_Request="")).text
    assert "<img" not in sought.replace('<img src="/console', "")
    assert "<img src=x" not in (await one.get(f"{CATALOG}?q=%3Cimg%20src=x%3E&category=%22%3E%3Cimg%20src=x%3E")).text


async def test_a_tool_that_is_both_says_so_on_either_side(console: ConsoleStage) -> None:
    await console.api.stage.world.commit(replace(DEVICE, slug="node", name="Node.js"))
    one = await console.admin("acme")
    assert "/catalog/sources/node" in (await one.get(f"{CATALOG}/destinations/node")).text
    assert "/catalog/destinations/node" in (await one.get(f"{CATALOG}/sources/node")).text


async def test_from_a_source_only_what_it_can_have_leads_on(console: ConsoleStage) -> None:
    await console.api.stage.source("backend", "python")
    await console.api.stage.world.commit(replace(DEVICE, modes={"web": ("device",)}))
    one = await console.admin("acme")
    assert "Not for this source" in (await one.get("/w/acme/sources/backend/add")).text
    panel = (await one.get(f"{CATALOG}/destinations/tally?source=backend")).text
    assert "It cannot be connected to backend" in panel
    assert "Configure" not in panel


async def test_a_source_is_created_from_its_type_with_a_slug_made_from_its_name(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    await one.get(f"{CATALOG}/sources/kotlin")
    done = await one.post(f"{CATALOG}/sources/kotlin", {"display_name": "Shop <b>for</b> Android"})
    assert done.status_code == 303
    found = await sources.listed(console.api.deps.manage, ACME, "acme", FIRST_PAGE)
    made = next(source for source in found if source.type == "kotlin")
    assert (made.slug, made.display_name) == ("shop-b-for-b-android", "Shop <b>for</b> Android")
    again = await one.post(f"{CATALOG}/sources/kotlin", {"display_name": "x", "slug": "site"})
    assert again.status_code == 422
    assert "exists already" in again.text
    wrong = await one.post(f"{CATALOG}/sources/kotlin", {"display_name": "名前"})
    assert wrong.status_code == 422
    assert "is no slug" in wrong.text


def test_a_slug_is_made_of_what_can_be_in_one() -> None:
    assert slug_of(" Shop: Äcme & Söhne! ") == "shop-cme-s-hne"
    assert slug_of("x" * 62 + " y") == "x" * 62
    assert slug_of("名前") == ""


@pytest.mark.parametrize("path", ["", "/destinations/tally", "/sources", "/sources/ios", "/destinations/tally/connect"])
async def test_another_workspace_has_no_catalog_to_see(console: ConsoleStage, path: str) -> None:
    one = await console.admin("acme")
    assert (await one.get(f"/w/globex/catalog{path}")).status_code == 404


async def test_what_is_not_in_the_catalog_is_not_found(console: ConsoleStage) -> None:
    one = await console.admin("acme")
    for path in (
        "destinations/nothing",
        "sources/nothing",
        "destinations/nothing/connect",
        "destinations/tally?source=x",
    ):
        assert (await one.get(f"{CATALOG}/{path}")).status_code == 404


async def test_who_may_only_read_sees_no_buttons(console: ConsoleStage) -> None:
    one = await console.admin("acme", "workspace:read")
    assert "Configure" not in (await one.get(f"{CATALOG}/destinations/tally")).text
    assert "Create source" not in (await one.get(f"{CATALOG}/sources/ios")).text
    assert (await one.get("/w/acme/sources/site/add")).status_code == 403
    assert (await one.get(f"{CATALOG}/destinations/tally/connect")).status_code == 403
    before = await console.api.head()
    assert (await one.post(f"{CATALOG}/sources/ios", {"display_name": "App"})).status_code == 403
    assert await console.api.head() == before
