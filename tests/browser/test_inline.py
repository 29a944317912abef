"""Destinations' code in the loader's own file, or in half of it: nothing but the requests differs."""

from functools import partial

import pytest

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import OTHER, OWN, Kind, Pages, inline, snippet
from tests.browser.recording import received
from tests.browser.shop import Shop, a_visit, ends
from tests.browser.visitor import Visitor


@pytest.mark.parametrize(
    ("kind", "bundle"),
    [(OWN, "inline"), (OWN, ""), (OWN, "separate"), (OTHER, "separate")],
    ids=["inline", "as-the-edge-chooses", "in-halves", "from-its-address"],
)
def test_every_destination_gets_its_events_wherever_its_code_is(
    kind: Kind, bundle: str, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect()
    shop.site.change(bundle=bundle)
    a_visit(visitor, pages.publish(kind.tag(pages, shop.site)))
    ends(visitor, shop, collector, outside)
    assert bool(visitor.asked("/next-integrations/")) == (kind is OTHER)
    assert all(entry["integrity"] for entry in shop.site.manifest()["remotePlugins"])
    assert visitor.errors == []


BUNDLES = [("inline", "separate"), ("separate", "inline"), ("separate", "separate"), ("inline", "inline")]


@pytest.mark.usefixtures("recorders")
@pytest.mark.parametrize("bundles", BUNDLES, ids="-".join)
def test_i23_of_two_sources_each_runs_its_own_build_of_what_sets_one_global(
    bundles: tuple[str, str], admin: Admin, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    recorders = {"analytics": "Old", "second": "New"}
    tags = []
    for (name, recorder), bundle in zip(recorders.items(), bundles, strict=True):
        site = admin.site(api_host=collector.api_host)
        site.connect(f"recorder-{recorder.lower()}", {})
        site.change(bundle=bundle)
        tags.append(inline(snippet(site, name=name)))
    visitor.visits(pages.publish(*tags))
    for name in recorders:
        visitor.calls("track", f"From {name}", client=name)
    for name, recorder in recorders.items():
        visitor.until(partial(received, visitor, recorder), f"the event of {name}")
        assert received(visitor, recorder) == [[f"From {name}", {}]]


@pytest.mark.parametrize("bundle", ["inline", "separate"])
def test_under_a_policy_of_nonces_the_loader_with_its_code_runs(
    bundle: str, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude")
    shop.site.change(bundle=bundle)
    policy = {"Content-Security-Policy": "script-src 'nonce-n0nce' 'strict-dynamic'"}
    visitor.visits(pages.publish(inline(snippet(shop.site), nonce="n0nce"), headers=policy))
    visitor.calls("track", "Order Completed")
    visitor.until(lambda: "Order Completed" in shop.seen(outside)["Amplitude"], "the event")
    assert visitor.asked("/next-integrations/") == []
