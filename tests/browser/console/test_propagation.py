"""The page of propagation, by what is written on it."""

import re

import httpx
from playwright.sync_api import expect

from tests.browser.console.desk import Desk


def test_a_person_sees_the_fleet_the_last_changes_and_the_last_hour(desk: Desk) -> None:
    page = desk.page
    for _ in range(5):
        assert httpx.get(f"{desk.edge.url}/v1/projects/demo_site_write_key/settings").status_code == 200
    desk.open("/w/demo/")
    page.get_by_role("link", name="Propagation", exact=True).click()
    expect(page.get_by_role("img", name=re.compile(r"Propagation time in the last hour: .* at most"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile(r"Answers of all nodes in the last hour: \d+"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Live all"))).to_be_visible()
    desk.look("propagation")
    page.get_by_text("The numbers").first.click()
    page.get_by_text("The numbers").last.click()
    expect(page.get_by_role("columnheader", name="Memory")).to_be_visible()
    desk.look("propagation-numbers")


def test_what_changes_meanwhile_comes_up_by_itself_and_leads_to_its_receipt(desk: Desk) -> None:
    page = desk.page
    desk.at("/propagation")
    source = f"workspaces/{desk.workspace}/sources/site"
    desk.colleague.do("POST", "/purges", {"sources": [source], "reason": "seen <b>here</b>"})
    row = page.get_by_role("row").filter(has_text="seen <b>here</b>")
    expect(row).to_contain_text("Settled")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Purge \d+"))
