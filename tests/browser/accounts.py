"""Accounts of the vendors of which a page can have several: how each is named, and which events it received."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.browser.admin import Site
from tests.browser.outside import Outside

NAMES = ("early", "late", "private")
Read = Callable[[Outside, str], Iterator[str]]


def at(field: int, *commands: str) -> Callable[[list[list[Any]]], Iterator[str]]:
    """Reads event names: the argument at ``field`` of calls of these commands."""
    return lambda calls: (str(call[field]) for call in calls if call[0] in commands)


def told(field: int, *commands: str) -> Read:
    return lambda outside, account: at(field, *commands)(outside.told(account))


def conversions(partner: str) -> dict[str, str]:
    """Events and the numbers that LinkedIn gave them; a number belongs to one account."""
    return {name.title(): f"{partner}{number}" for number, name in enumerate(NAMES)}


def linkedin(outside: Outside, partner: str) -> Iterator[str]:
    """Of the conversions that LinkedIn's script reports for every account of the page, those that this one counts."""
    own_names = {int(number): name for name, number in conversions(partner).items()}
    numbers = (call[1]["conversion_id"] for call in outside.told(partner) if call[0] == "track")
    return (own_names[number] for number in numbers if number in own_names)


def microsoft(outside: Outside, tag: str) -> Iterator[str]:
    return (call[2].get("event_label", "") for call in outside.told(tag) if call[0] == "event")


CASES: Mapping[str, tuple[str, dict[str, Any], Read]] = {
    "actions-google-analytics-4-web": ("measurementID", {}, lambda outside, one: at(1, "event")(outside.google(one))),
    "actions-tiktok-pixel": ("pixelCode", {}, told(1, "track")),
    "amplitude": ("apiKey", {}, lambda outside, one: (event["event_type"] for event in outside.amplitude(one))),
    "bing-ads": ("tagId", {}, microsoft),
    "facebook-pixel": ("pixelId", {}, lambda outside, one: at(2, "trackSingleCustom")(outside.meta(one))),
    "google-tag-manager": ("containerId", {}, lambda outside, one: (push["event"] for push in outside.container(one))),
    "linkedin-insight-tag": ("partnerId", {}, linkedin),
    "matomo": (
        "siteId",
        {"url": "https://one.matomo.example"},
        lambda outside, one: at(2, "trackEvent")(outside.told(f"one.matomo.example/{one}")),
    ),
    "mixpanel": ("token", {}, lambda outside, one: (event["event"] for event in outside.mixpanel(one))),
    "posthog": ("apiKey", {}, lambda outside, one: (event["event"] for event in outside.posthog(one))),
}
"""Definition -> the setting that names the account, other settings, the names of events that its vendor received."""

PREFIXES = {"actions-google-analytics-4-web": "G-", "google-tag-manager": "GTM-", "posthog": "phc_"}
"""How account names start, where their form is checked."""


def account(slug: str, site: Site, which: int) -> str:
    """No two alike, and told apart by their first characters: Amplitude names its cookie by ten of them."""
    return f"{PREFIXES.get(slug, '')}{which}{list(CASES).index(slug)}{site.number}"


def connect(site: Site, which: int, *slugs: str) -> None:
    for slug in slugs:
        setting, others, _ = CASES[slug]
        named = account(slug, site, which)
        own_numbers = {"conversions": conversions(named)} if slug == "linkedin-insight-tag" else {}
        site.connect(slug, {setting: named, **others, **own_numbers}, name=f"{slug}-{which}")


def received(outside: Outside, site: Site, which: int, *slugs: str) -> dict[str, list[str]]:
    """Which of this test's events each vendor has for these accounts, as often as it got them."""
    found = {slug: CASES[slug][2](outside, account(slug, site, which)) for slug in slugs}
    return {slug: sorted(name.lower() for name in names if name.lower() in NAMES) for slug, names in found.items()}
