"""What the vendors that write and talk to people receive; a page has one account of each."""

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
    "revenue": 12.5,
    "currency": "EUR",
    "products": [{"product_id": "p-1", "name": "Mug", "price": 6.25, "quantity": 2}],
}
"""A purchase by the Segment spec."""

TRAITS = {"email": "jo@example.com", "firstName": "Jo", "plan": "gold"}

INTERCOM = [
    ["update"],
    ["update", {"plan": "gold", "user_id": "user-1", "email": "jo@example.com", "name": "Jo"}],
    ["trackEvent", "Order Completed", {"order_id": "order-7", "price": {"amount": 1250, "currency": "EUR"}}],
]
HUBSPOT = [
    ["trackPageView"],
    ["identify", {"email": "jo@example.com", "firstname": "Jo", "plan": "gold", "id": "user-1"}],
    [
        "trackCustomBehavioralEvent",
        {
            "name": "Order Completed",
            "properties": {**ORDER, "products": json.dumps(ORDER["products"], separators=(",", ":"))},
        },
    ],
]
CUSTOMER_IO = [["identify", {**TRAITS, "id": "user-1"}], ["track", "Order Completed", ORDER]]
ITEM = {"ProductID": "p-1", "ProductName": "Mug", "Quantity": 2, "ItemPrice": 6.25}
PLACED = {
    "order_id": "order-7",
    "currency": "EUR",
    "$value": 12.5,
    "$event_id": "order-7",
    "Items": [ITEM],
    "ItemNames": ["Mug"],
}
KLAVIYO = [
    ["identify", {"$email": "jo@example.com", "$first_name": "Jo", "plan": "gold", "_id": "user-1"}],
    ["track", "Placed Order", PLACED],
]


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    return admin.site(api_host=collector.api_host)


def visit(visitor: Visitor, pages: Pages, site: Site, destinations: int) -> None:
    """Open a page, and make the calls of a purchase once its destinations are there."""
    visitor.visits(pages.publish(own(pages, site), LISTENERS))
    settled(visitor, destinations)
    visitor.calls("identify", "user-1", TRAITS)
    visitor.calls("track", "Order Completed", ORDER)


def ours(calls: list[list[Any]]) -> list[list[Any]]:
    """Without what comes at the start or with the page, which the clients' timing decides."""
    return [call for call in calls if call[0] not in ("boot", "page")]


@pytest.mark.parametrize(
    ("slug", "setting", "accounts", "wanted"),
    [
        ("intercom", "appId", ("ic1", "ic2"), INTERCOM),
        ("hubspot", "portalId", ("31", "32"), HUBSPOT),
        ("customer-io", "siteId", ("cio1", "cio2"), CUSTOMER_IO),
        ("klaviyo", "apiKey", ("K1", "K2"), KLAVIYO),
    ],
    ids=["intercom", "hubspot", "customer-io", "klaviyo"],
)
def test_one_account_of_a_page_receives_who_the_visitor_is_and_what_they_do_and_the_second_is_refused(
    slug: str,
    setting: str,
    accounts: tuple[str, str],
    wanted: list[list[Any]],
    site: Site,
    pages: Pages,
    outside: Outside,
    visitor: Visitor,
) -> None:
    names = [f"{account}{site.number}" for account in accounts]
    site.connect(slug, {setting: names[0]})
    site.connect(slug, {setting: names[1]}, name="second")
    visit(visitor, pages, site, 2)
    visitor.until(lambda: any(ours(outside.told(name)) == wanted for name in names), f"these calls: {wanted}")
    winner, loser = sorted(names, key=lambda name: not outside.told(name))
    assert outside.told(loser) == []
    (reason,) = refusals(visitor)
    assert f"this page has {winner} already: remove it, or the destination for {loser}" in reason
    assert visitor.errors == []


def test_brazes_own_sdk_receives_who_the_visitor_is_and_what_they_buy(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    app = f"braze-{site.number}"
    secret = "rest-0123456789abcdef"
    site.connect("braze", {"apiKey": app, "appGroupId": secret, "datacenter": "us03"})
    visit(visitor, pages, site, 1)
    visitor.calls("track", "Seen", {"where": "here"})

    def sent() -> str:
        return json.dumps(outside.braze(app))

    words = ("user-1", "jo@example.com", "gold", "p-1", "6.25", "Seen")
    visitor.until(lambda: all(word in sent() for word in words), f"{words} in what the SDK sends: {sent()[:500]}")
    events = [event for body in outside.braze(app) for event in body.get("events", [])]
    (purchase,) = [event["data"] for event in events if event["name"] == "p"]
    assert (purchase["pid"], purchase["p"], purchase["c"], purchase["q"]) == ("p-1", "6.25", "EUR", 2)
    assert secret not in json.dumps(visitor.manifest())
