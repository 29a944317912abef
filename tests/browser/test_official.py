"""A source whose loader is the official client: everything that it asks for comes from this edge, and ahead of time."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loadtest.fleet.ports import free_port
from loadtest.fleet.process import answers
from loadtest.fleet.tls import missing, tls_front
from tests.browser.admin import Admin, Site, administering
from tests.browser.collector import Collector
from tests.browser.outside import VENDOR_HOSTS, Outside
from tests.browser.pages import Pages, inline, snippet
from tests.browser.recording import publish_recorders, received
from tests.browser.shop import ORDER, Shop, a_visit, ends
from tests.browser.visitor import Visitor
from tests.cli.processes import served, until

VERSION = "1.84.3"
LOOPBACK = {"localhost", "127.0.0.1"}

# What segmentio/snippet 5.2.1 promises a client: an array with stubs, a write key, load options, and a script that
# names the global. It does not say where the edge is, and over http that cannot be sniffed.
OFFICIAL_SNIPPET = """
!function(){var name="analytics",stub=window[name]=window[name]||[];stub.invoked=!0;
["track","identify","page","ready"].forEach(function(m){
stub[m]=function(){stub.push([m].concat([].slice.call(arguments)));return stub}});
stub.load=function(key,options){var t=document.createElement("script");t.async=!0;
t.setAttribute("data-global-segment-analytics-key",name);t.src=CDN+"/analytics.js/v1/"+key+"/analytics.min.js";
document.head.appendChild(t);stub._loadOptions=options};
stub._writeKey=KEY;stub.SNIPPET_VERSION="5.2.1";stub.load(KEY,OPTIONS);stub.page()}();
"""


def official_snippet(site: Site, options: object = None) -> str:
    text = OFFICIAL_SNIPPET.replace("CDN", json.dumps(site.cdn)).replace("KEY", json.dumps(site.write_key))
    return inline(text.replace("OPTIONS", json.dumps(options or {})))


SNIPPETS: dict[str, Callable[[Site], str]] = {
    "ours": lambda site: inline(snippet(site)),
    "official": official_snippet,
    "none": lambda site: f'<script async src="{site.cdn}/analytics.js/v1/{site.write_key}/analytics.min.js"></script>',
}


@pytest.fixture
def shop(admin: Admin, collector: Collector) -> Shop:
    shop = Shop(admin.site(api_host=collector.api_host)).connect()
    shop.site.change(client="analytics-next")
    return shop


def ahead(visitor: Visitor, shop: Shop) -> set[str]:
    """What is asked for ahead, all of which the client uses: nothing is asked for twice, plugins are in the page."""
    own = [request for request in visitor.requests if request.url.startswith(shop.site.cdn)]
    scripts_and_settings = [one for one in own if "/v1/projects/" in one.url or one.url.endswith(".js")]
    # A share of one second may be over when an answer comes, as its Date tells whole seconds: then Chromium, which uses
    # it, asks in the background whether it still is the same.
    asked = [one.url for one in scripts_and_settings if "if-none-match" not in one.all_headers()]
    assert sorted(asked) == sorted(set(asked))
    links = "() => [...document.querySelectorAll('link[rel=preload]')].map(link => link.href)"
    preloads: list[str] = visitor.page.evaluate(links)
    scripts: list[str] = visitor.page.evaluate("() => [...document.scripts].map(script => script.src)")
    settings = f"{shop.site.cdn}/v1/projects/{shop.key}/settings"
    assert settings in preloads
    assert {url for url in preloads if "/next-integrations/" in url} <= set(scripts)
    assert len(preloads) == len(set(preloads))
    return set(preloads) - {settings}


@pytest.mark.parametrize("how", SNIPPETS)
def test_it_works_from_either_snippet_and_from_none_over_http(
    how: str, shop: Shop, pages: Pages, collector: Collector, outside: Outside, visitor: Visitor
) -> None:
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    url = pages.publish(SNIPPETS[how](shop.site))
    if how == "none":
        visitor.visits(url)
        visitor.until(lambda: visitor.page.evaluate("() => !!window.analytics?.initialized"), "the client")
        for method, *arguments in (("page",), ("page", "Home"), ("track", "Order Completed", ORDER)):
            visitor.calls(str(method), *arguments)
        visitor.calls("identify", "user-1", {"plan": "gold"})
    else:
        a_visit(visitor, url)
    ends(visitor, shop, collector, outside)
    assert visitor.hosts() <= LOOPBACK | VENDOR_HOSTS
    assert visitor.errors == []
    assert ahead(visitor, shop) == {entry["url"] for entry in shop.site.manifest()["remotePlugins"]}
    assert visitor.page.evaluate("() => analytics.VERSION") == VERSION
    assert not [text for text in said if "preload" in text]


def test_a_chunk_comes_from_this_edge_ahead_of_time(
    shop: Shop, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    visitor.visits(pages.publish(inline(snippet(shop.site))) + "?ajs_event=From+the+address")
    visitor.until(lambda: "track" in collector.types(shop.key), "the event that only the chunk knows of")
    chunks = [url for url in ahead(visitor, shop) if "/analytics-next/bundles/" in url]
    assert [url.startswith(f"{shop.site.cdn}/analytics-next/bundles/queryString.bundle.") for url in chunks] == [True]
    response = visitor.asked(chunks[0])[0].response()
    assert response is not None
    assert (response.status, response.headers["cache-control"], response.headers["cross-origin-resource-policy"]) == (
        200,
        "public, max-age=31536000, immutable",
        "cross-origin",
    )


@pytest.mark.usefixtures("recorders")
def test_rules_and_plan_hold_by_its_own_chunks_which_come_from_this_edge_ahead_of_time(
    admin: Admin, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host))
    ruled(shop.site)
    visitor.visits(pages.publish(inline(snippet(shop.site))))
    follows_rules_and_plan(visitor, collector, shop)


@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_over_https_it_is_the_same_with_the_official_snippet(
    collector: Collector, pages: Pages, visitor: Visitor, tmp_path: Path
) -> None:
    """Over https the official client finds its edge by the script's address."""
    port, behind, desk = free_port(), free_port(), free_port()
    environment = {"EDGE_PUBLIC_URL": f"https://127.0.0.1:{port}", "EDGE_RATE_LIMIT": "0"}
    data = tmp_path / "data"
    with (
        tls_front(tmp_path, port, behind) as url,
        served(data, "--port", str(behind), "--admin-bind", f"127.0.0.1:{desk}", env=environment, well=None) as edge,
    ):
        until(lambda: answers(f"http://127.0.0.1:{behind}/readyz"), "an edge that is ready")
        with administering(edge) as admin:
            publish_recorders(data)
            shop = Shop(admin.site(api_host=collector.api_host))
            assert shop.site.cdn == url
            ruled(shop.site)
            visitor.visits(pages.publish(official_snippet(shop.site)))
            follows_rules_and_plan(visitor, collector, shop)


