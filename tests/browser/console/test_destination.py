"""What a destination's form offers, by what is written on its pages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.console.colleague import Colleague, path_of
from tests.browser.console.desk import Desk

BANNER = """
slug = "banner"
name = "Banner"
creation_name = "Banner"
description = "Shows a line of text in a colour."
website = "https://banner.example"
category = "Advertising"
methods = ["track"]

[modes]
web = ["cloud"]

[[settings]]
name = "colour"
display_name = "Colour of the line"
type = "color"
default = "#336699"
"""


@pytest.fixture
def banner(colleague: Colleague) -> Iterator[str]:
    """The slug of a definition with a colour; no shipped one has any."""
    colleague.do("PUT", "/catalog/destinations/banner", {"definition": BANNER})
    yield "banner"
    colleague.do("DELETE", "/catalog/destinations/banner")


def test_from_a_source_through_the_catalog_to_a_destination_and_back(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/site")
    page.get_by_role("link", name="Add Destination").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add destination")
    page.get_by_role("link", name="Plausible").click()
    page.get_by_role("dialog").get_by_role("link", name="Configure Plausible").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Plausible")
    page.get_by_role("switch", name="Enable Plausible").check()
    page.get_by_label("Site", exact=True).fill("shop.example")
    page.get_by_role("button", name="Connect Plausible").click()
    expect(page.get_by_text("Plausible is connected to Demo site in the workspace Demo, and enabled.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plausible")
    expect(page).to_have_url(re.compile(f"/w/{desk.workspace}/sources/site/destinations/plausible$"))
    page.get_by_role("link", name="Demo site", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo site")
    row = page.get_by_role("row", name=re.compile("Plausible"))
    expect(row).to_contain_text(re.compile("Device mode.*Enabled", re.DOTALL))
    row.get_by_role("link", name="Plausible").click()
    expect(page.get_by_label("Site", exact=True)).to_have_value("shop.example")


def test_the_connection_mode_is_chosen_where_there_are_two(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/site/destinations/amplitude")
    modes = page.get_by_role("group", name="Connection mode")
    expect(modes.get_by_role("radio", name=re.compile("Device mode"))).to_be_checked()
    modes.get_by_role("radio", name=re.compile("Cloud mode")).check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Amplitude on Demo site in the workspace Demo is changed.")).to_be_visible()
    expect(modes.get_by_role("radio", name=re.compile("Cloud mode"))).to_be_checked()
    page.get_by_role("link", name="Demo site", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("Amplitude"))).to_contain_text("Cloud mode")


def test_settings_are_copied_onto_a_destination_that_exists(desk: Desk) -> None:
    page = desk.page
    desk.colleague.change(f"{desk.workspace}/app/amplitude", settings={"secretKey": "a-secret-of-the-app-dada"})
    desk.at("/sources/site/destinations/amplitude")
    expect(page.get_by_label("Secret Key", exact=True)).not_to_have_attribute("placeholder", re.compile("."))
    page.get_by_text("Copy Settings From Other Destination").click()
    page.get_by_label("Destination", exact=True).select_option("Amplitude on Demo app")
    page.get_by_role("button", name="Copy Settings").click()
    expect(page.get_by_text("Filled with the settings of Amplitude on Demo app.")).to_be_visible()
    expect(page.get_by_text("what it does not have is removed")).to_be_visible()
    desk.look("copied-onto")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Amplitude on Demo site in the workspace Demo is changed.")).to_be_visible()
    expect(page.get_by_label("Secret Key", exact=True)).to_have_attribute("placeholder", "••••••••dada")
    assert "a-secret-of-the-app" not in page.content()


def test_a_stored_secret_is_removed_by_its_tick(desk: Desk) -> None:
    page = desk.page
    desk.colleague.change(f"{desk.workspace}/site/amplitude", settings={"secretKey": "a-secret-of-the-site"})
    desk.at("/sources/site/destinations/amplitude")
    secret = page.get_by_label("Secret Key", exact=True)
    expect(secret).to_have_attribute("placeholder", "••••••••site")
    page.get_by_label("Remove the stored value of Secret Key").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Amplitude on Demo site in the workspace Demo is changed.")).to_be_visible()
    expect(secret).not_to_have_attribute("placeholder", re.compile("."))
    expect(page.get_by_label("Remove the stored value of Secret Key")).to_have_count(0)


def test_pairs_get_rows_as_they_are_needed(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/site/destinations/amplitude")
    rows = page.get_by_role("group", name="Append fields to event properties")
    rows.get_by_role("textbox").nth(0).fill("context.page.path")
    rows.get_by_role("textbox").nth(1).fill("path")
    rows.get_by_role("button", name="Add a row").click()
    expect(rows.get_by_role("textbox").nth(2)).to_be_focused()
    page.keyboard.type("context.locale")
    page.keyboard.press("Tab")
    page.keyboard.type("language")
    names = [box.get_attribute("aria-label") for box in rows.get_by_role("textbox").all()]
    assert names[2:] == [f"Append fields to event properties, {side}, 2" for side in ("left", "right")]
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Amplitude on Demo site in the workspace Demo is changed.")).to_be_visible()
    written = [box.input_value() for box in rows.get_by_role("textbox").all()]
    assert written == ["context.page.path", "path", "context.locale", "language", "", ""]


def test_a_colour_is_picked_or_written(desk: Desk, banner: str) -> None:
    page = desk.page
    desk.at(f"/sources/site/connect/{banner}")
    written, picker = (
        page.get_by_label("Colour of the line", exact=True),
        page.get_by_label("Choose Colour of the line"),
    )
    expect(picker).to_have_value("#336699")
    picker.fill("#aa1100")
    expect(written).to_have_value("#aa1100")
    desk.look("colour")
    page.get_by_role("button", name="Connect Banner").click()
    expect(page.get_by_text("Banner is connected to Demo site in the workspace Demo")).to_be_visible()
    expect(written).to_have_value("#aa1100")
    written.fill("rgb(1, 2, 3)")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Banner on Demo site in the workspace Demo is changed.")).to_be_visible()
    expect(written).to_have_value("rgb(1, 2, 3)")
    desk.colleague.do("DELETE", path_of(f"{desk.workspace}/site/{banner}"))
