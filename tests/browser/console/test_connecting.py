"""From the catalog to a live destination and its end, by what is written on the pages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.desk import Desk
from tests.cli.processes import Served, served

LIVE = re.compile(r"Live on 1 node after [\d.]+ ms")


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An edge of their own: these tests change what others count on, the demo's destinations."""
    with served(tmp_path_factory.mktemp("connecting") / "data", command="demo") as running:
        yield running


def went_live(page: Page) -> None:
    expect(page.locator(".live")).to_contain_text(LIVE)


def test_a_person_finds_a_tool_and_connects_it(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/")
    page.get_by_role("link", name="Catalog").click()
    desk.look("catalog")
    page.get_by_label("Search destinations").press_sequentially("customer.io")
    expect(page.get_by_text("1 of 33 destinations")).to_be_visible()
    expect(page).to_have_url(re.compile("q=customer.io"))
    page.get_by_label("Search destinations").fill("")
    page.get_by_label("Category").select_option("Email Marketing")
    page.get_by_label("Mode", exact=True).select_option("Device mode")
    expect(page.get_by_text(re.compile(r"^\d of 33 destinations"))).to_be_visible()
    desk.look("catalog-found")
    page.get_by_role("link", name="Customer.io").click()
    expect(page.get_by_role("dialog")).to_contain_text("Sends messages to people")
    expect(page.get_by_role("link", name=re.compile("customer.io"))).to_have_attribute("rel", "noopener noreferrer")
    desk.look("catalog-panel")
    page.get_by_role("link", name="Configure Customer.io").click()
    page.get_by_role("button", name="Confirm Source").click()
    expect(page.get_by_text("Choose the source to connect it to")).to_be_visible()
    page.get_by_role("radio", name=re.compile("Demo site")).check()
    desk.look("choose-source")
    page.get_by_role("button", name="Confirm Source").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Customer.io")
    desk.look("connection-settings")
    page.get_by_role("switch", name="Enable Customer.io").check()
    page.get_by_label("API key").fill("a-secret-that-nobody-sees")
    page.get_by_role("button", name="Connect Customer.io").click()
    expect(page.get_by_text("It is required before the destination is enabled")).to_be_visible()
    expect(page.get_by_label("API key")).to_have_value("")
    desk.look("connection-settings-refused")
    page.get_by_label("Site ID").fill("site-of-the-demo")
    page.get_by_label("API key").fill("a-secret-that-nobody-sees")
    page.get_by_role("button", name="Connect Customer.io").click()
    expect(page.get_by_text("Customer.io is connected to Demo site in the workspace Demo")).to_be_visible()
    went_live(page)
    expect(page.get_by_label("API key", exact=True)).to_have_attribute("placeholder", "••••••••sees")
    desk.look("destination")


def test_a_destination_is_added_from_its_source_with_settings_copied(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/sources/app/add")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add destination")
    desk.look("add-destination")
    page.get_by_role("link", name="Hotjar").click()
    expect(page.get_by_role("dialog")).to_contain_text("It cannot be connected to Demo app")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Slack").click()
    page.get_by_role("link", name="Configure Slack").click()
    expect(page.get_by_text("Cloud mode: the only one that Slack has on mobile sources.")).to_be_visible()
    page.get_by_text("Copy Settings From Other Destination").click()
    page.get_by_label("Destination", exact=True).select_option("Slack on Demo site")
    page.get_by_role("button", name="Copy Settings").click()
    expect(page.get_by_text("Filled with the settings of Slack on Demo site.")).to_be_visible()
    expect(page.get_by_label("Incoming webhook URL", exact=True)).to_have_value("")
    desk.look("copied-settings")
    page.get_by_role("switch", name="Enable Slack").check()
    page.get_by_role("button", name="Connect Slack").click()
    expect(page.get_by_text("Slack is connected to Demo app in the workspace Demo, and enabled.")).to_be_visible()
    went_live(page)
    assert "hooks.slack.example" not in page.content()


def test_the_keyboard_alone_connects_a_tool(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/catalog")
    page.get_by_label("Search destinations").focus()
    page.keyboard.type("plausible")
    expect(page.get_by_text("1 of 33 destinations")).to_be_visible()
    reach(page, "link", "Plausible")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    expect(page.get_by_role("link", name="Plausible")).to_be_focused()
    page.keyboard.press("Enter")
    reach(page, "link", "Configure Plausible")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a source")
    reach(page, "radio", "Demo site")
    page.keyboard.press("Space")
    reach(page, "button", "Confirm Source")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Plausible")
    reach(page, "switch", "Enable Plausible")
    page.keyboard.press("Space")
    reach(page, "textbox", "Name")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Visits")
    reach(page, "textbox", "Site")
    page.keyboard.type("shop.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Visits is connected to Demo site in the workspace Demo, and enabled.")).to_be_visible()
    went_live(page)


def test_of_two_admins_the_second_is_told_what_changed(desk: Desk) -> None:
    page, address = desk.page, "/w/demo/sources/site/destinations/amplitude"
    desk.open(address)
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    other = opened.value
    other.get_by_label("Batch size").fill("50")
    other.get_by_label("Version name").fill("of the other")
    other.get_by_role("button", name="Save changes").click()
    expect(other.get_by_text("Amplitude on Demo site in the workspace Demo is changed.")).to_be_visible()
    other.close()
    page.get_by_label("Version name").fill("mine")
    page.get_by_label("Consent categories").fill("analytics\nadvertising")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Nothing was saved: somebody else changed")).to_be_visible()
    told = page.get_by_role("region", name="What was changed meanwhile")
    expect(told.get_by_role("row", name=re.compile("Batch size"))).to_contain_text(re.compile("30, by default.*50"))
    expect(told.get_by_role("row", name=re.compile("Version name"))).to_contain_text("Yours")
    expect(page.get_by_label("Version name")).to_have_value("mine")
    expect(page.get_by_label("Batch size")).to_have_value("50")
    desk.look("changed-meanwhile")
    page.get_by_role("button", name="Save over it").click()
    expect(page.get_by_text("Amplitude on Demo site in the workspace Demo is changed.")).to_be_visible()
    expect(page.get_by_label("Version name")).to_have_value("mine")
    expect(page.get_by_label("Batch size")).to_have_value("50")
    expect(page.get_by_label("Consent categories")).to_have_value("advertising\nanalytics")


def test_filters_are_added_changed_and_deleted(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/sources/site/destinations/webhooks")
    page.get_by_role("link", name="Add filter").click()
    page.get_by_label("Name").fill("Few clicks, no addresses")
    page.get_by_label("For the events where").fill('type = "track" and')
    page.get_by_role("button", name="Add another action").click()
    page.get_by_label("Action 1", exact=True).select_option("Let only a part of the events through")
    page.get_by_label("How many of a hundred").first.fill("12.5")
    page.get_by_label("Action 2", exact=True).select_option("Take fields out")
    page.get_by_label("Fields").last.fill("properties.email\ncontext.page.url")
    page.get_by_role("button", name="Add filter").click()
    expect(page.get_by_text(re.compile("Column 19"))).to_be_visible()
    desk.look("filter-refused")
    page.get_by_label("For the events where").fill('type = "track"')
    page.get_by_role("button", name="Add filter").click()
    expect(page.get_by_text("The filter Few clicks, no addresses is added in the workspace Demo.")).to_be_visible()
    went_live(page)
    expect(page.get_by_text("lets 12.5 % of the events through; takes out properties.email")).to_be_visible()
    desk.look("destination-filters")
    page.get_by_role("link", name="Few clicks, no addresses").click()
    page.get_by_role("switch", name="Enable this filter").uncheck()
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_text("is changed in the workspace Demo.")).to_be_visible()
    page.get_by_role("link", name="Few clicks, no addresses").click()
    desk.look("filter")
    page.get_by_role("button", name="Delete filter").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete filter").click()
    expect(page.get_by_text("None: it gets every event.")).to_be_visible()


def test_a_destination_is_deleted_after_a_question_that_names_all_it_is_of(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/sources/site/destinations/mixpanel")
    page.get_by_role("button", name=re.compile("Delete Mixpanel")).click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("In the workspace Demo, Demo site will not send events to Mixpanel")
    desk.look("delete-destination")
    question.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name=re.compile("Delete Mixpanel")).click()
    question.get_by_role("button", name=re.compile("Delete Mixpanel")).click()
    expect(page.get_by_text(re.compile("is deleted from Demo site in the workspace Demo"))).to_be_visible()
    went_live(page)


def test_a_source_is_created_from_the_catalog(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/catalog")
    page.get_by_label("Catalog", exact=True).get_by_role("link", name="Sources").click()
    desk.look("catalog-sources")
    page.get_by_role("link", name="Kotlin").click()
    page.get_by_label("Name").fill("Shop for Android")
    desk.look("catalog-source")
    page.get_by_role("button", name="Create source").click()
    expect(page.get_by_text("The source Shop for Android is created in the workspace Demo.")).to_be_visible()


def reach(page: Page, role: str, name: str) -> None:
    """Press Tab until what is so called has the focus, as somebody without a mouse does."""
    wanted = page.get_by_role(role, name=re.compile(f"^{re.escape(name)}")).first  # type: ignore[arg-type]
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")
