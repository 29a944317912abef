"""The main paths in Firefox, which keeps pages, storage and requests that outlive a page in ways of its own."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.pages import ROOT, Pages, inline, own
from tests.browser.test_delivery import BATCHING, tracked
from tests.cli.processes import until

DRIVER = ROOT / "loader" / "tests" / "firefox" / "drive.mjs"
SECONDS = 120.0


pytestmark = pytest.mark.usefixtures("faultless")


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    site = admin.site(api_host=collector.api_host)
    site.connect("faulty-not", {})
    return site


def firefox(*steps: tuple[str, str]) -> list[Any]:
    """What each step came to, in one new profile; AssertionError with the driver's words where one failed."""
    program, node = shutil.which("firefox-esr") or shutil.which("firefox"), shutil.which("node")
    assert program is not None, "these tests need Firefox: run `make system`"
    assert node is not None, "these tests need Node: run `make setup`"
    driven = subprocess.run(
        [node, str(DRIVER), program, json.dumps(steps)], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert driven.returncode == 0, driven.stderr
    results: list[Any] = json.loads(driven.stdout)
    return results


def arrives(collector: Collector, site: Site, *events: str) -> None:
    """The driver ends when the browser has: what it sent as its last page went may still be on the way."""
    until(lambda: tracked(collector, site) == sorted(events), f"{events} at the collector")


def calls(script: str) -> tuple[str, str]:
    return ("run", f"void ({script})")


COLLECTED = ("until", "window.taken >= 3")
LISTENS = inline("window.taken=0;analytics.on('collected',()=>{window.taken++});")
CHECKED = (
    "[...document.scripts].filter(({ src }) => src.includes('/next-integrations/'))"
    ".map(({ src, integrity, nonce }) => [src, integrity, nonce])"
)
NOTHING_WRITTEN = ("until", "Object.keys(localStorage).every(key => !key.startsWith('edgewise:'))")


def test_every_call_reaches_the_collector_and_a_destination(site: Site, pages: Pages, collector: Collector) -> None:
    results = firefox(
        ("visit", pages.publish(own(pages, site), LISTENS)),
        calls("analytics.track('Shown', {price: 1})"),
        calls("analytics.identify('user-1')"),
        COLLECTED,
        ("until", "window.seen?.includes('Shown')"),
        NOTHING_WRITTEN,
        ("run", "window.seen"),
    )
    assert results[-1] == ["page", "Shown"]
    assert collector.types(site.write_key) == {"page", "track", "identify"}
    (event,) = [event for event in collector.events(site.write_key) if event["type"] == "track"]
    assert (event["event"], event["properties"]) == ("Shown", {"price": 1})


def test_what_a_page_could_not_deliver_the_next_one_does(admin: Admin, pages: Pages, collector: Collector) -> None:
    site = admin.site(api_host=collector.api_host)
    page = own(pages, site)
    refusing = pages.publish(page, headers={"Content-Security-Policy": "connect-src 'none'"})
    firefox(
        ("visit", refusing),
        calls("analytics.track('Refused')"),
        ("until", "Object.keys(localStorage).filter(key => key.startsWith('edgewise:')).length == 2"),
        ("visit", pages.publish(page)),
        calls("analytics.track('Later')"),
        NOTHING_WRITTEN,
    )
    arrives(collector, site, "Refused", "Later")


def test_what_a_page_has_gathered_is_sent_as_it_goes(admin: Admin, pages: Pages, collector: Collector) -> None:
    site = admin.site(api_host=collector.api_host)
    firefox(
        ("visit", pages.publish(own(pages, site), BATCHING)),
        calls("analytics.track('Gathered')"),
        ("until", "window['edgewise:lazy'] && !('rest' in window['edgewise:lazy']())"),
        ("visit", pages.publish()),
    )
    arrives(collector, site, "Gathered")


def test_a_loader_in_halves_is_put_together(site: Site, pages: Pages, collector: Collector) -> None:
    site.change(bundle="separate")
    results = firefox(
        ("visit", pages.publish(own(pages, site), LISTENS)),
        calls("analytics.track('Shown')"),
        ("until", "window.seen?.includes('Shown')"),
        NOTHING_WRITTEN,
        ("run", "[...document.scripts].filter(({ src }) => src).map(({ src }) => src.split('/').pop())"),
    )
    assert results[-1] == ["manifest.js", "code.js"]
    arrives(collector, site, "Shown")


def test_under_a_policy_of_nonces_separate_code_is_checked_and_runs(
    site: Site, pages: Pages, collector: Collector
) -> None:
    site.change(bundle="separate")
    policy = f"default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'; connect-src {collector.api_host}/"
    results = firefox(
        ("visit", pages.publish(inline(site.other_snippet(), "n0nce"), headers={"Content-Security-Policy": policy})),
        calls("analytics.track('Shown')"),
        ("until", "window.seen?.includes('Shown')"),
        NOTHING_WRITTEN,
        ("run", CHECKED),
    )
    (entry,) = site.manifest()["remotePlugins"]
    assert results[-1] == [[entry["url"], entry["integrity"], "n0nce"]]
    arrives(collector, site, "Shown")
