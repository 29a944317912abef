"""Pages that are particular about what they load, and pages without https."""

import pytest

from tests.browser.admin import Admin
from tests.browser.conftest import Collector
from tests.browser.outside import Outside
from tests.browser.pages import KINDS, Kind, Pages, inline
from tests.browser.shop import SEEN, Shop, a_visit, ends
from tests.browser.visitor import Visitor

each_client = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

ISOLATED = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
ALL_BUT_AMPLITUDE = set(SEEN) - {"Amplitude"}
NONCE = "n0nce"
STRICT = {"Content-Security-Policy": f"script-src 'nonce-{NONCE}' 'strict-dynamic'; object-src 'none'; base-uri 'none'"}


@each_client
def test_a_page_that_isolates_itself_loads_everything_from_the_edge(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude")
    a_visit(visitor, pages.publish(kind.tag(pages, shop.site), headers=ISOLATED))
    assert visitor.page.evaluate("() => window.crossOriginIsolated") is True
    ends(visitor, shop, collector, outside, *ALL_BUT_AMPLITUDE)


def test_a_page_whose_policy_trusts_a_nonce_loads_everything(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "google-tag-manager")
    a_visit(visitor, pages.publish(inline(shop.site.snippet(), NONCE), headers=STRICT))
    ends(visitor, shop, collector, outside, "Mixpanel", "Google Analytics 4 Web", "Facebook Pixel")


@each_client
def test_a_page_without_https_works(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "google-tag-manager", "facebook-pixel")
    url = pages.publish(kind.tag(pages, shop.site)).replace(pages.origin, pages.insecure_origin)
    a_visit(visitor, url)
    assert visitor.page.evaluate("() => window.isSecureContext") is False
    ends(visitor, shop, collector, outside, "Mixpanel", "Google Analytics 4 Web")


def test_settings_that_look_like_markup_stay_text(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    text = "</script><script>window.broken=1</script><!--\u2028'\"\\"
    site.connect("amplitude", {"apiKey": site.write_key, "versionName": text})
    visitor.visits(pages.publish(inline(site.snippet())))
    (entry,) = visitor.manifest()["remotePlugins"]
    assert entry["settings"]["versionName"] == text
    assert visitor.page.evaluate("() => window.broken") is None
