"""A site with everything connected that has browser code here, and what each vendor then sees of a short visit."""

from collections.abc import Mapping
from typing import Any

from tests.browser.admin import Site
from tests.browser.collector import Collector
from tests.browser.outside import Outside
from tests.browser.visitor import Visitor

ORDER = {"order_id": "order-7", "revenue": 12.5, "currency": "EUR"}

SEEN: Mapping[str, set[str]] = {
    "Amplitude": {"Viewed Home Page", "Order Completed", "$identify gold"},
    "Mixpanel": {"Viewed Home Page", "Order Completed", "$identify user-1"},
    "Google Analytics 4 Web": {"page_view", "purchase", "config user-1"},
    "Facebook Pixel": {"PageView", "Purchase"},
    "Google Tag Manager": {"gtm.js", "Viewed Home Page", "Order Completed"},
}
"""Per destination, what its vendor receives of ``a_visit``, in the vendor's own words. Meta and the tag manager take
page and track only (``methods`` of their definitions)."""


class Shop:
    """A site with the five device-mode destinations."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.key = site.write_key
        self.measurement_id = f"G-{site.number}"
        self.container_id = f"GTM-{site.number}"
        self.pixel_id = f"7{site.number}"

    def connect(self, *definitions: str) -> "Shop":
        """Connect these, or all."""
        settings: dict[str, dict[str, Any]] = {
            "amplitude": {"apiKey": self.key},
            "mixpanel": {"token": self.key, "trackNamedPages": True},
            "actions-google-analytics-4-web": {"measurementID": self.measurement_id},
            "facebook-pixel": {"pixelId": self.pixel_id},
            "google-tag-manager": {"containerId": self.container_id, "trackNamedPages": True},
        }
        for definition in definitions or settings:
            self.site.connect(definition, settings[definition])
        return self

    def seen(self, outside: Outside) -> dict[str, set[str]]:
        """What each vendor has received so far, in the words of ``SEEN``."""
        google = outside.google(self.measurement_id)
        return {
            "Amplitude": {_amplitude(event) for event in outside.amplitude(self.key)} - {"$identify None"},
            "Mixpanel": {_mixpanel(event) for event in outside.mixpanel(self.key)},
            "Google Analytics 4 Web": {name for command in google for name in _google(command)},
            "Facebook Pixel": {str(call[2]) for call in outside.meta(self.pixel_id) if call[0].startswith("track")},
            "Google Tag Manager": {str(entry["event"]) for entry in outside.container(self.container_id)},
        }


def _amplitude(event: Mapping[str, Any]) -> str:
    if event["event_type"] != "$identify":
        return str(event["event_type"])
    return f"$identify {event['user_properties'].get('$set', {}).get('plan')}"


def _mixpanel(event: Mapping[str, Any]) -> str:
    identified = event["properties"].get("$user_id") if event["event"] == "$identify" else None
    return f"$identify {identified}" if identified else str(event["event"])


def _google(command: list[Any]) -> list[str]:
    if command[0] == "event":
        return [str(command[1])]
    return [f"config {command[2]['user_id']}"] if command[0] == "config" and "user_id" in command[2] else []


def a_visit(visitor: Visitor, url: str) -> None:
    """Open a page and make one call of each kind, at once, whether the client has loaded or not."""
    visitor.visits(url)
    visitor.calls("page", "Home")
    visitor.calls("track", "Order Completed", ORDER)
    visitor.calls("identify", "user-1", {"plan": "gold"})


def ends(visitor: Visitor, shop: Shop, collector: Collector, outside: Outside, *without: str) -> None:
    """See a visit through: the collector has all three calls, and every vendor but ``without`` what is for it.

    Takes up to five seconds where Mixpanel is connected, since its script collects calls for as long.
    """
    key = shop.key
    visitor.until(lambda: collector.types(key) >= {"page", "track", "identify"}, "all three calls at the collector")
    wanted = {name: words for name, words in SEEN.items() if name not in without}

    def missing() -> dict[str, set[str]]:
        seen = shop.seen(outside)
        return {name: words - seen[name] for name, words in wanted.items() if words - seen[name]}

    try:
        visitor.until(lambda: not missing(), f"what {set(wanted)} receive")
    except AssertionError as error:
        error.add_note(f"missing: {missing()}")
        raise
    assert shop.seen(outside) == {name: wanted.get(name, set()) for name in SEEN}
