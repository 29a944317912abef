"""A change going live, by what is written on the pages."""

import re

from playwright.sync_api import Page, expect

from tests.browser.console.desk import Desk


def purged(desk: Desk) -> None:
    """A purge of the demo's site, by the form."""
    page = desk.page
    desk.at("/purge")
    page.get_by_label("Demo site").check()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Invalidate in Demo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Purge \d+"))


def test_a_change_is_followed_from_page_to_page_until_it_is_dismissed(desk: Desk) -> None:
    page = desk.page
    purged(desk)
    page.get_by_role("link", name="Sources", exact=True).click()
    strip = page.locator(".live")
    desk.went_live()
    expect(strip).to_contain_text("New visitors get it now.")
    expect(strip).to_have_attribute("data-state", "settled")
    desk.look("live-strip")
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(strip).to_contain_text("Live on 1 node")
    page.get_by_role("button", name="Dismiss").press("Enter")
    expect(strip).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(strip).to_have_count(0)


def test_a_screen_reader_is_told_once_that_a_change_is_live(desk: Desk) -> None:
    page = desk.page
    page.add_init_script("""
      addEventListener("DOMContentLoaded", () => {
        window.heard = [];
        const said = document.getElementById("live-said");
        new MutationObserver(() => window.heard.push(said.textContent)).observe(said, {childList: true});
      });
    """)
    desk.at("/sources/backend")
    page.get_by_role("button", name="Create a write key").click()
    expect(page.locator(".live")).to_have_attribute("data-state", "settled")
    heard = page.evaluate("window.heard")
    assert 1 <= len(heard) == len(set(heard)) <= 2, heard
    assert "Live on 1 node" in heard[0]
    page.get_by_role("link", name="Overview", exact=True).first.click()
    expect(page.locator(".live")).to_have_attribute("data-state", "settled")
    assert page.evaluate("window.heard") == []


def test_a_strip_goes_on_after_an_answer_that_did_not_come(desk: Desk, page: Page) -> None:
    page.route("**/live/*", lambda route: route.abort(), times=1)
    purged(desk)
    page.get_by_role("link", name="Sources", exact=True).click()
    expect(page.get_by_text("The edge does not answer.")).to_be_visible()
    expect(page.locator(".live")).to_have_attribute("data-state", "settled")
    assert all("htmx:" in complaint for complaint in desk.complaints)
    desk.complaints.clear()


def test_a_change_made_elsewhere_has_a_receipt_to_look_at(desk: Desk, page: Page) -> None:
    source = f"workspaces/{desk.workspace}/sources/site"
    purged = desk.colleague.do("POST", "/purges", {"sources": [source], "reason": "<b>bold</b>"})
    desk.at(f"/changes/{purged['position']}/receipt")
    expect(page.get_by_text("<b>bold</b>")).to_be_visible()
    expect(page.get_by_text("Settled", exact=True)).to_be_visible()
    desk.look("receipt")
