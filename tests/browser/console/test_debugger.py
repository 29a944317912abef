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


def test_a_retired_key_is_told_from_one_that_nobody_ever_had(desk: Desk) -> None:
    page = desk.page
    path = f"/workspaces/{desk.workspace}/sources/backend/write-keys"
    desk.colleague.do("POST", path, {"key": f"retired_key_{desk.workspace}"})
    desk.colleague.do("DELETE", f"{path}/retired_key_{desk.workspace}")
    desk.at(f"/debugger?key=retired_key_{desk.workspace}")
    expect(
        page.get_by_text(re.compile("This key was retired .* ago: pages that still use it get a 404"))
    ).to_be_visible()
    expect(page.get_by_text("Current: the store has nothing for this key either")).to_be_visible()
    desk.look("debugger-retired")
