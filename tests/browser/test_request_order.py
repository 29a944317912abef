"""What a page waits for: which requests to the edge precede the first event at a destination, and which go together."""

from typing import Any

import pytest
from playwright.sync_api import Request

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.pages import Pages, inline, snippet
from tests.browser.recording import NAMES, received
from tests.browser.visitor import Visitor

FIRST = "recorder-one"
RULE = 'type = "track" and event = "Refunded"'


@pytest.fixture
def site(admin: Admin, collector: Collector, recorders: None) -> Site:
    """Two destinations that write down what reaches them."""
    site = admin.site(api_host=collector.api_host)
    for slug in (FIRST, "recorder-two"):
        site.connect(slug, {})
    return site


def asked(visitor: Visitor, site: Site) -> list[Request]:
    """What the page got from the edge, in the order in which it asked; events go elsewhere."""
    return [request for request in visitor.requests if request.url.startswith(site.cdn) and request.method == "GET"]


def kinds(visitor: Visitor, site: Site) -> list[str]:
    """The same by kind."""
    names = {"/analytics.min.js": "loader", "/settings": "settings", "/bundles/": "chunk", "/actions/": "bundle"}
    return [next(kind for part, kind in names.items() if part in request.url) for request in asked(visitor, site)]


def span(request: Request) -> tuple[float, float]:
    """When it was asked and when its answer had come, in milliseconds of one clock."""
    timing: dict[str, Any] = dict(request.timing)
    return timing["startTime"], timing["startTime"] + timing["responseEnd"]


def side_by_side(requests: list[Request]) -> bool:
    """Whether each was asked before the answer of any had come."""
    spans = [span(request) for request in requests]
    return max(start for start, _ in spans) < min(end for _, end in spans)


def first_event(visitor: Visitor, site: Site, pages: Pages) -> None:
    """A page that tracks at once, until both destinations have the event."""
    visitor.visits(pages.publish(inline(snippet(site))))
    visitor.calls("track", "Order Completed")
    visitor.until(lambda: all(received(visitor, name) for name in NAMES), "the event at both destinations")


@pytest.mark.parametrize("more", [False, True], ids=["alone", "with a rule and a plan"])
def test_with_code_inline_one_request_to_the_edge_precedes_the_first_event(
    more: bool, site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(bundle="inline")
    if more:
        site.filter(FIRST, RULE, "drop_event")
        site.plan({"Order Completed": {"enabled": True}})
    first_event(visitor, site, pages)
    assert kinds(visitor, site) == ["loader"]


def test_with_code_separate_all_of_it_is_asked_for_at_once_after_the_loader(
    site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(bundle="separate")
    first_event(visitor, site, pages)
    assert kinds(visitor, site) == ["loader", "bundle", "bundle"]
    loader, *bundles = asked(visitor, site)
    assert side_by_side(bundles)
    assert all(span(loader)[1] <= span(bundle)[0] for bundle in bundles)


def test_what_the_official_client_asks_for_is_on_its_way_before_the_settings_have_come(
    site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(client="analytics-next")
    site.filter(FIRST, RULE, "drop_event")
    first_event(visitor, site, pages)
    loader, *others = asked(visitor, site)
    assert kinds(visitor, site)[0] == "loader"
    assert sorted(kinds(visitor, site)[1:]) == ["bundle", "bundle", "chunk", "settings"]
    settings = next(request for request in others if request.url.endswith("/settings"))
    assert all(span(loader)[1] <= span(other)[0] < span(settings)[1] for other in others)
