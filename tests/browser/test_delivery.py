"""No event is lost on its way to the collector, whatever fails and whenever the page goes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.pages import Pages, inline, own, snippet
from tests.browser.test_failures import FAULTS
from tests.browser.visitor import Visitor

CORS = {"Access-Control-Allow-Origin": "*"}
REFUSED = "get() { throw new DOMException('no', 'SecurityError'); }"
NO_STORAGE = f"Object.defineProperty(window, 'localStorage', {{ {REFUSED} }})"
FULL_STORAGE = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
WRITTEN = "() => Object.keys(localStorage).filter(key => key.startsWith('edgewise:')).length"
RUN = "() => { const lazy = window['edgewise:lazy']; return lazy && !('rest' in lazy()); }"
"""Whether the code that tries again, and gathers, has run (loader/src/lazy.ts)."""
BATCHING = inline(
    'analytics._loadOptions={integrations:{"Segment.io":{deliveryStrategy:{strategy:"batching",config:{timeout:600000}}}}}'
)

AWAY: dict[str, Callable[[Route], None]] = {
    "down": lambda route: route.abort(),
    "silent": lambda _route: None,
    "failing": lambda route: route.fulfill(status=500, headers=CORS),
    "failing-without-cors": lambda route: route.fulfill(status=503),
    "rate-limiting": lambda route: route.fulfill(
        status=429, headers={**CORS, "Retry-After": "1", "Access-Control-Expose-Headers": "Retry-After"}
    ),
}
"""What a collector may do instead of its work."""


pytestmark = pytest.mark.usefixtures("faultless")


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    return admin.site(api_host=collector.api_host)


def tracked(collector: Collector, site: Site) -> list[str]:
    """Names of the events that the collector has, each once: what arrives twice has one ``messageId``."""
    found: dict[str, Any] = {}
    for body in collector.events(site.write_key):
        for event in body.get("batch", [body]):
            found.setdefault(event["messageId"], event)
    return sorted(event["event"] for event in found.values() if event["type"] == "track")


def arrives(visitor: Visitor, collector: Collector, site: Site, *events: str) -> None:
    try:
        visitor.until(lambda: tracked(collector, site) == sorted(events), "all at the collector", seconds=40)
    except AssertionError as late:
        raise AssertionError(f"{tracked(collector, site)} arrived, not {sorted(events)}") from late


@pytest.mark.parametrize("fault", AWAY)
def test_an_event_survives_the_page_on_which_the_collector_could_not_take_it(
    fault: str, site: Site, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    url = pages.publish(own(pages, site))
    visitor.context.route("**/collect/**", AWAY[fault])
    visitor.visits(url)
    visitor.calls("track", "First")
    visitor.until(lambda: visitor.asked("/collect/t"), "the first try")
    visitor.context.unroute("**/collect/**")
    visitor.visits(url)
    visitor.calls("track", "Second")
    arrives(visitor, collector, site, "First", "Second")
    visitor.until(lambda: visitor.page.evaluate(WRITTEN) == 0, "nothing that is still written down")


def test_an_event_survives_its_tab(site: Site, pages: Pages, collector: Collector, visitor: Visitor) -> None:
    url = pages.publish(own(pages, site))
    visitor.context.route("**/collect/**", AWAY["silent"])
    visitor.visits(url)
    visitor.calls("track", "First")
    visitor.until(lambda: visitor.asked("/collect/t"), "the first try")
    visitor.page.close()
    visitor.context.unroute("**/collect/**")
    visitor.page = visitor.context.new_page()
    visitor.visits(url)
    visitor.calls("track", "Second")
    arrives(visitor, collector, site, "First", "Second")


@pytest.mark.parametrize("storage", ["there", "refused", "full"])
def test_a_collector_that_fails_for_a_while_gets_the_event_on_the_same_page(
    storage: str, site: Site, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    script = {"refused": NO_STORAGE, "full": FULL_STORAGE}.get(storage)
    if script:
        visitor.context.add_init_script(script)
    failures = iter([AWAY["failing"], AWAY["down"], AWAY["rate-limiting"]])

    def answer(route: Route) -> None:
        next(failures, Route.continue_)(route)

    visitor.context.route("**/collect/t", answer)
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Persistent")
    arrives(visitor, collector, site, "Persistent")
    (event,) = [event for event in collector.events(site.write_key) if event["type"] == "track"]
    assert event["_metadata"]["retryCount"] == 4
    assert visitor.errors == []


def test_events_without_a_network_arrive_when_it_is_back(
    site: Site, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    visitor.visits(pages.publish(own(pages, site)))
    visitor.until(lambda: collector.types(site.write_key) == {"page"}, "the snippet's page call at the collector")
    visitor.until(lambda: visitor.page.evaluate(WRITTEN) == 0, "its answer")
    visitor.context.set_offline(True)
    visitor.calls("track", "Offline 1")
    visitor.calls("track", "Offline 2")
    visitor.until(lambda: visitor.page.evaluate(WRITTEN) == 2, "both events written down")
    visitor.context.set_offline(False)
    arrives(visitor, collector, site, "Offline 1", "Offline 2")


def test_what_a_page_has_gathered_is_sent_as_it_goes(
    site: Site, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    visitor.visits(pages.publish(own(pages, site), BATCHING))
    for number in range(3):
        visitor.calls("track", f"Gathered {number}")
    # Come and run: a page that goes before leaves its events to the site's next page.
    visitor.until(lambda: visitor.page.evaluate(RUN), "the code that gathers")
    visitor.visits(pages.publish())
    arrives(visitor, collector, site, *(f"Gathered {number}" for number in range(3)))


def test_two_tabs_send_what_an_earlier_page_left_once(
    site: Site, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    url = pages.publish(own(pages, site))
    visitor.context.route("**/collect/**", AWAY["down"])
    visitor.visits(url)
    visitor.calls("track", "Left")
    visitor.until(lambda: visitor.asked("/actions/edgewise/"), "what follows the first try")
    # Away first: it would send the event itself, and be gone before the answer, so that another page has to again.
    visitor.visits(pages.publish())
    visitor.context.unroute("**/collect/**")
    other = visitor.context.new_page()
    other.goto(url)
    visitor.visits(url)
    for page, name in ((other, "Other"), (visitor.page, "This")):
        page.evaluate("name => { void analytics.track(name); }", name)
    arrives(visitor, collector, site, "Left", "Other", "This")
    visitor.until(lambda: visitor.page.evaluate(WRITTEN) == 0, "nothing that is still written down")
    names = [event["event"] for event in collector.events(site.write_key) if event["type"] == "track"]
    assert sorted(names) == ["Left", "Other", "This"]


@pytest.mark.parametrize(
    "policy", ["connect-src 'none'", "script-src 'unsafe-inline' {cdn}/analytics.js/"], ids=["collector", "scripts"]
)
def test_a_page_whose_policy_forbids_one_way_has_the_other(
    policy: str, site: Site, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    site.connect("faulty-not", {})
    headers = {"Content-Security-Policy": policy.format(cdn=site.cdn)}
    visitor.visits(pages.publish(own(pages, site), headers=headers))
    visitor.calls("track", "Allowed")
    if policy.startswith("script-src"):
        arrives(visitor, collector, site, "Allowed")
    else:
        visitor.until(lambda: visitor.page.evaluate("() => window.seen?.includes('Allowed')"), "the destination's call")
        visitor.until(lambda: visitor.page.evaluate(WRITTEN) == 2, "both events written down")
    assert visitor.errors == []


def faulty_loader(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(content_type="text/javascript", body=body)


LOADERS: dict[str, Callable[[Route], None]] = {
    **FAULTS,
    "an-error": lambda route: route.fulfill(status=500, body="{}"),
    "null": faulty_loader("null"),
    "half-of-it": faulty_loader("(function(){var __EDGEWISE__=JSON.parse('{"),
}


@pytest.mark.parametrize("fault", LOADERS)
def test_a_page_whose_loader_does_not_arrive_goes_on_and_the_next_one_is_whole(
    fault: str, site: Site, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    url = pages.publish(own(pages, site))
    visitor.context.route("**/analytics.js/v1/**", LOADERS[fault])
    visitor.visits(url)
    visitor.until(lambda: visitor.asked("/analytics.js/v1/"), "the request for the loader")
    visitor.calls("track", "Into the buffer")
    assert visitor.page.evaluate("() => analytics.length") > 0
    # Away first: what still hangs goes on once nobody holds it, and the first page would have its loader.
    visitor.visits(pages.publish())
    visitor.context.unroute("**/analytics.js/v1/**")
    visitor.visits(url)
    visitor.calls("track", "Later")
    arrives(visitor, collector, site, "Later")


@pytest.mark.parametrize("document", ["null", "[]", '"<h1>Sorry</h1>"', '{"remotePlugins":[]}'])
def test_a_page_whose_manifest_is_no_manifest_still_has_its_events_taken_by_the_edge(
    document: str, site: Site, pages: Pages, visitor: Visitor
) -> None:
    inlined = json.dumps({"writeKey": site.write_key, "cdn": site.cdn, "settings": json.loads(document)})

    def swap(route: Route) -> None:
        text = route.fetch().text()
        start, end = text.index("__EDGEWISE__=") + len("__EDGEWISE__="), text.index(";", text.index("')"))
        route.fulfill(content_type="text/javascript", body=text[:start] + inlined + text[end:])

    visitor.context.route("**/analytics.js/v1/**", swap)
    visitor.visits(pages.publish(inline(snippet(site))))
    visitor.calls("track", "Anyway")
    visitor.until(lambda: visitor.asked(f"{site.cdn}/v1/t"), "the event at the edge's own collector")
    visitor.until(lambda: visitor.page.evaluate(WRITTEN) == 0, "its answer")
    assert visitor.page.evaluate("() => analytics.manifest.ok") is False
