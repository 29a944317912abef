"""I23: two loaders with different write keys on one page each see only their own manifest, in either load order."""

import pytest
from playwright.sync_api import Route

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import LIBRARY_KIND, STANDALONE_KIND, Kind, Pages, inline, snippet
from tests.browser.shop import Shop
from tests.browser.visitor import Visitor

SOURCE = """name => {
  const { settings } = window[name].instance ?? window[name];
  return settings?.cdnSettings && [settings.writeKey, settings.cdnSettings.integrations["Segment.io"].apiKey,
    settings.cdnSettings.remotePlugins.map(({ creationName }) => creationName).sort()];
}"""


@pytest.fixture
def shops(admin: Admin, collector: Collector) -> tuple[Shop, Shop]:
    """Two sources that have one definition in common, under different settings, and one each alone."""
    first, second = (Shop(admin.site(api_host=collector.api_host)) for _ in range(2))
    first.connect("amplitude", "actions-google-analytics-4-web")
    second.connect("amplitude", "google-tag-manager")
    return first, second


class Late:
    """Holds back the answers to requests for ``url`` until ``comes``."""

    def __init__(self, visitor: Visitor, url: str) -> None:
        self._visitor = visitor
        self._held: list[Route] = []
        visitor.context.route(url, self._hold)

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def comes(self) -> None:
        self._visitor.until(lambda: self._held, "the request that is answered late")
        for route in self._held:
            route.continue_()


def knows(visitor: Visitor, shop: Shop, name: str, *plugins: str) -> None:
    """The client at ``window[name]`` is this source's, with these destinations."""
    visitor.until(lambda: visitor.page.evaluate(SOURCE, name), f"a manifest at {name}")
    assert visitor.page.evaluate(SOURCE, name) == [shop.key, shop.key, list(plugins)]


def receives(visitor: Visitor, shop: Shop, name: str, collector: Collector, outside: Outside) -> None:
    """What the client at ``window[name]`` is told arrives, and nothing else, under this source's key and settings."""
    event = f"From {name}"
    visitor.calls("track", event, client=name)
    visitor.until(lambda: event in shop.seen(outside)["Amplitude"], f"{event} at Amplitude")
    visitor.until(lambda: "track" in collector.types(shop.key), f"{event} at the collector")
    assert {sent for sent in shop.seen(outside)["Amplitude"] if sent.startswith("From")} == {event}
    assert {sent["event"] for sent in collector.events(shop.key) if sent["type"] == "track"} == {event}


def only_its_own(
    visitor: Visitor, shops: tuple[Shop, Shop], names: tuple[str, str], collector: Collector, outside: Outside
) -> None:
    """Each client has its own manifest, and its events arrive under its own key and settings only."""
    knows(visitor, shops[0], names[0], "Amplitude", "Google Analytics 4 Web")
    knows(visitor, shops[1], names[1], "Amplitude", "Google Tag Manager")
    for shop, name in zip(shops, names, strict=True):
        receives(visitor, shop, name, collector, outside)
    for shop, name in zip(shops, names, strict=True):
        receives(visitor, shop, name, collector, outside)


@pytest.mark.parametrize("late", [0, 1], ids=["first-script-late", "second-script-late"])
def test_i23_two_of_our_loaders_see_only_their_own_manifest(
    late: int,
    shops: tuple[Shop, Shop],
    pages: Pages,
    collector: Collector,
    outside: Outside,
    visitor: Visitor,
) -> None:
    names = ("analytics", "second")
    waits = Late(visitor, f"**/analytics.js/v1/{shops[late].key}/*")
    visitor.visits(pages.publish(*(inline(snippet(shops[i].site, name=names[i])) for i in (0, 1))))
    visitor.until(lambda: visitor.page.evaluate(SOURCE, names[1 - late]), "the loader that is not late")
    waits.comes()
    only_its_own(visitor, shops, names, collector, outside)


@pytest.mark.parametrize("above", [0, 1], ids=["ours-above", "official-above"])
@pytest.mark.parametrize("late", [0, 1], ids=["ours-late", "official-late"])
@pytest.mark.parametrize("kind", [LIBRARY_KIND, STANDALONE_KIND], ids=lambda kind: kind.name)
def test_i23_our_loader_and_the_official_client_see_only_their_own_manifest(
    kind: Kind,
    late: int,
    above: int,
    shops: tuple[Shop, Shop],
    pages: Pages,
    collector: Collector,
    outside: Outside,
    visitor: Visitor,
) -> None:
    ours, official = shops
    names = ("edgewise", "analytics")
    waits = Late(visitor, (f"**/analytics.js/v1/{ours.key}/*", f"**/v1/projects/{official.key}/settings")[late])
    tags = [inline(snippet(ours.site, name="edgewise")), kind.tag(pages, official.site)]
    visitor.visits(pages.publish(tags[above], tags[1 - above]))
    visitor.until(lambda: visitor.page.evaluate(SOURCE, names[1 - late]), "the client that is not late")
    waits.comes()
    only_its_own(visitor, shops, names, collector, outside)
