"""What goes wrong in one place stays there: the page, the other destinations and the collector go on."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.browser.admin import Admin, administering
from tests.browser.collector import Collector
from tests.browser.faulty import CODE, publish_faulty
from tests.browser.outside import Outside
from tests.browser.pages import KINDS, LIBRARY_KIND, OTHER, OWN, STANDALONE_KIND, Kind, Pages, other, own
from tests.browser.shop import Shop, a_visit, ends
from tests.browser.visitor import Visitor
from tests.cli.processes import served

MISSING = "no-such-key-0001"
CORS = {"Access-Control-Allow-Origin": "*"}

FAULTS: Mapping[str, Callable[[Route], None]] = {
    "not-there": lambda route: route.fulfill(status=404, headers=CORS),
    "a-page-of-errors": lambda route: route.fulfill(content_type="text/html", body="<h1>Sorry</h1>", headers=CORS),
    "refused": lambda route: route.abort(),
    "empty": lambda route: route.fulfill(content_type="text/javascript", body="", headers=CORS),
    "hanging": lambda _route: None,
}
"""What a network makes of a request for a script."""


def with_origin(allowed: str) -> Callable[[Route], None]:
    """The script as it is, but for whom the answer says may read it."""

    def answer(route: Route) -> None:
        found = route.fetch()
        route.fulfill(response=found, headers={**found.headers, "access-control-allow-origin": allowed})

    return answer


UNREADABLE: Mapping[str, Callable[[Route], None]] = {
    # Empty, and not left out: Playwright would put in one that allows the page.
    "for-nobody": with_origin(""),
    "for-another-site": with_origin("https://elsewhere.example"),
}
"""What makes a script unreadable to a page that demands its integrity."""

STILL_LOADING = """() => Promise.race([
  analytics.ready().then(() => false), new Promise(resolve => { setTimeout(resolve, 0, true); }),
])"""


def ends_loading(visitor: Visitor, path: str | None, *, never: bool) -> None:
    """The script at ``path`` was asked for, and its destination is done with, or still waited for by itself alone.

    Without ``path`` its code is in the loader.
    """
    if path is not None:
        visitor.until(lambda: visitor.asked(path), f"the request for {path}")
    if never:
        assert visitor.page.evaluate(STILL_LOADING), "the others waited until this one's deadline had passed"
    else:
        visitor.until(lambda: not visitor.page.evaluate(STILL_LOADING), "the end of loading")


each_fault = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture(scope="module", autouse=True)
def _faulty_definitions(admin: Admin) -> None:
    publish_faulty(Path(admin.edge.said["data_dir"]))


@pytest.mark.parametrize("fault", [*FAULTS, *UNREADABLE])
def test_a_destination_whose_code_does_not_arrive_is_missed_by_nobody_else(
    fault: str, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "facebook-pixel", "google-tag-manager")
    shop.site.change(bundle="separate")
    visitor.context.route("**/actions/amplitude/*", {**FAULTS, **UNREADABLE}[fault])
    a_visit(visitor, pages.publish(other(pages, shop.site)))
    ends(visitor, shop, collector, outside, "Amplitude", "Mixpanel", "Google Analytics 4 Web")
    ends_loading(visitor, "/actions/amplitude/", never=fault == "hanging")
    if fault != "hanging":
        ready = [outcome["ok"] for outcome in visitor.page.evaluate("() => analytics.ready()")]
        assert sorted(ready) == [False, True, True]
    assert visitor.errors == []


@each_fault
def test_a_vendor_whose_script_does_not_arrive_is_missed_by_nobody_else(
    fault: str, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "facebook-pixel", "google-tag-manager")
    visitor.context.route("https://cdn.amplitude.com/**", FAULTS[fault])
    a_visit(visitor, pages.publish(own(pages, shop.site)))
    ends(visitor, shop, collector, outside, "Amplitude", "Mixpanel", "Google Analytics 4 Web")
    visitor.until(lambda: visitor.asked("https://cdn.amplitude.com/"), "the request for the vendor's script")


@pytest.mark.parametrize(
    ("kind", "bundle"),
    [(OWN, "inline"), (OWN, "separate"), (OTHER, "separate")],
    ids=["inline", "in-halves", "from-its-address"],
)
@pytest.mark.parametrize("fault", CODE)
def test_a_destination_whose_code_is_at_fault_is_missed_by_nobody_else(
    fault: str,
    kind: Kind,
    bundle: str,
    admin: Admin,
    collector: Collector,
    pages: Pages,
    outside: Outside,
    visitor: Visitor,
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("facebook-pixel", "google-tag-manager")
    shop.site.connect(f"faulty-{fault}", {})
    shop.site.change(bundle=bundle)
    a_visit(visitor, pages.publish(kind.tag(pages, shop.site)))
    ends(visitor, shop, collector, outside, "Amplitude", "Mixpanel", "Google Analytics 4 Web")
    asked_for = kind is OTHER
    ends_loading(visitor, f"/actions/faulty-{fault}/" if asked_for else None, never=fault == "load-hangs")
    # What a script throws by itself is the page's to see; nothing else is.
    assert visitor.errors == (["at fault: the script"] if asked_for and fault == "script-throws" else [])


@pytest.mark.parametrize("kind", [LIBRARY_KIND, STANDALONE_KIND], ids=lambda kind: kind.name)
def test_with_the_official_client_too_a_missing_bundle_is_missed_by_nobody_else(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "facebook-pixel", "google-tag-manager")
    visitor.context.route("**/actions/amplitude/*", FAULTS["not-there"])
    a_visit(visitor, pages.publish(kind.tag(pages, shop.site)))
    ends(visitor, shop, collector, outside, "Amplitude", "Mixpanel", "Google Analytics 4 Web")


@pytest.mark.parametrize("kind", [OWN, LIBRARY_KIND], ids=lambda kind: kind.name)
def test_a_page_with_an_unknown_key_goes_on_without_analytics(
    kind: Kind, admin: Admin, pages: Pages, visitor: Visitor
) -> None:
    site = admin.site()
    html = kind.tag(pages, site).replace(site.write_key, MISSING)
    a_visit(visitor, pages.publish(html))
    visitor.until(lambda: visitor.over(MISSING), "the end of the one request to the edge")
    # The buffer takes calls, and nobody is told of them.
    visitor.calls("track", "Still here")
    assert visitor.page.text_content("body") == "Hello"
    assert visitor.hosts() == {"localhost", "127.0.0.1"}
    assert [request.url for request in visitor.requests if request.method == "POST"] == []


def test_pages_that_were_visited_before_go_on_while_the_edge_is_down(
    tmp_path: Path,
    collector: Collector,
    pages: Pages,
    outside: Outside,
    new_visitor: Callable[[], Visitor],
) -> None:
    with served(tmp_path / "data") as edge, administering(edge) as admin:
        known: list[tuple[Visitor, Shop, str]] = []
        for kind in KINDS:
            shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "google-tag-manager")
            known.append((new_visitor(), shop, pages.publish(kind.tag(pages, shop.site))))
        for visitor, shop, url in known:
            visitor.visits(url)
            visitor.until(partial(_complete, shop, collector, outside), "the first visit's end")
        assert edge.end() == 0
        for visitor, shop, url in known:
            a_visit(visitor, url)
            ends(visitor, shop, collector, outside, "Mixpanel", "Google Analytics 4 Web", "Facebook Pixel")


def _complete(shop: Shop, collector: Collector, outside: Outside) -> bool:
    """Whether a first visit has gone as far as it goes: page call collected, container and Amplitude at work."""
    started = "gtm.js" in shop.seen(outside)["Google Tag Manager"] and outside.amplitude(shop.key)
    return bool(started) and "page" in collector.types(shop.key)
