"""Every client, unmodified official ones and our own, runs on what the edge serves."""

import pytest

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import VENDOR_HOSTS, Outside
from tests.browser.pages import KINDS, LIBRARY_KIND, OTHER, STANDALONE_KIND, Kind, Pages
from tests.browser.shop import Shop, a_visit, ends
from tests.browser.visitor import Visitor

each_client = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

LOOPBACK = {"localhost", "127.0.0.1"}


@pytest.mark.parametrize("kind", [OTHER, STANDALONE_KIND, LIBRARY_KIND], ids=lambda kind: kind.name)
def test_device_mode_destinations_load_and_receive_page_track_and_identify(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect()
    shop.site.change(bundle="separate")
    a_visit(visitor, pages.publish(kind.tag(pages, shop.site)))
    ends(visitor, shop, collector, outside)
    for entry in shop.site.manifest()["remotePlugins"]:
        assert entry["url"].startswith(f"{shop.site.cdn}/next-integrations/actions/")
        assert visitor.asked(entry["url"]), f"{entry['name']} was not loaded from the edge"
    assert visitor.hosts() <= LOOPBACK | VENDOR_HOSTS
    assert visitor.errors == []


@each_client
def test_cloud_mode_destinations_are_published_by_name_and_their_events_reach_the_collector(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude")
    shop.site.connect("webhooks", {"sharedSecret": "s3cr3t-0123456789abcdef"}, mode="CLOUD")
    shop.site.connect("customer-io", {"siteId": "site-77", "apiKey": "k3y-0123456789abcdef"}, mode="CLOUD")
    a_visit(visitor, pages.publish(kind.tag(pages, shop.site)))

    manifest = visitor.manifest()
    assert set(manifest["integrations"]) == {"Segment.io"}
    assert manifest["integrations"]["Segment.io"]["unbundledIntegrations"] == ["Customer.io", "Webhooks"]
    assert visitor.destinations() == {"Amplitude"}
    assert not {"site-77", "k3y-0123456789abcdef", "s3cr3t-0123456789abcdef"} & set(str(manifest).split("'"))

    visitor.until(lambda: collector.types(shop.key) == {"page", "track", "identify"}, "all three at the collector")
    for event in collector.events(shop.key):
        assert event["_metadata"]["unbundled"] == ["Customer.io", "Webhooks"]
    order = next(event for event in collector.events(shop.key) if event["type"] == "track")
    assert (order["event"], order["properties"]["order_id"]) == ("Order Completed", "order-7")
    visitor.until(lambda: "Order Completed" in shop.seen(outside)["Amplitude"], "the device-mode destination's event")


@each_client
def test_events_of_a_source_without_api_host_go_to_this_edge(
    kind: Kind, admin: Admin, pages: Pages, visitor: Visitor
) -> None:
    site = admin.site()
    visitor.visits(pages.publish(kind.tag(pages, site)))
    with visitor.page.expect_response(f"{site.cdn}/v1/t") as taken:
        visitor.calls("track", "Order Completed")
    answer = taken.value
    # The official client asks leave for this header first (CORS preflight): the post came after the leave.
    assert ("authorization" in answer.request.all_headers()) == kind.official
    assert (answer.request.method, answer.status) == ("POST", 200)
    assert visitor.hosts() == LOOPBACK
