"""Destinations' code in the loader's own file: one request to the first event, and nothing else differs."""

import pytest

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import OWN, Pages, inline, snippet
from tests.browser.shop import Shop, a_visit, ends
from tests.browser.visitor import Visitor


@pytest.mark.parametrize("bundle", ["inline", "separate", ""])
def test_every_destination_gets_its_events_wherever_its_code_is(
    bundle: str, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect()
    shop.site.change(bundle=bundle)
    a_visit(visitor, pages.publish(OWN.tag(pages, shop.site)))
    ends(visitor, shop, collector, outside)
    assert bool(visitor.asked("/next-integrations/")) == (bundle == "separate")
    assert all(entry["integrity"] for entry in shop.site.manifest()["remotePlugins"])
    assert visitor.errors == []


def test_i23_of_two_sources_each_runs_its_own_code(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    """One has its code in the loader and one in files: both set the same global."""
    shops = [Shop(admin.site(api_host=collector.api_host)).connect("amplitude") for _ in range(2)]
    shops[1].site.change(bundle="separate")
    names = ("analytics", "second")
    tags = [inline(snippet(shop.site, name=name)) for shop, name in zip(shops, names, strict=True)]
    visitor.visits(pages.publish(*tags))
    for name in names:
        visitor.calls("track", f"From {name}", client=name)
    visitor.until(
        lambda: all(f"From {name}" in shop.seen(outside)["Amplitude"] for shop, name in zip(shops, names, strict=True)),
        "the event of each",
    )
    for shop, name in zip(shops, names, strict=True):
        assert {sent for sent in shop.seen(outside)["Amplitude"] if sent.startswith("From")} == {f"From {name}"}


def test_under_a_policy_of_nonces_the_loader_with_its_code_runs(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude")
    policy = {"Content-Security-Policy": "script-src 'nonce-n0nce' 'strict-dynamic'"}
    visitor.visits(pages.publish(inline(snippet(shop.site), nonce="n0nce"), headers=policy))
    visitor.calls("track", "Order Completed")
    visitor.until(lambda: "Order Completed" in shop.seen(outside)["Amplitude"], "the event")
    assert visitor.asked("/next-integrations/") == []