def ruled(site: Site) -> None:
    """Two destinations, one with a filter, and a plan, under the official client."""
    site.connect("recorder-one", {})
    site.connect("recorder-two", {})
    site.filter("recorder-one", 'event = "Refund"', "drop_event")
    site.plan({"Secret": {"enabled": False}})
    site.change(client="analytics-next")


def follows_rules_and_plan(visitor: Visitor, collector: Collector, shop: Shop) -> None:
    for event in ("Refund", "Secret", "Order"):
        visitor.calls("track", event)

    def names(recorder: str) -> list[str]:
        return [name for name, _ in received(visitor, recorder)]

    visitor.until(lambda: len(collector.events(shop.key)) == 4, "every event at the collector, the page call too")
    visitor.until(lambda: [names("One"), names("Two")] == [["Order"], ["Refund", "Order"]], "what each may have")
    chunks = [url for url in ahead(visitor, shop) if "/analytics-next/bundles/" in url]
    assert {url.removeprefix(f"{shop.site.cdn}/analytics-next/bundles/").partition(".")[0] for url in chunks} == {
        "tsub-middleware",
        "ajs-destination",
        "schemaFilter",
    }
    assert [len(visitor.asked(url)) for url in chunks] == [1, 1, 1]
    asked = {request.url for request in visitor.requests if "/bundles/" in request.url}
    assert asked == set(chunks), "nothing was foreseen in vain, and nothing was not foreseen"
    assert visitor.hosts() <= LOOPBACK
    assert visitor.errors == []


def test_destinations_that_the_page_turns_off_are_not_asked_for(shop: Shop, pages: Pages, visitor: Visitor) -> None:
    options = {"integrations": {"All": False, "Segment.io": True, "Amplitude": True}}
    visitor.visits(pages.publish(official_snippet(shop.site, options)))
    visitor.until(lambda: visitor.page.evaluate("() => !!window.analytics?.initialized"), "the client")
    assert {url.split("/")[-2] for url in ahead(visitor, shop)} == {"amplitude"}


def test_a_page_that_names_another_global_has_it_there(
    shop: Shop, pages: Pages, collector: Collector, visitor: Visitor
) -> None:
    visitor.visits(pages.publish(inline(snippet(shop.site, name="second"))))
    visitor.calls("track", "Order Completed", client="second")
    visitor.until(lambda: "track" in collector.types(shop.key), "the event")
    assert visitor.page.evaluate("() => [second.initialized, window.analytics]") == [True, None]
