"""One source in the console, by what is written on its pages."""

import re

from playwright.sync_api import Page, expect

from tests.browser.console.desk import Desk


def test_a_person_reads_what_a_source_publishes_and_why(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources")
    page.get_by_role("link", name="Demo site").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo site")
    row = page.get_by_role("row", name=re.compile("Facebook Pixel"))
    expect(row).to_contain_text("Device mode")
    expect(row).to_contain_text("Disabled")
    desk.look("source")
    copied = desk.copied_by("Copy the snippet")
    assert copied.startswith("<script>")
    assert desk.keys["site"] in copied
    assert f'cdnURL: "{desk.edge.url}"' in desk.copied_by("Copy the code")
    assert desk.copied_by(f"Copy write key {desk.keys['site']}") == desk.keys["site"]
    page.get_by_role("link", name="What is published").click()
    line = page.get_by_role("row", name=re.compile("settings.measurementID"))
    expect(line).to_contain_text("G-DEMO000000")
    expect(line).to_contain_text("Setting")
    page.get_by_text("The document, as it is published").click()
    expect(page.get_by_role("group", name="the published document")).to_contain_text('"remotePlugins"')
    desk.look("source-published")
    page.get_by_role("link", name="Explain", exact=True).click()
    expect(page.get_by_text("It is disabled: enable it to publish it.").first).to_be_visible()
    desk.look("source-explain")


def test_keys_are_made_adopted_and_retired_after_a_question(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/backend")
    adopted = f"adopted_key_{desk.workspace}"
    page.get_by_role("button", name="Create a write key").click()
    expect(page.get_by_text(re.compile("The write key .* is live"))).to_be_visible()
    desk.went_live()
    page.get_by_label("Adopt an existing write key").fill("short123!")
    page.get_by_role("button", name="Adopt").click()
    expect(page.get_by_text("Allowed are 8 to 64 characters")).to_be_visible()
    desk.look("source-key-refused")
    page.get_by_label("Adopt an existing write key").fill(adopted)
    page.get_by_role("button", name="Adopt").click()
    expect(page.get_by_text(f"The write key {adopted} is live.")).to_be_visible()
    page.get_by_role("button", name=f"Retire {adopted}").click()
    question = page.get_by_role("dialog", name=f"Retire {adopted}?")
    expect(question).to_contain_text("Workspace Demo")
    expect(question).to_contain_text("What carries this key gets nothing any more")
    desk.look("source-retire")
    question.get_by_role("button", name="Retire the key").click()
    expect(page.get_by_text(f"The write key {adopted} is retired")).to_be_visible()


def test_settings_are_changed_and_a_plan_that_is_none_is_refused_in_place(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/app")
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("API host").fill("t.example.com/v1")
    page.get_by_label("Tracking plan, as JSON").fill('{"track": ')
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("This is no JSON")).to_be_visible()
    expect(page.get_by_label("API host")).to_have_value("t.example.com/v1")
    desk.look("source-settings-refused")
    page.get_by_label("Tracking plan, as JSON").fill('{"track": {"Debug": {"enabled": false}}}')
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("The settings of Demo app are saved.")).to_be_visible()
    desk.look("source-settings")
    page.get_by_role("link", name="What is published").click()
    expect(page.get_by_role("heading", name="What the app must package")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("apiHost"))).to_contain_text("t.example.com/v1")
    desk.look("source-published-mobile")
    desk.at("/sources/backend/published")
    expect(page.get_by_text("A server source is cloud only")).to_be_visible()
    desk.look("source-published-server")


def test_the_official_client_is_chosen_for_a_site_s_loader(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/site/settings")
    page.get_by_label("analytics-next", exact=False).first.check()
    version = page.get_by_label("Version of analytics-next")
    chosen = version.locator("option").last.get_attribute("value") or ""
    version.select_option(chosen)
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("The settings of Demo site are saved.")).to_be_visible()
    assert re.fullmatch(r"\d+\.\d+\.\d+", chosen)
    expect(version).to_have_value(chosen)
    desk.look("source-settings-web")
    page.get_by_role("link", name="What is published").click()
    expect(page.get_by_text(f"analytics-next {chosen}")).to_be_visible()


def test_where_destinations_code_is_kept_is_chosen_for_edgewise_s_own_client(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/site/settings")
    for words, value in (("In the loader's own file", "inline"), ("Apart from the settings", "separate")):
        page.get_by_label("Destinations' code").select_option(words)
        page.get_by_role("button", name="Save settings").click()
        expect(page.get_by_text("The settings of Demo site are saved.")).to_be_visible()
        expect(page.get_by_label("Destinations' code")).to_have_value(value)
        found = desk.colleague.do("GET", f"/workspaces/{desk.workspace}/sources/site")
        assert found["bundle"] == value


def test_why_a_mobile_and_a_server_source_publish_what_they_do_is_explained(desk: Desk) -> None:
    page = desk.page
    desk.at("/sources/app/explain")
    packaged = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Firebase"))
    expect(packaged).to_contain_text("Listed for the app")
    expect(packaged).to_contain_text("Device mode")
    expect(page.get_by_role("region", name="What the app must package")).to_contain_text("Firebase")
    desk.look("source-explain-mobile")
    desk.at("/sources/backend/explain")
    named = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Webhooks"))
    expect(named).to_contain_text("By name only")
    expect(named).to_contain_text("Cloud mode")
    expect(page.get_by_role("region", name="What the app must package")).to_have_count(0)
    desk.look("source-explain-server")


def test_a_source_is_deleted_by_typing_its_slug(page: Page, desk: Desk) -> None:
    desk.at("/sources/app")
    page.get_by_role("button", name="Delete source").click()
    question = page.get_by_role("dialog", name="Delete Demo app?")
    expect(question).to_contain_text("Workspace Demo")
    desk.look("source-delete")
    question.get_by_label("Type app to confirm").fill("app")
    question.get_by_role("button", name="Delete the source").click()
    expect(page.get_by_text("Demo app is deleted, with its destinations")).to_be_visible()
    expect(page.get_by_role("link", name="Demo app")).to_have_count(0)
