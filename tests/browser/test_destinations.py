"""What each vendor receives, and the settings that change it. Our own client gives the events; ``test_clients.py`` has
the official ones give theirs to the same code."""

from typing import Any

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import Pages, own
from tests.browser.visitor import Visitor

ORDER = {
    "order_id": "order-7",
    "revenue": 12.5,
    "currency": "EUR",
    "products": [{"product_id": "p-1", "name": "Mug", "price": 6.25, "quantity": 2}],
}
"""A purchase by the Segment spec (v2 e-commerce events)."""


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    return admin.site(api_host=collector.api_host)


@pytest.mark.parametrize(
    ("settings", "step"), [({}, {"$set": {"visits": 3}}), ({"traitsToIncrement": ["visits"]}, {"$add": {"visits": 3}})]
)
def test_amplitude_receives_events_with_revenue_and_traits_as_its_settings_say(
    settings: dict[str, Any], step: dict[str, Any], site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site.connect("amplitude", {"apiKey": site.write_key, **settings})
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Order Completed", ORDER)
    visitor.calls("identify", "user-1", {"visits": 3})

    def events(name: str) -> list[dict[str, Any]]:
        return [event for event in outside.amplitude(site.write_key) if event["event_type"] == name]

    visitor.until(lambda: any(event["user_properties"] == step for event in events("$identify")), f"the step {step}")
    (order,) = events("Order Completed")
    assert ORDER.items() <= order["event_properties"].items()
    assert order["revenue"] == 12.5
    identified = next(event for event in events("$identify") if event["user_properties"] == step)
    assert identified["user_id"] == "user-1"


@pytest.mark.parametrize("anonymous", [False, True])
def test_amplitude_knows_the_device_by_the_anonymous_id_where_the_setting_says_so(
    anonymous: bool, site: Site, pages: Pages, outside: Outside, visitor: Visitor, collector: Collector
) -> None:
    site.connect("amplitude", {"apiKey": site.write_key, "preferAnonymousIdForDeviceId": anonymous})
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Seen")
    visitor.until(lambda: collector.events(site.write_key), "the collector's event")
    sent = {event["anonymousId"] for event in collector.events(site.write_key)}

    def devices() -> set[str]:
        return {event["device_id"] for event in outside.amplitude(site.write_key) if event["event_type"] == "Seen"}

    visitor.until(devices, "Amplitude's event")
    assert (devices() == sent) is anonymous


@pytest.mark.parametrize(
    ("settings", "host", "shown"),
    [
        ({}, "api-js.mixpanel.com", None),
        ({"enableEuropeanUnionEndpoint": True, "sourceName": "shop"}, "api-eu.mixpanel.com", "shop"),
    ],
)
def test_mixpanel_receives_events_where_and_as_its_settings_say(
    settings: dict[str, Any],
    host: str,
    shown: str | None,
    site: Site,
    pages: Pages,
    outside: Outside,
    visitor: Visitor,
) -> None:
    site.connect("mixpanel", {"token": site.write_key, "propIncrements": ["revenue"], **settings})
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("identify", "user-1", {"email": "jo@example.com"})
    visitor.calls("track", "Order Completed", {"order_id": "order-7", "revenue": 12.5})

    def profile() -> dict[str, Any]:
        steps = outside.mixpanel(site.write_key, "/engage/")
        return {name: value for step in steps for name, value in step.items() if name in ("$set", "$add")}

    def orders() -> list[dict[str, Any]]:
        return [event for event in outside.mixpanel(site.write_key) if event["event"] == "Order Completed"]

    visitor.until(lambda: orders() and {"$set", "$add"} <= profile().keys(), "Mixpanel's event and profile")
    (order,) = orders()
    properties = order["properties"]
    assert (properties["order_id"], properties["revenue"], properties["distinct_id"]) == ("order-7", 12.5, "user-1")
    assert properties.get("segment_source_name") == shown
    assert order["host"] == host
    assert profile()["$set"]["$email"] == "jo@example.com"
    assert profile()["$add"] == {"revenue": 12.5}


@pytest.mark.parametrize("by_itself", [True, False])
def test_google_analytics_receives_recommended_events_and_page_views_as_its_setting_says(
    by_itself: bool, site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    stream = f"G-{site.number}"
    site.connect(
        "actions-google-analytics-4-web", {"measurementID": stream, "pageView": by_itself, "cookiePath": "/shop"}
    )
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Order Completed", ORDER)
    visitor.until(lambda: ["event", "purchase"] in [call[:2] for call in outside.google(stream)], "the purchase")

    configured, *events = [call for call in outside.google(stream) if call[0] in ("config", "event")]
    assert configured == ["config", stream, {"send_page_view": by_itself, "cookie_path": "/shop"}]
    # The page call of the snippet is the view that Google's tag counts by itself, or else has to be told of.
    assert [call[1] for call in events] == (["purchase"] if by_itself else ["page_view", "purchase"])
    assert events[-1][2] == {
        "send_to": stream,
        "transaction_id": "order-7",
        "value": 12.5,
        "currency": "EUR",
        "items": [{"item_id": "p-1", "item_name": "Mug", "price": 6.25, "quantity": 2}],
    }


def test_meta_pixel_receives_standard_events_by_the_mapping_and_nothing_personal(
    site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    pixel = f"7{site.number}"
    site.connect(
        "facebook-pixel",
        {
            "pixelId": pixel,
            "standardEvents": {"Quote Requested": "Lead"},
            "blacklistPiiProperties": [{"propertyName": "phone", "hashProperty": True}],
        },
    )
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Quote Requested", {"value": 5})
    visitor.calls("track", "Order Completed", ORDER)
    visitor.calls("track", "Called", {"email": "jo@example.com", "phone": "123", "minutes": 4})

    def tracked() -> dict[str, list[Any]]:
        return {call[2]: call for call in outside.meta(pixel) if call[0].startswith("track")}

    visitor.until(lambda: tracked().keys() >= {"PageView", "Lead", "Purchase", "Called"}, "the pixel's events")
    assert tracked()["Lead"][:4] == ["trackSingle", pixel, "Lead", {"value": 5, "currency": "USD"}]
    assert tracked()["Purchase"][3]["contents"] == [{"id": "p-1", "quantity": 2, "item_price": 6.25}]
    assert (tracked()["Purchase"][3]["value"], tracked()["Purchase"][3]["currency"]) == (12.5, "EUR")
    called = tracked()["Called"]
    assert called[0] == "trackSingleCustom"
    # SHA-256 of "123"; the address is left out, as Meta's terms ask.
    phone = "a665a45920422f9d417e4867efdc4fb8a04a1f3fff1fa07e998e86f7f7a27ae3"
    assert called[3] == {"phone": phone, "minutes": 4}


@pytest.mark.parametrize("limited", [True, False])
def test_meta_pixel_is_told_how_data_may_be_used_before_it_starts(
    limited: bool, site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    pixel = f"7{site.number}"
    site.connect("facebook-pixel", {"pixelId": pixel, "limitedDataUse": limited})
    before = len(outside.meta_calls())
    visitor.visits(pages.publish(own(pages, site)))
    visitor.until(lambda: any(call[:2] == ["init", pixel] for call in outside.meta_calls()[before:]), "the start")
    calls = outside.meta_calls()[before:]
    told = calls.index(["dataProcessingOptions", ["LDU"] if limited else [], 0, 0])
    assert told < calls.index(["init", pixel])


@pytest.mark.parametrize("named", [True, False])
def test_a_tag_manager_container_receives_events_and_page_calls_as_its_setting_says(
    named: bool, site: Site, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    container = f"GTM-{site.number}"
    environment = "gtm_auth=abc&gtm_preview=env-5"
    site.connect("google-tag-manager", {"containerId": container, "trackNamedPages": named, "environment": environment})
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("page", "Home")
    visitor.calls("track", "Order Completed", {"order_id": "order-7"})
    visitor.until(lambda: "Order Completed" in [entry["event"] for entry in outside.container(container)], "the order")

    entries = outside.container(container)
    viewed = ["Viewed Home Page"] if named else []
    assert [entry["event"] for entry in entries] == ["gtm.js", *viewed, "Order Completed"]
    assert entries[-1]["order_id"] == "order-7"
    (asked,) = visitor.asked("googletagmanager.com/gtm.js")
    assert environment in asked.url
