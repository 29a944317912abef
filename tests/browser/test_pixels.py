"""What the vendors of advertisements receive: their events by the Segment spec, and each account its own."""

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
    "email": "jo@example.com",
    "products": [{"product_id": "p-1", "name": "Mug", "price": 6.25, "quantity": 2}],
}
"""A purchase by the Segment spec, with a property that no vendor of advertisements may get."""


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    return admin.site(api_host=collector.api_host)


def visit(visitor: Visitor, pages: Pages, site: Site, destinations: int) -> None:
    """Open a page, and wait until this many destinations are there."""
    visitor.visits(pages.publish(own(pages, site), LISTENERS))
    settled(visitor, destinations)


def connect_two(site: Site, slug: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Two destinations of one definition."""
    site.connect(slug, first)
    site.connect(slug, second, name="second")


def test_tiktok_pixels_receive_standard_events_each_its_own_destinations(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor, collector: Collector
) -> None:
    one, two = f"C1{site.number}", f"C2{site.number}"
    connect_two(
        site, "actions-tiktok-pixel", {"pixelCode": one, "ldu": True}, {"pixelCode": two, "autoPageView": False}
    )
    visit(visitor, pages, site, 2)
    visitor.calls("track", "Order Completed", ORDER)
    visitor.calls("identify", "user-1", {"email": "jo@example.com"})
    # Beacons overtake each other: what is waited for is how many there are.
    visitor.until(lambda: all(len(outside.told(code)) >= 4 for code in (one, two)), "both pixels' calls")

    called = {code: outside.told(code) for code in (one, two)}
    assert [call[0] for call in called[one]] == ["load", "page", "track", "identify"]
    assert [call[0] for call in called[two]] == ["load", "page", "track", "identify"]
    assert (called[one][0][1], called[two][0][1]) == ({"limited_data_use": True}, {"limited_data_use": False})
    _, name, parameters, options = called[one][2]
    assert name == "CompletePayment"
    assert (parameters["value"], parameters["currency"], parameters["order_id"]) == (12.5, "EUR", "order-7")
    assert parameters["contents"][0]["content_id"] == "p-1"
    assert "jo@example.com" not in str(parameters)
    # A server that reports the same event does it under this id.
    visitor.until(lambda: "track" in collector.types(site.write_key), "the collector's event")
    assert options["event_id"] in {event["messageId"] for event in collector.events(site.write_key)}
    assert called[two][3][1] == {"external_id": "user-1", "email": "jo@example.com"}


def test_microsofts_tags_receive_events_each_its_own_and_consent_comes_first(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    one, two = f"1{site.number}", f"2{site.number}"
    connect_two(
        site,
        "bing-ads",
        {"tagId": one, "enableConsent": True, "adStoragePropertyMapping": "ads"},
        {"tagId": two},
    )
    visit(visitor, pages, site, 2)
    visitor.calls("track", "Order Completed", {**ORDER, "ads": "granted"})
    visitor.until(lambda: (len(outside.told(one)), len(outside.told(two))) >= (4, 2), "both tags' calls")

    assert [call[:2] for call in outside.told(one)] == [
        ["consent", "default"],
        ["pageLoad"],
        ["consent", "update"],
        ["event", "purchase"],
    ]
    assert [call[:2] for call in outside.told(two)] == [["pageLoad"], ["event", "purchase"]]
    for tag in (one, two):
        event = outside.told(tag)[-1]
        assert event[2]["revenue_value"] == 12.5
        assert event[2]["items"] == [{"id": "p-1", "price": 6.25, "quantity": 2}]
        assert "jo@example.com" not in str(event)


def test_linkedin_counts_the_page_for_every_account_and_conversions_by_their_ids(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    one, two = f"3{site.number}", f"4{site.number}"
    connect_two(
        site,
        "linkedin-insight-tag",
        {"partnerId": one, "conversions": {"Order Completed": "991"}},
        {"partnerId": two},
    )
    visit(visitor, pages, site, 2)
    visitor.calls("track", "Order Completed", ORDER)
    visitor.until(lambda: len(outside.told(one)) == len(outside.told(two)) == 2, "the conversion")
    for partner in (one, two):
        page, conversion = outside.told(partner)
        assert page == ["page"]
        assert conversion[0] == "track"
        assert conversion[1]["conversion_id"] == 991


@pytest.mark.parametrize(
    ("slug", "setting", "page", "order"),
    [("pinterest-tag", "tid", "PageVisit", "Checkout"), ("snap-pixel", "pixelId", "PAGE_VIEW", "PURCHASE")],
)
def test_a_vendor_that_sends_everything_to_all_accounts_of_a_page_gets_one_and_the_second_is_refused(
    slug: str, setting: str, page: str, order: str, site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    accounts = [f"5{site.number}", f"6{site.number}"]
    connect_two(site, slug, {setting: accounts[0]}, {setting: accounts[1]})
    visit(visitor, pages, site, 2)
    visitor.calls("track", "Order Completed", ORDER)

    def tracked() -> dict[str, list[Any]]:
        return {account: [c for c in outside.told(account) if c[0] == "track"] for account in accounts}

    visitor.until(lambda: sum(map(len, tracked().values())) == 2, "the page view and the order")
    winner, loser = sorted(accounts, key=lambda account: not tracked()[account])
    assert outside.told(loser) == []
    assert [call[1] for call in tracked()[winner]] == [page, order]
    assert "jo@example.com" not in str(outside.told(winner))
    (reason,) = refusals(visitor)
    assert f"this page has {winner} already" in reason


def test_pinterest_is_told_of_products_and_of_limits_before_anything_else(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    tag = f"7{site.number}"
    site.connect("pinterest-tag", {"tid": tag, "limitedDataProcessing": True, "mapMessageIdToEventId": True})
    visit(visitor, pages, site, 1)
    visitor.calls("track", "Order Completed", ORDER)
    visitor.until(lambda: "Checkout" in [call[1] for call in outside.told(tag) if call[0] == "track"], "the order")
    (order,) = [call for call in outside.told(tag) if call[:2] == ["track", "Checkout"]]
    assert order[2]["line_items"][0]["product_id"] == "p-1"
    assert (order[2]["value"], order[2]["order_quantity"]) == (12.5, 2)
    assert order[2]["event_id"]


def test_snap_is_told_the_order_and_who_it_was_only_where_the_setting_says_so(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    pixel = f"8{site.number}"
    site.connect("snap-pixel", {"pixelId": pixel, "advancedMatching": True, "events": {"Plan Chosen": "SUBSCRIBE"}})
    visit(visitor, pages, site, 1)
    visitor.calls("identify", "user-1", {"email": "jo@example.com"})
    visitor.calls("track", "Plan Chosen", {"value": 5})
    visitor.calls("track", "Order Completed", ORDER)
    visitor.until(lambda: {"PURCHASE", "SUBSCRIBE"} <= {call[1] for call in outside.told(pixel)}, "both events")
    assert ["init", pixel, {"user_email": "jo@example.com"}] in outside.told(pixel)
    events = {call[1]: call[2] for call in outside.told(pixel) if call[0] == "track"}
    assert events["SUBSCRIBE"]["price"] == 5
    order = events["PURCHASE"]
    assert (order["transaction_id"], order["item_ids"], order["number_items"]) == ("order-7", ["p-1"], 2)
