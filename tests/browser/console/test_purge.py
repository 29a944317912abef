"""Purging, by what is written on the pages."""

import re

from playwright.sync_api import expect

from tests.browser.console.desk import Desk


def test_a_person_purges_a_source_after_a_preview_and_sees_it_go_live(desk: Desk) -> None:
    page = desk.page
    desk.at("/")
    page.get_by_role("link", name="Purge", exact=True).click()
    desk.look("purge")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Choose at least one source")).to_be_visible()
    desk.look("purge-refused")
    page.get_by_label("Demo site").check()
    page.get_by_label("Revoke").check()
    page.get_by_label("Reason").fill("a key leaked <i>")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoke in workspace Demo?")
    expect(page.get_by_role("row", name=re.compile("Demo site"))).to_contain_text(desk.keys["site"])
    desk.look("purge-preview")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_label("Demo site")).to_be_checked()
    expect(page.get_by_label("Reason")).to_have_value("a key leaked <i>")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Revoke in Demo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Purge \d+"))
    expect(page.get_by_text("a key leaked <i>")).to_be_visible()
    expect(page.get_by_text("Settled", exact=True)).to_be_visible()
    desk.look("purge-receipt")
