"""Signing in and out, by what is written on the pages."""

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.console.desk import Desk
from tests.cli.shell import Shell


def test_a_person_signs_in_with_a_token_and_out_again(visitor: Desk) -> None:
    page = visitor.page
    visitor.open("/w/demo/sources")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    visitor.look("sign-in")
    page.get_by_label("Access token").fill("not a token")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This token is not valid here")).to_be_visible()
    visitor.look("sign-in-refused")
    page.get_by_label("Access token").fill(visitor.colleague.token_of("demo", "workspace:read"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    page.get_by_text("Your session and appearance").locator("..").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    visitor.open("/w/demo/sources")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_printed_link_signs_in_once_and_leaves_no_trace_in_the_address(visitor: Desk) -> None:
    page = visitor.page
    here = Shell({"EDGE_DATA_DIR": visitor.edge.said["data_dir"]})
    link = json.loads(here.apart("console", "link", "--workspace", "demo", "--json"))["url"]
    page.goto(link)
    expect(page.get_by_role("heading", name="Demo", exact=True)).to_be_visible()
    assert "#" not in page.url
    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_text("This sign-in link was used already")).to_be_visible()
    assert link.partition("#")[2] not in page.url
    visitor.look("link-used")


def test_the_keyboard_alone_signs_in_and_out(visitor: Desk) -> None:
    page = visitor.page
    visitor.open("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Access token")).to_be_focused()
    page.keyboard.insert_text(visitor.colleague.token_of("demo", "workspace:read"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Demo", exact=True)).to_be_visible()
    account = page.locator("details.account")
    visitor.reach(account.locator("summary"))
    page.keyboard.press("Enter")
    expect(account).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(account).not_to_have_attribute("open", "")
    page.keyboard.press("Enter")
    visitor.reach(account.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_somebody_chooses_dark_and_it_stays(desk: Desk, page: Page) -> None:
    desk.open("/w/demo/")
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Dark").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    assert re.match(r"rgb\(15, 18, 22\)", page.evaluate("getComputedStyle(document.body).backgroundColor"))
