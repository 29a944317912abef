"""Pages that no walk comes by: those of a link, those where there is nothing yet, and those of who may only look."""

import re

from playwright.sync_api import expect

from tests.browser.console.desk import Desk, seat, session_cookie


def test_a_tool_and_a_source_type_are_pages_of_their_own(desk: Desk) -> None:
    page = desk.page
    desk.at("/catalog/destinations/amplitude")
    expect(page.get_by_role("heading", level=1)).to_have_text("Amplitude")
    expect(page.get_by_role("link", name="Configure Amplitude")).to_be_visible()
    desk.look("tool-page")
    page.get_by_role("link", name="Catalog", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Catalog")
    desk.at("/catalog/sources/kotlin")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kotlin")
    desk.look("source-type-page")
    page.get_by_role("link", name="Sources of the catalog").click()
    expect(page.get_by_role("heading", name="Mobile")).to_be_visible()


def test_where_there_is_nothing_yet_a_page_says_what_to_do(desk: Desk) -> None:
    page, workspace = desk.page, desk.colleague.workspace()
    desk.open(f"/w/{workspace}/sources")
    expect(page.get_by_role("heading", name="No source yet")).to_be_visible()
    desk.look("no-source")
    desk.open(f"/w/{workspace}/history?kind=destination")
    expect(page.get_by_role("heading", name="Nothing like that")).to_be_visible()
    desk.open(f"/w/{workspace}/catalog/destinations/amplitude/connect")
    expect(page.get_by_role("heading", name="No source yet")).to_be_visible()
    desk.look("no-source-to-choose")
    page.get_by_role("link", name="Add source").click()
    page.get_by_role("link", name="Python").click()
    page.get_by_label("Name").fill("Shop")
    page.get_by_role("button", name="Create source").click()
    expect(page.get_by_role("heading", name="No destination yet")).to_be_visible()
    desk.went_live()
    desk.look("no-destination")
    page.get_by_role("link", name="Explain", exact=True).click()
    expect(page.get_by_role("heading", name="No destination yet")).to_be_visible()
    desk.look("nothing-to-explain")


def test_a_search_that_finds_nothing_leads_back_to_all(desk: Desk) -> None:
    page = desk.page
    desk.at("/catalog")
    page.get_by_label("Search destinations").fill("no tool is called this")
    expect(page.get_by_role("heading", name="Nothing in the catalog is like that")).to_be_visible()
    desk.look("catalog-nothing")
    page.get_by_role("link", name="Show all destinations").click()
    expect(page.get_by_text(re.compile(r"^\d\d destinations$"))).to_be_visible()


def test_who_may_only_look_sees_what_there_is_without_a_button_to_change_it(desk: Desk) -> None:
    page = desk.page
    reader = desk.colleague.token_of(desk.workspace, "workspace:read")
    seat(desk, session_cookie(desk.edge.url, reader))
    changes = page.get_by_role("main").get_by_role("button").filter(has_not_text=re.compile("^(Filter|Look|Show|)$"))
    for name, path in (
        ("overview", "/"),
        ("source", "/sources/site"),
        ("source-settings", "/sources/site/settings"),
        ("destination", "/sources/site/destinations/amplitude"),
        ("history", "/sources/site/history"),
        ("tool", "/catalog/destinations/amplitude"),
        ("propagation", "/propagation"),
    ):
        desk.at(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert [one.text_content() for one in changes.all()] == [], path
        fields = page.locator("form[method=post] :is(input:not([type=hidden]), select, textarea)")
        assert not any(one.is_enabled() for one in fields.all() if one.is_visible()), path
        expect(page.get_by_role("link", name=re.compile("^(Add|Configure|Roll back)"))).to_have_count(0)
        desk.look(f"reader-{name}")
