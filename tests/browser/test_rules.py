"""Destination filters and the tracking plan, evaluated in the page: whom each event reaches, and what is left of it."""

from typing import Any

import pytest

from tests.browser.admin import Admin, Site
from tests.browser.collector import Collector
from tests.browser.pages import Pages, inline, own
from tests.browser.recording import received
from tests.browser.visitor import Visitor

IS_REFUND = 'event = "Refund"'
EVERY = "all"
SENT = {"price": 12, "email": "a@b.example"}


pytestmark = pytest.mark.usefixtures("recorders")


@pytest.fixture
def site(admin: Admin, collector: Collector) -> Site:
    made = admin.site(api_host=collector.api_host)
    made.connect("recorder-one", {})
    made.connect("recorder-two", {})
    return made


RULES: dict[str, tuple[tuple[str, str], dict[str, Any], list[list[Any]]]] = {
    "drop": ((IS_REFUND, "drop_event"), {}, [["Order", SENT]]),
    "allow": (
        (EVERY, "whitelist_fields"),
        {"fields": {"properties": {"fields": ["price"]}}},
        [["Refund", {"price": 12}], ["Order", {"price": 12}]],
    ),
    "block": (
        (EVERY, "blacklist_fields"),
        {"fields": {"properties": {"fields": ["price"]}}},
        [["Refund", {"email": SENT["email"]}], ["Order", {"email": SENT["email"]}]],
    ),
    "sample-none": ((IS_REFUND, "sample_event"), {"percent": 0}, [["Order", SENT]]),
    "sample-all": ((EVERY, "sample_event"), {"percent": 1}, [["Refund", SENT], ["Order", SENT]]),
}
"""Kind of filter -> condition and action, what the action is given, and what is left for the filter's destination."""


@pytest.mark.parametrize("kind", RULES)
def test_a_filter_holds_for_its_destination_and_for_nobody_else(
    kind: str, site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    (condition, action), given, left = RULES[kind]
    site.filter("recorder-one", condition, action, **given)
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Refund", SENT)
    visitor.calls("track", "Order", SENT)
    everything = [["Refund", SENT], ["Order", SENT]]
    visitor.until(lambda: received(visitor, "Two") == everything, "both events at the destination without a filter")
    visitor.until(lambda: len(received(visitor, "One")) == len(left), "what is left for the other")
    assert received(visitor, "One") == left
    visitor.until(lambda: len(_tracked(collector, site.write_key)) == 2, "both events at the collector")
    assert [event["properties"] for event in _tracked(collector, site.write_key)] == [SENT, SENT]


def test_of_two_destinations_of_one_definition_a_filter_holds_for_one(
    site: Site, pages: Pages, visitor: Visitor
) -> None:
    site.connect("recorder-one", {}, name="recorder-one-b")
    site.filter("recorder-one-b", IS_REFUND, "drop_event")
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Refund", SENT)
    visitor.calls("track", "Order", SENT)
    visitor.until(lambda: [name for name, _ in received(visitor, "One")].count("Order") == 2, "Order at both")
    assert sorted(name for name, _ in received(visitor, "One")) == ["Order", "Order", "Refund"]


def test_a_rule_that_cannot_be_evaluated_costs_its_own_destination_events_and_nobody_else(
    site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    site.filter("recorder-one", IS_REFUND, "drop_event")
    # The edge publishes no such rule: a page's own code has spoiled it.
    spoil = "(found)=>{found.middlewareSettings.routingRules[0].matchers[0].ir='[nonsense';return found}"
    visitor.visits(pages.publish(own(pages, site), inline(f"analytics._loadOptions={{updateCDNSettings:{spoil}}}")))
    visitor.calls("track", "Order", SENT)
    visitor.until(lambda: received(visitor, "Two") == [["Order", SENT]], "the event at the other destination")
    visitor.until(lambda: _tracked(collector, site.write_key), "the event at the collector")
    assert received(visitor, "One") == []
    assert visitor.errors == []


def test_a_tracking_plan_keeps_events_from_destinations_and_marks_them_for_the_collector(
    site: Site, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    site.plan({"Refund": {"enabled": False}, "Order": {"enabled": True, "integrations": {"Recorder One": False}}})
    visitor.visits(pages.publish(own(pages, site)))
    for name in ("Refund", "Order", "Unplanned"):
        visitor.calls("track", name, SENT)
    visitor.until(lambda: len(_tracked(collector, site.write_key)) == 3, "all events at the collector")
    visitor.until(lambda: received(visitor, "One") == [["Unplanned", SENT]], "what the first may have")
    visitor.until(
        lambda: received(visitor, "Two") == [["Order", SENT], ["Unplanned", SENT]], "what the second may have"
    )
    integrations = {event["event"]: event["integrations"] for event in _tracked(collector, site.write_key)}
    assert integrations == {
        "Refund": {"All": False, "Segment.io": True},
        "Order": {"Recorder One": False},
        "Unplanned": {},
    }


def _tracked(collector: Collector, write_key: str) -> list[dict[str, Any]]:
    events = [event for event in collector.events(write_key) if event["type"] == "track"]
    return sorted(events, key=lambda event: ("Refund", "Order", "Unplanned").index(event["event"]))
