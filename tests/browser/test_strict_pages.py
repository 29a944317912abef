"""Pages that are particular about what they load, and pages without https."""

import httpx
import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import KINDS, Kind, Pages, inline
from tests.browser.recording import received
from tests.browser.shop import SEEN, Shop, a_visit, ends
from tests.browser.visitor import Visitor

each_client = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

ISOLATED = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
ALL_BUT_AMPLITUDE = set(SEEN) - {"Amplitude"}
NONCE = "n0nce"
UNCHECKED = "() => [...document.scripts].filter(({ src, integrity }) => src && !integrity).map(({ src }) => src)"


@each_client
def test_a_page_that_isolates_itself_loads_everything_from_the_edge(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude")
    a_visit(visitor, pages.publish(kind.tag(pages, shop.site), headers=ISOLATED))
    assert visitor.page.evaluate("() => window.crossOriginIsolated") is True
    ends(visitor, shop, collector, outside, *ALL_BUT_AMPLITUDE)


@pytest.mark.parametrize("way", ["snippet", "tag"])
def test_a_page_whose_policy_trusts_a_nonce_loads_everything(
    way: str, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    shop = Shop(site).connect("amplitude")
    tags = {
        # What a trusted script inserts is trusted by 'strict-dynamic'; without it, only what carries the nonce is.
        "snippet": (inline(site.snippet(), NONCE), f"'nonce-{NONCE}' 'strict-dynamic'"),
        "tag": (f'<script nonce="{NONCE}" src="{loader_of(site)}"></script>', f"'nonce-{NONCE}'"),
    }
    tag, sources = tags[way]
    policy = {"Content-Security-Policy": f"script-src {sources}; object-src 'none'; base-uri 'none'"}
    a_visit(visitor, pages.publish(tag, headers=policy))
    ends(visitor, shop, collector, outside, *ALL_BUT_AMPLITUDE)


@each_client
def test_a_page_without_https_works(
    kind: Kind, admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "google-tag-manager", "facebook-pixel")
    url = pages.publish(kind.tag(pages, shop.site)).replace(pages.origin, pages.insecure_origin)
    a_visit(visitor, url)
    assert visitor.page.evaluate("() => window.isSecureContext") is False
    ends(visitor, shop, collector, outside, "Mixpanel", "Google Analytics 4 Web")


def test_a_page_may_carry_the_loader_in_itself_whatever_the_settings_contain(
    admin: Admin, pages: Pages, visitor: Visitor
) -> None:
    site = admin.site()
    text = "</script ><script >window.broken=1</script ><!-- <script >\u2028'\"\\"
    site.connect("amplitude", {"apiKey": site.write_key, "versionName": text})
    loader = httpx.get(loader_of(site), trust_env=False).raise_for_status().text
    visitor.visits(pages.publish('<meta charset="utf-8">', inline(loader)))
    (entry,) = visitor.manifest()["remotePlugins"]
    assert entry["settings"]["versionName"] == text
    assert visitor.page.evaluate("() => window.broken") is None
    assert visitor.page.text_content("body") == "Hello"


@pytest.mark.parametrize(
    ("policy", "unchecked"),
    [("nonce", ("manifest", "code")), ("another snippet", ("analytics.min",)), ("hosts", ("analytics.min",))],
    ids=["nonce", "another-snippet", "hosts"],
)
def test_a_strict_and_isolated_page_runs_rules_and_plan_and_checks_every_file_but_the_loader(
    policy: str,
    unchecked: tuple[str, ...],
    admin: Admin,
    collector: Collector,
    pages: Pages,
    visitor: Visitor,
    recorders: None,
) -> None:
    site = admin.site(api_host=collector.api_host)
    site.connect("recorder-one", {})
    site.connect("recorder-two", {})
    site.change(bundle="separate")
    site.filter("recorder-one", "all", "drop_event")
    site.plan({"Refund": {"enabled": False}})
    tags = {
        "nonce": (inline(site.snippet(), NONCE), f"'nonce-{NONCE}' 'strict-dynamic'"),
        "another snippet": (inline(site.other_snippet(), NONCE), f"'nonce-{NONCE}' 'strict-dynamic'"),
        # No inline script at all.
        "hosts": (f'<script src="{loader_of(site)}"></script>', site.cdn),
    }
    tag, sources = tags[policy]
    api = collector.api_host.removesuffix("/collect")
    csp = f"default-src 'none'; script-src {sources}; connect-src {api}; base-uri 'none'"
    visitor.visits(pages.publish(tag, headers={"Content-Security-Policy": csp, **ISOLATED}))
    visitor.until(lambda: visitor.page.evaluate("() => window.analytics?.initialized"), "the client")
    for name in ("Refund", "Order"):
        visitor.calls("track", name)
    visitor.until(lambda: received(visitor, "Two") == [["Order", {}]], "what rules and plan leave")
    visitor.until(lambda: "track" in collector.types(site.write_key), "events at the collector")
    assert received(visitor, "One") == []
    assert visitor.page.evaluate("() => window.crossOriginIsolated") is True
    # The loader is its source's own and changes; all else that is inserted is checked against its hash.
    assert visitor.page.evaluate(UNCHECKED) == [loader_of(site, name) for name in unchecked]
    assert len(visitor.asked("/next-integrations/")) == (2 if len(unchecked) == 1 else 0)
    assert visitor.errors == []


def test_where_a_nonce_alone_is_trusted_what_a_half_asks_for_carries_it(
    admin: Admin, collector: Collector, pages: Pages, visitor: Visitor, recorders: None
) -> None:
    site = admin.site(api_host=collector.api_host)
    site.connect("recorder-one", {})
    site.change(bundle="separate")
    middleware = inline("analytics.addSourceMiddleware(({payload, next}) => next(payload))", NONCE)
    policy = {"Content-Security-Policy": f"script-src 'nonce-{NONCE}'"}
    visitor.visits(pages.publish(inline(site.snippet(), NONCE), middleware, headers=policy))
    visitor.calls("track", "Order")
    visitor.until(lambda: received(visitor, "One") == [["Order", {}]], "the event")
    assert len(visitor.asked("/code.js")) == len(visitor.asked("/next-integrations/actions/edgewise/")) == 1


def loader_of(site: Site, name: str = "analytics.min") -> str:
    return f"{site.cdn}/analytics.js/v1/{site.write_key}/{name}.js"
