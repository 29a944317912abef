"""Consent in the page: what is loaded, sent and kept before the visitor's choice, after it, and after another."""

from typing import Any, Literal

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.pages import Pages, inline, own
from tests.browser.recording import received
from tests.browser.visitor import Visitor

MANAGER = """
  window.manager = { choice: undefined, listeners: [] };
  manager.chooses = choice => { manager.choice = choice; manager.listeners.forEach(tell => tell(choice)); };
  window.analytics = [];
  analytics._loadOptions = { consent: {
    mode: "%s", changeEvent: false,
    categories: () => manager.choice,
    onChange: tell => { manager.listeners.push(tell); },
  } };
"""
"""A consent manager, and the adapter to it that stands before the snippet."""

KEPT = "() => [...Object.keys(localStorage), document.cookie].filter(Boolean)"


pytestmark = pytest.mark.usefixtures("recorders")


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    """A source with two destinations."""
    made = admin.site(api_host=collector.api_host)
    made.connect("recorder-one", {})
    made.connect("recorder-two", {})
    return made


def opens(visitor: Visitor, pages: Pages, site: Site, mode: Literal["opt-in", "opt-out"], *, unmapped: bool) -> None:
    """``unmapped``: one destination needs no consent; otherwise both do."""
    for slug in ("recorder-one",) if unmapped else ("recorder-one", "recorder-two"):
        site.require(slug, "ads")
    visitor.visits(pages.publish(inline(MANAGER % mode), own(pages, site)))
    visitor.until(lambda: visitor.over("/analytics.min.js"), "the loader")


def chooses(visitor: Visitor, choice: dict[str, bool]) -> None:
    visitor.page.evaluate("choice => { manager.chooses(choice); }", choice)


def names(visitor: Visitor, recorder: str) -> list[str]:
    return [str(name) for name, _ in received(visitor, recorder)]


def tracked(collector: Collector, site: Site) -> dict[str, Any]:
    """Event -> the consent that is stamped on it."""
    events = [event for event in collector.events(site.write_key) if event["type"] == "track"]
    return {event["event"]: event["context"].get("consent") for event in events}


def test_opt_in_loads_sends_and_keeps_nothing_before_the_choice_and_replays_after_it(
    site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    opens(visitor, pages, site, "opt-in", unmapped=True)
    visitor.calls("track", "Before")
    # Were anything sent or loaded, it would be by now: the script has run, and this is a turn later.
    assert (
        visitor.page.evaluate("() => new Promise(resolve => { setTimeout(() => resolve(analytics.initialized), 0); })")
        is None
    )
    assert visitor.asked("/next-integrations/") == []
    assert collector.events(site.write_key) == []
    assert visitor.page.evaluate(KEPT) == []

    chooses(visitor, {"ads": False})
    visitor.until(lambda: names(visitor, "Two") == ["Before"], "what waited, where no consent is needed")
    visitor.until(lambda: "Before" in tracked(collector, site), "what waited, at the collector")
    assert tracked(collector, site)["Before"] == {"categoryPreferences": {"ads": False}}
    assert visitor.asked("/recorder-one/") == []

    chooses(visitor, {"ads": True})
    visitor.until(lambda: visitor.over("/recorder-one/"), "the code of the destination that is consented to now")
    visitor.calls("track", "After")
    visitor.until(lambda: names(visitor, "One") == ["After"], "what came after consent")

    chooses(visitor, {"ads": False})
    visitor.calls("track", "Withdrawn")
    visitor.until(lambda: names(visitor, "Two") == ["Before", "After", "Withdrawn"], "the others' events")
    assert names(visitor, "One") == ["After"]
    assert visitor.errors == []


def test_opt_in_sends_nothing_anywhere_where_everything_needs_consent_and_there_is_none(
    site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    opens(visitor, pages, site, "opt-in", unmapped=False)
    visitor.calls("track", "Before")
    chooses(visitor, {"ads": False})
    visitor.calls("track", "Refused")
    chooses(visitor, {"ads": True})
    visitor.calls("track", "Agreed")
    visitor.until(lambda: "Agreed" in tracked(collector, site), "what came after consent, at the collector")
    visitor.until(lambda: [names(visitor, "One"), names(visitor, "Two")] == [["Agreed"], ["Agreed"]], "and elsewhere")
    assert set(tracked(collector, site)) == {"Agreed"}


def test_opt_out_loads_everything_until_the_visitor_refuses(
    site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    opens(visitor, pages, site, "opt-out", unmapped=True)
    visitor.calls("track", "Before")
    visitor.until(lambda: [names(visitor, "One"), names(visitor, "Two")] == [["Before"], ["Before"]], "the event")
    chooses(visitor, {"ads": False})
    visitor.calls("track", "Refused")
    visitor.until(lambda: names(visitor, "Two") == ["Before", "Refused"], "the event where no consent is needed")
    visitor.until(lambda: "Refused" in tracked(collector, site), "the event at the collector")
    assert names(visitor, "One") == ["Before"]
    assert tracked(collector, site) == {"Before": None, "Refused": {"categoryPreferences": {"ads": False}}}
