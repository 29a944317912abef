"""Every destination that has browser code, on one page: it works with every client, and beside all the others."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import KINDS, Kind, Pages
from tests.browser.visitor import Visitor
from tests.catalog.test_browser_code import SLUGS

A_PERSON = "Object.defineProperty(navigator, 'webdriver', { get: () => false });"
"""PostHog and Plausible count nobody whose browser says that a program drives it."""

ORDER = {
    "order_id": "order-7",
    "revenue": 12.5,
    "currency": "EUR",
    "products": [{"product_id": "p-1", "name": "Mug", "price": 6.25, "quantity": 2}],
}

Seen = Callable[[Outside, str], Any]


def told(outside: Outside, account: str) -> Any:
    return outside.told(account)


def matomo(outside: Outside, site_id: str) -> Any:
    return outside.told(f"one.matomo.example/{site_id}")


CASES: Mapping[str, tuple[str, dict[str, Any], Seen, str]] = {
    "actions-google-analytics-4-web": ("measurementID", {}, Outside.google, "purchase"),
    "actions-tiktok-pixel": ("pixelCode", {}, told, "CompletePayment"),
    "amplitude": ("apiKey", {}, Outside.amplitude, "Order Completed"),
    "bing-ads": ("tagId", {}, told, "purchase"),
    "braze": ("apiKey", {"appGroupId": "rest", "datacenter": "us03"}, Outside.braze, "p-1"),
    "customer-io": ("siteId", {}, told, "Order Completed"),
    "facebook-pixel": ("pixelId", {}, Outside.meta, "Purchase"),
    "fullstory": ("org", {}, told, "Order Completed"),
    "google-tag-manager": ("containerId", {}, Outside.container, "Order Completed"),
    "heap": ("appId", {}, told, "Order Completed"),
    "hotjar": ("hjid", {}, told, "Order Completed"),
    "hubspot": ("portalId", {}, told, "Order Completed"),
    "intercom": ("appId", {}, told, "Order Completed"),
    "klaviyo": ("apiKey", {}, told, "Placed Order"),
    "linkedin-insight-tag": ("partnerId", {"conversions": {"Order Completed": "991"}}, told, "conversion_id"),
    "matomo": ("siteId", {"url": "https://one.matomo.example"}, matomo, "trackEcommerceOrder"),
    "mixpanel": ("token", {}, Outside.mixpanel, "Order Completed"),
    "pinterest-tag": ("tid", {}, told, "Checkout"),
    "plausible": ("domain", {}, Outside.plausible, "Order Completed"),
    "posthog": ("apiKey", {}, Outside.posthog, "Order Completed"),
    "snap-pixel": ("pixelId", {}, told, "PURCHASE"),
}
"""Definition -> the setting that names the account, other settings, what its vendor received, its word for an order."""

PREFIXES = {
    "actions-google-analytics-4-web": "G-",
    "google-tag-manager": "GTM-",
    "posthog": "phc_",
    "klaviyo": "K",
}
"""How account names start, where their form is checked."""


def accounts(site: Site) -> dict[str, str]:
    """An account for each definition, no two alike."""
    names = {slug: f"{PREFIXES.get(slug, number)}{site.number}" for number, slug in enumerate(CASES, 100)}
    return {**names, "klaviyo": f"K{site.number}a", "plausible": f"every-{site.number}.example"}


def test_the_cases_are_all_destinations_that_have_browser_code() -> None:
    assert sorted(CASES) == SLUGS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_all_destinations_of_a_page_receive_its_events_with_every_client(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    names = accounts(site)
    for slug, (setting, settings, _, _) in CASES.items():
        site.connect(slug, {setting: names[slug], **settings})
    visitor.context.add_init_script(A_PERSON)
    visitor.visits(pages.publish(kind.tag(pages, site)).replace(pages.origin, pages.insecure_origin))
    visitor.calls("identify", "user-1", {"email": "jo@example.com", "plan": "gold"})
    visitor.calls("track", "Order Completed", ORDER)

    def missing() -> list[str]:
        received = {slug: json.dumps(seen(outside, names[slug])) for slug, (_, _, seen, _) in CASES.items()}
        return [slug for slug, (_, _, _, word) in CASES.items() if word not in received[slug]]

    visitor.until(lambda: not missing(), "the order at every vendor", 40)
    assert visitor.errors == []
