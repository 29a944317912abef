"""`edgewise demo` in a process of its own and somebody at a browser, who goes by the words on the page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from edge.demo.content import SITE_KEY
from tests.cli.processes import Served, served
from tests.cli.shell import Shell
from tests.support.chromium import chromium

DEADLINE_MS = 20_000
DEVICE = ("Amplitude", "Google Analytics 4 Web", "Mixpanel (Legacy)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=DEADLINE_MS)
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """For whoever changes nothing, and counts nothing but what one page received."""
    with served(tmp_path_factory.mktemp("demo") / "data", command="demo") as running:
        yield running


@pytest.fixture
def own_edge(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "data", command="demo") as running:
        yield running


@pytest.fixture
def asked() -> list[str]:
    """Addresses that the browser asked for."""
    return []


@pytest.fixture
def wrong() -> list[str]:
    """What the pages complained of on the console."""
    return []


@pytest.fixture
def page(browser: Browser, edge: Served, asked: list[str], wrong: list[str]) -> Iterator[Page]:
    with opened(browser, edge, asked, wrong) as page:
        yield page


@pytest.fixture
def own_page(browser: Browser, own_edge: Served, asked: list[str], wrong: list[str]) -> Iterator[Page]:
    with opened(browser, own_edge, asked, wrong) as page:
        yield page


@contextmanager
def opened(browser: Browser, edge: Served, asked: list[str], wrong: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(edge.said["demo"])
    for name in DEVICE:
        expect(row(page, name)).to_contain_text("loaded")
    yield page
    context.close()


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("switch", name=name, exact=True))


def call(page: Page, name: str) -> None:
    page.frame_locator("#visitor").get_by_role("button", name=f"{name}()").click()


def changes(page: Page) -> Locator:
    return page.get_by_role("region", name="Changes")


def collector(page: Page) -> Locator:
    return page.get_by_role("region", name="Collector")


def test_a_person_sees_destinations_load_and_what_each_received(page: Page, wrong: list[str]) -> None:
    call(page, "track")
    call(page, "identify")
    for name in DEVICE:
        expect(row(page, name)).to_contain_text("page, track Product Added, identify visitor-42")
        expect(row(page, name)).to_contain_text("3 events received")
    handed = {
        "Amplitude": ("amplitude.init(", '"event_type": "Product Added"'),
        "Google Analytics 4 Web": ('gtag("config", "G-DEMO000000"', 'gtag("event", "add_to_cart"'),
        "Mixpanel (Legacy)": ("mixpanel.init(", 'mixpanel.track("Product Added"', "mixpanel.people.set("),
    }
    for name, calls in handed.items():
        row(page, name).get_by_text(re.compile("events received")).click()
        for words in calls:
            expect(row(page, name)).to_contain_text(words, use_inner_text=True)
    assert wrong == []


def test_a_person_sees_cloud_events_counted_by_the_edge(own_page: Page) -> None:
    expect(row(own_page, "Webhooks")).to_contain_text("published")
    expect(row(own_page, "Webhooks")).to_contain_text("1 event received for it")
    call(own_page, "group")
    expect(row(own_page, "Webhooks")).to_contain_text("2 events received for it")
    expect(collector(own_page)).to_contain_text("2 events received by this edge's own sink")
    expect(collector(own_page)).to_contain_text("group team-7 for Webhooks")
    expect(row(own_page, "Slack")).to_contain_text("0 events received for it")


def test_a_switch_is_followed_by_the_page_without_a_restart(own_page: Page) -> None:
    expect(row(own_page, "Facebook Pixel")).to_contain_text("off")
    own_page.get_by_role("switch", name="Facebook Pixel").click()
    expect(changes(own_page)).to_contain_text(re.compile(r"Facebook Pixel enabled: position \d+, live on every node"))
    expect(changes(own_page)).to_contain_text("This browser's copy followed after")
    expect(row(own_page, "Facebook Pixel")).to_contain_text("loaded")
    own_page.get_by_role("switch", name="Amplitude").click()
    expect(row(own_page, "Amplitude")).to_contain_text("gone")
    expect(row(own_page, "Facebook Pixel")).to_contain_text("loaded")
    own_page.get_by_role("switch", name="Slack").click()
    expect(row(own_page, "Slack")).to_contain_text("published")
    call(own_page, "track")
    expect(row(own_page, "Slack")).to_contain_text(re.compile("[12] events? received for it"))
    expect(row(own_page, "Amplitude")).not_to_contain_text("received", use_inner_text=True)


def test_a_change_from_the_command_line_is_followed_too(own_page: Page, own_edge: Served) -> None:
    shell = Shell({"EDGE_DATA_DIR": own_edge.said["data_dir"]})
    shell.apart("destination", "update", "demo/site/amplitude", "--disable")
    expect(row(own_page, "Amplitude")).to_contain_text("gone")
    expect(own_page.get_by_role("switch", name="Amplitude")).to_have_attribute("aria-checked", "false")
    expect(changes(own_page)).to_contain_text("Changed from elsewhere")


def test_a_new_visitor_is_somebody_else_on_the_same_destinations(page: Page) -> None:
    who = page.get_by_text(re.compile(r"^visitor [0-9a-f]{8}"))
    before = who.inner_text()
    page.get_by_role("button", name="Reload as a new visitor").click()
    expect(who).not_to_have_text(before)
    for name in DEVICE:
        expect(row(page, name)).to_contain_text("loaded")


def test_nothing_leaves_this_machine_and_the_page_says_so(own_page: Page, own_edge: Served, asked: list[str]) -> None:
    for name in ("page", "track", "identify", "group"):
        call(own_page, name)
    expect(collector(own_page)).to_contain_text("5 events received")
    assert {url for url in asked if not url.startswith((own_edge.url, "data:", "about:"))} == set()
    expect(own_page.get_by_text("Their vendors' servers are not called")).to_be_visible()


def test_the_policy_of_the_visitors_page_stops_what_the_stand_in_does_not(page: Page) -> None:
    frame = next(frame for frame in page.frames if frame.url.endswith("/demo/visitor"))
    blocked = frame.evaluate("""async () => {
        const blocked = [];
        const both = new Promise((done) => document.addEventListener("securitypolicyviolation", (violation) => {
            if (blocked.push(violation.blockedURI) === 2) done(blocked.sort());
        }));
        const script = document.createElement("script");
        script.src = "https://vendor.example/sdk.js";
        document.head.insertBefore(script, null);
        fetch("https://vendor.example/collect").catch(() => undefined);
        return Promise.race([both, new Promise((late) => setTimeout(late, 5000, blocked))]);
    }""")
    assert blocked == ["https://vendor.example/collect", "https://vendor.example/sdk.js"]


def test_an_edge_that_is_gone_is_named_and_its_return_ends_the_notice(page: Page, edge: Served) -> None:
    httpx.get(f"{edge.url}/v1/projects/{SITE_KEY}/settings").raise_for_status()
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("The edge does not answer. Is it still running?")
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_narrow_phone_shows_everything_without_scrolling_sideways(browser: Browser, edge: Served) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 812})
    page = context.new_page()
    page.goto(edge.said["demo"])
    expect(row(page, "Amplitude")).to_contain_text("loaded")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()
