"""What the vendors of product and web analytics receive, each account its own, and where a page can have only one."""

import json
from typing import Any

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import Pages, own
from tests.browser.settled import LISTENERS, refusals, settled
from tests.browser.visitor import Visitor

ORDER = {
    "order_id": "order-7",
    "total": 12.5,
    "currency": "EUR",
    "products": [{"product_id": "p-1", "name": "Mug", "price": 6.25, "quantity": 2}],
}
"""A purchase by the Segment spec."""

A_PERSON = "Object.defineProperty(navigator, 'webdriver', { get: () => false });"
"""PostHog and Plausible count nobody whose browser says that a program drives it."""


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    return admin.site(api_host=collector.api_host)


def visit(visitor: Visitor, pages: Pages, site: Site, destinations: int = 2) -> None:
    """Open a page of a host that vendors count, and make the calls of a purchase once its destinations are there."""
    visitor.context.add_init_script(A_PERSON)
    url = pages.publish(own(pages, site), LISTENERS)
    visitor.visits(url.replace(pages.origin, pages.insecure_origin))
    settled(visitor, destinations)
    visitor.calls("identify", "user-1", {"plan": "gold", "address": {"city": "Ulm"}})
    visitor.calls("track", "Order Completed", ORDER)


def test_posthogs_own_library_receives_events_each_project_its_own(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    one, two = f"phc_one{site.number}", f"phc_two{site.number}"
    site.connect("posthog", {"apiKey": one})
    site.connect("posthog", {"apiKey": two, "postHogInstance": "https://eu.posthog.com"}, name="second")
    visit(visitor, pages, site)

    def names(key: str) -> set[str]:
        return {event["event"] for event in outside.posthog(key)}

    wanted = {"$pageview", "$identify", "Order Completed"}
    visitor.until(lambda: names(one) >= wanted and names(two) >= wanted, f"{wanted} at both projects")
    for key, host in ((one, "us.i.posthog.com"), (two, "eu.i.posthog.com")):
        events = {event["event"]: event for event in outside.posthog(key)}
        assert {event["host"] for event in events.values()} == {host}
        assert names(key) == wanted
        assert events["$identify"]["$set"]["plan"] == "gold"
        assert events["Order Completed"]["properties"]["distinct_id"] == "user-1"
        assert events["Order Completed"]["properties"]["order_id"] == "order-7"
        assert events["$pageview"]["properties"]["$current_url"] == visitor.page.url
    assert len(visitor.asked("static/array.js")) == 1


def test_plausibles_own_tracker_receives_page_views_and_goals_and_no_visitors(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    domain = f"site-{site.number}.example"
    site.connect("plausible", {"domain": domain, "properties": ["order_id"]})
    visit(visitor, pages, site, 1)

    def counted() -> dict[str, dict[str, Any]]:
        return {event["n"]: event for event in outside.plausible(domain) if event["n"] != "engagement"}

    visitor.until(lambda: len(counted()) == 2, "the page view and the goal")
    assert counted()["pageview"]["u"] == visitor.page.url
    order = counted()["Order Completed"]
    assert order["p"] == {"order_id": "order-7"}
    assert order["$"] == {"amount": 12.5, "currency": "EUR"}
    assert "user-1" not in json.dumps(outside.plausible(domain))


def test_matomos_trackers_receive_orders_each_site_its_own(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    one, two = f"one.matomo.example/1{site.number}", f"two.matomo.example/2{site.number}"
    for name, account in (("matomo", one), ("second", two)):
        host, _, number = account.partition("/")
        goals = {"Order Completed": "3"} if name == "second" else {}
        settings = {"url": f"https://{host}", "siteId": number, "goals": goals, "disableCookies": name == "matomo"}
        site.connect("matomo", settings, name=name)
    visit(visitor, pages, site)

    def names(account: str) -> list[str]:
        return [call[0] for call in outside.told(account)]

    visit_and_user = ["enableLinkTracking", "setCustomUrl", "trackPageView", "setUserId"]
    order = ["clearEcommerceCart", "addEcommerceItem", "trackEcommerceOrder"]
    wanted = {one: ["disableCookies", *visit_and_user, *order], two: [*visit_and_user, "trackGoal", *order]}
    visitor.until(lambda: all(names(account) == wanted[account] for account in wanted), f"these calls: {wanted}")
    assert outside.told(one)[-1][:3] == ["trackEcommerceOrder", "order-7", 12.5]
    assert ["setCustomUrl", visitor.page.url] in outside.told(one)


def hotjar_received(called: list[list[Any]]) -> bool:
    return called == [["identify", "user-1", {"plan": "gold", "address.city": "Ulm"}], ["event", "Order Completed"]]


def heap_received(called: list[list[Any]]) -> bool:
    flat = {**ORDER, "products": json.dumps(ORDER["products"], separators=(",", ":"))}
    return called == [
        ["identify", "user-1"],
        ["addUserProperties", {"plan": "gold", "address.city": "Ulm"}],
        ["track", "Order Completed", flat],
    ]


def fullstory_received(called: list[list[Any]]) -> bool:
    return called == [
        ["setIdentity", {"uid": "user-1", "properties": {"plan": "gold", "address": {"city": "Ulm"}}}],
        ["trackEvent", {"name": "Order Completed", "properties": ORDER}],
    ]


@pytest.mark.parametrize(
    ("slug", "setting", "received"),
    [
        ("hotjar", "hjid", hotjar_received),
        ("heap", "appId", heap_received),
        ("fullstory", "org", fullstory_received),
    ],
    ids=["hotjar", "heap", "fullstory"],
)
def test_a_vendor_that_records_one_account_per_page_gets_its_events_and_the_second_is_refused(
    slug: str, setting: str, received: Any, site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    accounts = [f"3{site.number}", f"4{site.number}"]
    site.connect(slug, {setting: accounts[0]})
    site.connect(slug, {setting: accounts[1]}, name="second")
    visit(visitor, pages, site)
    visitor.until(lambda: any(received(outside.told(account)) for account in accounts), "the calls, in their order")
    winner, loser = sorted(accounts, key=lambda account: not outside.told(account))
    assert outside.told(loser) == []
    (reason,) = refusals(visitor)
    assert f"this page has {winner} already: remove it, or the destination for {loser}" in reason


def test_plausible_knows_one_site_per_page(site: Site, pages: Pages, outside: Outside, visitor: Visitor) -> None:
    domains = [f"one-{site.number}.example", f"two-{site.number}.example"]
    site.connect("plausible", {"domain": domains[0]})
    site.connect("plausible", {"domain": domains[1]}, name="second")
    visit(visitor, pages, site)
    visitor.until(lambda: any(len(outside.plausible(domain)) >= 2 for domain in domains), "one site's events")
    assert sorted(bool(outside.plausible(domain)) for domain in domains) == [False, True]
    (reason,) = refusals(visitor)
    assert "Plausible knows one account per page" in reason
