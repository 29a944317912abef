"""Every client, unmodified official ones and our own, runs on what the edge serves."""

import json

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.conftest import Collector
from tests.browser.outside import VENDOR_HOSTS, Outside
from tests.browser.pages import KINDS, Kind, Pages
from tests.browser.visitor import Visitor

each_client = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

LOOPBACK = {"localhost", "127.0.0.1"}
ORDER = {"order_id": "order-7", "revenue": 12.5, "currency": "EUR"}


@each_client
def test_device_mode_destinations_load_and_receive_page_track_and_identify(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    key, pixel = site.write_key, "7" + site.source.id[1:]
    site.connect("amplitude", {"apiKey": key})
    site.connect("mixpanel", {"token": key, "trackNamedPages": True})
    site.connect("google-analytics-4-web", {"measurementID": f"G-{site.source.id}"})
    site.connect("facebook-pixel", {"pixelId": pixel})
    site.connect("google-tag-manager", {"containerId": f"GTM-{site.source.id}", "trackNamedPages": True})

    visitor.visits(pages.publish(kind.tag(pages, site)))
    visitor.calls("page", "Home")
    visitor.calls("track", "Order Completed", ORDER)
    visitor.calls("identify", "user-1", {"plan": "gold"})
    visitor.until(lambda: collector.types(key) == {"page", "track", "identify"}, "all three at the collector")
    visitor.until(lambda: len(outside.amplitude(key)) >= 3, "Amplitude's events")
    visitor.leaves()
    visitor.page.wait_for_timeout(1000);print([(r.method,r.host,r.path,r.body[:900]) for r in outside.recorder.received if "mix" in r.host])
    print(json.dumps([outside.amplitude(key), outside.mixpanel(key), outside.mixpanel(key, "/engage/"), outside.google(f"G-{site.source.id}"), outside.meta(pixel), outside.container(f"GTM-{site.source.id}")], indent=1))
    print(visitor.hosts(), visitor.errors)
    assert False
