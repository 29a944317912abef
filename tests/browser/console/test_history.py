"""History, and rolling back, by what is written on the pages."""

import re

from playwright.sync_api import expect

from tests.browser.console.colleague import path_of
from tests.browser.console.desk import Desk, seat, session_cookie


def test_a_person_finds_who_changed_what_and_rolls_it_back(desk: Desk) -> None:
    page = desk.page
    site = f"{desk.workspace}/site"
    desk.colleague.change(f"{site}/amplitude", settings={"apiKey": "changed0by0mistake"}, enabled=False)
    desk.colleague.change(f"{site}/webhooks", display_name="Hooks")
    desk.colleague.do("DELETE", path_of(f"{site}/slack"))
    desk.at("/")
    page.get_by_role("link", name="History", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("History")
    expect(page.get_by_text("changed0by0mistake")).to_be_visible()
    desk.look("history")
    page.get_by_label("Of", exact=True).select_option("Sources and keys")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("changed0by0mistake")).to_have_count(0)
    page.get_by_role("link", name="Show all").click()
    desk.at("/sources/site")
    page.get_by_label("Demo site", exact=True).get_by_role("link", name="History").click()
    expect(page.get_by_text("demo0amplitude0api0key").first).to_be_visible()
    desk.look("history-source")
    before = page.locator("li.event", has_text="Created").filter(has_text="site/slack")
    before.get_by_role("link", name=re.compile("Manifest at position")).click()
    expect(page.get_by_role("heading", name=re.compile("The manifest at position"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("settings.apiKey"))).to_contain_text("demo0amplitude0api0key")
    desk.look("history-manifest")
    page.get_by_role("link", name="Roll back to this").click()
    expect(page.get_by_text("Secrets are never brought back").first).to_be_visible()
    expect(page.locator("li.event", has_text="Slack")).to_contain_text("Secrets are not brought back")
    expect(page.locator("li.event", has_text="Amplitude")).to_contain_text("Will be changed")
    desk.look("roll-back")
    page.get_by_role("button", name=re.compile("Roll back: 3 changes")).click()
    expect(page.get_by_text("Demo site is rolled back to position")).to_be_visible()
    desk.went_live()
    desk.look("rolled-back")
    page.get_by_label("Demo site", exact=True).get_by_role("link", name="Overview").click()
    expect(page.get_by_role("row", name=re.compile("Amplitude"))).to_contain_text("Enabled")
    expect(page.get_by_role("row", name=re.compile("Slack"))).to_contain_text("Disabled")


def test_what_another_changed_since_the_preview_is_shown_first(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/site/history")
    page.get_by_role("link", name=re.compile("Roll back to position")).last.click()
    expect(page.get_by_role("button", name=re.compile("Roll back: "))).to_be_visible()
    desk.colleague.change(f"{desk.workspace}/site/mixpanel", display_name="Theirs")
    page.get_by_role("button", name=re.compile("Roll back: ")).click()
    expect(page.get_by_text("Nothing was rolled back")).to_be_visible()
    desk.look("roll-back-refused")


def test_history_is_narrowed_to_one_actor_and_goes_on_to_older_changes(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/backend")
    page.get_by_role("button", name="Create a write key").click()
    desk.went_live()
    for number in range(22):
        desk.colleague.change(f"{desk.workspace}/site/webhooks", display_name=f"Hooks {number}")
    person = desk.colleague.token_of(desk.workspace, "workspace:read", "workspace:write")
    seat(desk, session_cookie(desk.edge.url, person))
    desk.at("/sources/site/settings")
    page.get_by_label("Name").fill("Renamed by a person")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("The settings of Renamed by a person are saved.")).to_be_visible()
    desk.at("/history")
    events = page.locator("li.event")
    expect(events).to_have_count(20)
    events.first.get_by_role("link").first.click()
    expect(events).to_have_count(1)
    expect(events).to_contain_text("Renamed by a person")
    expect(page.get_by_label("By")).not_to_have_value("")
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_text(re.compile(r"^is now Hooks 21$"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^is now Hooks 0$"))).to_have_count(0)
    page.get_by_role("link", name="Older changes").click()
    expect(page.get_by_text(re.compile(r"^is now Hooks 0$")).first).to_be_visible()
    desk.look("history-older")
    page.get_by_role("link", name="Newest").click()
    expect(page.get_by_text("Renamed by a person").first).to_be_visible()
    page.get_by_label("By").fill("nobody at all")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="Nothing like that")).to_be_visible()
    desk.look("history-nothing")
