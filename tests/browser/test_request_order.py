"""What a page waits for: which requests to the edge precede the first event at a destination, and which go together."""

import pytest
from playwright.sync_api import Request, Route

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
    names = {
        "/analytics.min.js": "loader",
        "/manifest.js": "manifest",
        "/code.js": "code",
        "/settings": "settings",
        "/bundles/": "chunk",
        "/actions/": "bundle",
    }
    return [next(kind for part, kind in names.items() if part in request.url) for request in asked(visitor, site)]


def holding(visitor: Visitor, pattern: str) -> list[Route]:
    """Answers that match wait here from now on, until somebody lets them go."""
    held: list[Route] = []
    visitor.context.route(pattern, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    return held


def tracks(visitor: Visitor, site: Site, pages: Pages, *, other: bool = False) -> None:
    """A page that tracks at once. ``other``: with a snippet that asks for the loader in one file."""
    visitor.visits(pages.publish(inline(snippet(site, other=other))))
    visitor.calls("track", "Order Completed")


def arrives(visitor: Visitor) -> None:
    visitor.until(lambda: all(received(visitor, name) for name in NAMES), "the event at both destinations")


@pytest.mark.parametrize("more", [False, True], ids=["alone", "with a rule and a plan"])
def test_with_code_inline_one_request_to_the_edge_precedes_the_first_event(
    more: bool, site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(bundle="inline")
    if more:
        site.filter(FIRST, RULE, "drop_event")
        site.plan({"Order Completed": {"enabled": True}})
    tracks(visitor, site, pages)
    arrives(visitor)
    assert kinds(visitor, site) == ["loader"]


def test_with_code_separate_the_loader_is_asked_for_in_halves_at_once_and_nothing_else_before_the_first_event(
    site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(bundle="separate")
    held = holding(visitor, f"**/{site.write_key}/*.js")
    tracks(visitor, site, pages)
    visitor.until(lambda: len(held) == 2, "both are asked for before either has come")
    for route in held:
        route.continue_()
    arrives(visitor)
    assert kinds(visitor, site) == ["manifest", "code"]


@pytest.mark.parametrize("half", ["manifest", "code"])
def test_where_a_half_cannot_be_had_the_page_does_with_the_whole_loader(
    half: str, site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(bundle="separate")
    visitor.context.route(f"**/{site.write_key}/{half}.js", lambda route: route.fulfill(status=503))
    tracks(visitor, site, pages)
    arrives(visitor)
    assert kinds(visitor, site) == ["manifest", "code", "loader", "bundle", "bundle"]


def test_halves_of_two_times_are_not_put_together(site: Site, pages: Pages, visitor: Visitor) -> None:
    """The code has a destination that is switched off meanwhile."""
    site.change(bundle="separate")
    address = f"{site.cdn}/analytics.js/v1/{site.write_key}/code.js"
    before = visitor.context.request.get(address).body()
    site.switch("recorder-two", enabled=False)
    assert visitor.context.request.get(address).body() != before
    visitor.context.route(address, lambda route: route.fulfill(body=before, content_type="text/javascript"))
    tracks(visitor, site, pages)
    visitor.until(lambda: bool(received(visitor, NAMES[0])), "the event at the destination that is left")
    assert kinds(visitor, site) == ["manifest", "code", "loader", "bundle"]
    assert received(visitor, NAMES[1]) == []


@pytest.mark.parametrize("now", [{"bundle": "inline"}, {"client": "analytics-next"}], ids=["inline", "official"])
def test_a_page_with_a_snippet_for_halves_works_whatever_becomes_of_its_source(
    now: dict[str, str], site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(bundle="separate")
    page = pages.publish(inline(snippet(site)))
    site.change(**now)
    visitor.visits(page)
    visitor.calls("track", "Order Completed")
    arrives(visitor)
    assert ("loader" in kinds(visitor, site)) == ("client" in now)


def test_a_page_with_another_snippet_asks_for_separate_code_at_once_after_the_loader(
    site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(bundle="separate")
    held = holding(visitor, "**/next-integrations/actions/**")
    tracks(visitor, site, pages, other=True)
    visitor.until(lambda: len(held) == len(NAMES), "all of it is asked for before any of it has come")
    assert kinds(visitor, site) == ["loader", "bundle", "bundle"]
    for route in held:
        route.continue_()
    arrives(visitor)


def test_what_the_official_client_asks_for_is_on_its_way_before_the_settings_have_come(
    site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.change(client="analytics-next")
    site.filter(FIRST, RULE, "drop_event")
    held = holding(visitor, "**/v1/projects/*/settings")
    tracks(visitor, site, pages)
    wanted = ["bundle", "bundle", "chunk", "settings"]
    visitor.until(lambda: sorted(kinds(visitor, site)[1:]) == wanted, "all of it is asked for")
    assert kinds(visitor, site)[0] == "loader"
    for route in held:
        route.continue_()
    arrives(visitor)
