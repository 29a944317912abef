"""I22 in a browser: a page runs exactly the files that its manifest names, or none in their place."""

from playwright.sync_api import Route

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.pages import Pages, other
from tests.browser.shop import SEEN, Shop, a_visit, ends
from tests.browser.visitor import Visitor

FETCH_ALL = """plugins => Promise.all(plugins.map(({ url, integrity }) =>
  fetch(url, { integrity, mode: "cors" }).then(answer => answer.text()).then(text => text.length)))"""

SCRIPTS = """() => [...document.scripts].filter(script => script.src.includes("/next-integrations/actions/"))
  .map(({ src, integrity, crossOrigin }) => [src, integrity, crossOrigin])"""

FAILURES = """() => new Promise(resolve => {
  window.analytics.ready(outcomes => resolve(outcomes.filter(({ ok }) => !ok).map(({ reason }) => reason)));
})"""


def test_i22_every_file_that_a_manifest_names_is_served_with_the_integrity_it_states(
    admin: Admin, pages: Pages, visitor: Visitor
) -> None:
    shop = Shop(admin.site()).connect()
    shop.site.change(bundle="separate")
    a_visit(visitor, pages.publish(other(pages, shop.site)))
    plugins = visitor.manifest()["remotePlugins"]
    assert len(plugins) == len(SEEN)
    # The browser itself compares: a fetch whose bytes differ from the integrity is rejected.
    assert all(length > 0 for length in visitor.page.evaluate(FETCH_ALL, plugins))
    demanded = {tuple(script) for script in visitor.page.evaluate(SCRIPTS)}
    assert demanded == {(entry["url"], entry["integrity"], "anonymous") for entry in plugins}
    assert visitor.page.evaluate(FAILURES) == []


def test_i22_a_file_that_was_tampered_with_is_refused_and_nothing_else_breaks(
    admin: Admin, collector: Collector, pages: Pages, outside: Outside, visitor: Visitor
) -> None:
    shop = Shop(admin.site(api_host=collector.api_host)).connect("amplitude", "facebook-pixel", "google-tag-manager")
    shop.site.change(bundle="separate")

    def tamper(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=f"{answer.text()};window.tampered=true;")

    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    visitor.context.route("**/actions/amplitude/*", tamper)
    a_visit(visitor, pages.publish(other(pages, shop.site)))
    ends(visitor, shop, collector, outside, "Amplitude", "Mixpanel", "Google Analytics 4 Web")
    refused = "Failed to find a valid digest in the 'integrity' attribute"
    visitor.until(
        lambda: any(refused in text and "/actions/amplitude/" in text for text in said), "the browser's reason"
    )
    assert len(visitor.page.evaluate(FAILURES)) == 1
    assert visitor.page.evaluate("() => [window.tampered, window.amplitudeDestination]") == [None, None]
    assert visitor.errors == []
    # Told of it with every event that follows, the collector's people can see it too.
    visitor.calls("track", "Afterwards")
    visitor.until(lambda: "Afterwards" in _failures(collector, shop.key), "the next event at the collector")
    assert _failures(collector, shop.key)["Afterwards"] == ["Amplitude"]


def _failures(collector: Collector, write_key: str) -> dict[str, list[str]]:
    """Event name -> destinations that the client says could not be loaded."""
    events = [event for event in collector.events(write_key) if event["type"] == "track"]
    return {event["event"]: event["_metadata"].get("failedInitializations", []) for event in events}
