"""The debugger, by what is written on its page."""

import re

from playwright.sync_api import expect

from tests.browser.console.desk import Desk


def test_a_person_looks_at_what_a_browser_is_answered(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/")
    page.get_by_role("link", name="Debugger", exact=True).click()
    expect(page.get_by_role("link", name="demo_site_write_key")).to_be_visible()
    desk.look("debugger")
    page.get_by_label("Write key").fill("<b>")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("It is no write key")).to_be_visible()
    page.get_by_label("Write key").fill("demo_site_write_key")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("Current: this is what the store publishes")).to_be_visible()
    expect(page.get_by_role("group", name="the body of the answer")).to_contain_text('"integrations": {')
    expect(page.get_by_text("/v1/projects/demo_site_write_key/settings")).to_be_visible()
    desk.look("debugger-settings")
    page.get_by_role("link", name="Loader", exact=True).click()
    expect(page.get_by_text("/analytics.js/v1/demo_site_write_key/analytics.min.js")).to_be_visible()
    expect(page.get_by_text(re.compile(r"And .* more characters"))).to_be_visible()
    desk.look("debugger-loader")
    page.get_by_role("link", name="Integrations", exact=True).click()
    expect(page.get_by_text("Current: ")).to_be_visible()
    page.get_by_label("Write key").fill("nobody_has_this_key")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("No source has this key, and none ever had.")).to_be_visible()
    desk.look("debugger-unknown")
