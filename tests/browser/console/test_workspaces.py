"""Workspaces and their overview, by what is written on the pages."""

import re

from playwright.sync_api import Page, expect

from tests.browser.console.desk import Desk


def test_a_person_makes_a_workspace_and_sees_it_go_live(desk: Desk) -> None:
    page = desk.page
    desk.open("/workspaces")
    page.get_by_role("link", name="New workspace").click()
    page.get_by_label("Slug").fill("Not a slug")
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_text("is no slug")).to_be_visible()
    expect(page.get_by_label("Slug")).to_have_value("Not a slug")
    desk.look("workspace-refused")
    page.get_by_label("Name", exact=False).fill("Acme <b>&</b> Sons")
    page.get_by_label("Slug").fill("acme-and-sons")
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme <b>&</b> Sons")
    expect(page.get_by_text("Workspace Acme <b>&</b> Sons is created.")).to_be_visible()
    desk.went_live()
    desk.look("workspace-created")
    page.locator("details.switcher summary").click()
    desk.look("switcher")
    page.get_by_role("link", name="Demo demo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo")
    desk.open("/workspaces")
    desk.look("workspaces")


def test_the_overview_and_the_sources_show_keys_to_copy_and_destinations(desk: Desk) -> None:
    page = desk.page
    desk.open("/w/demo/")
    row = page.get_by_role("row", name=re.compile("Demo site"))
    expect(row).to_contain_text("3 device")
    expect(row).to_contain_text("2 disabled")
    desk.look("overview")
    page.get_by_role("link", name="Sources", exact=True).click()
    desk.look("sources")
    assert desk.copied_by("Copy write key of Demo site") == "demo_site_write_key"
    page.locator("details.account summary").click()
    desk.look("account")


def test_what_is_not_there_is_a_page_that_leads_back(page: Page, desk: Desk) -> None:
    desk.colleague.workspace()
    desk.open("/w/nowhere/")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    desk.look("nothing-here")
    page.get_by_role("link", name="To the first page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Workspaces")
