"""Destination filters and the tracking plan, evaluated in the page: whom each event reaches, and what is left of it."""

import json
from typing import Any

import pytest

from tests.browser.admin import Admin
from tests.browser.collector import Collector
from tests.browser.pages import Pages, own
from tests.browser.recording import Settings, compose, received
from tests.browser.visitor import Visitor

IS_REFUND = {"type": "fql", "ir": json.dumps(["=", "event", {"value": "Refund"}])}
EVERY = {"type": "all"}
SENT = {"price": 12, "email": "a@b.example"}


pytestmark = pytest.mark.usefixtures("recorders")


def rule(matcher: dict[str, str], kind: str, config: dict[str, Any]) -> Settings:
    return {
        "destinationName": "Recorder One",
        "scope": "destinations",
        "target_type": "workspace::project::destination::config",
        "matchers": [matcher],
        "transformers": [[{"type": kind, "config": config}]],
    }


RULES = {
    "drop": (rule(IS_REFUND, "drop", {}), [["Order", SENT]]),
    "allow": (
        rule(EVERY, "allow_properties", {"allow": {"properties": ["price"]}}),
        [["Refund", {"price": 12}], ["Order", {"price": 12}]],
    ),
    "block": (
        rule(EVERY, "drop_properties", {"drop": {"properties": ["price"]}}),
        [["Refund", {"email": SENT["email"]}], ["Order", {"email": SENT["email"]}]],
    ),
    "sample-none": (rule(IS_REFUND, "sample_event", {"sample": {"percent": 0}}), [["Order", SENT]]),
    "sample-all": (rule(EVERY, "sample_event", {"sample": {"percent": 1}}), [["Refund", SENT], ["Order", SENT]]),
}
"""Kind of rule -> the rule, and what is left for the destination that it is for."""


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_holds_for_its_destination_and_for_nobody_else(
    kind: str, admin: Admin, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    site.connect("recorder-one", {})
    site.connect("recorder-two", {})
    wanted, left = RULES[kind]
    compose(visitor, lambda settings: settings.update(middlewareSettings={"routingRules": [wanted]}))
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Refund", SENT)
    visitor.calls("track", "Order", SENT)
    everything = [["Refund", SENT], ["Order", SENT]]
    visitor.until(lambda: received(visitor, "Two") == everything, "both events at the destination without a rule")
    visitor.until(lambda: len(received(visitor, "One")) == len(left), "what is left for the other")
    assert received(visitor, "One") == left
    visitor.until(lambda: len(_tracked(collector, site.write_key)) == 2, "both events at the collector")
    assert [event["properties"] for event in _tracked(collector, site.write_key)] == [SENT, SENT]


def test_a_rule_that_cannot_be_evaluated_costs_its_own_destination_events_and_nobody_else(
    admin: Admin, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    site.connect("recorder-one", {})
    site.connect("recorder-two", {})
    faulty = rule({"type": "fql", "ir": "[nonsense"}, "drop", {})
    compose(visitor, lambda settings: settings.update(middlewareSettings={"routingRules": [faulty]}))
    visitor.visits(pages.publish(own(pages, site)))
    visitor.calls("track", "Order", SENT)
    visitor.until(lambda: received(visitor, "Two") == [["Order", SENT]], "the event at the other destination")
    visitor.until(lambda: _tracked(collector, site.write_key), "the event at the collector")
    assert received(visitor, "One") == []
    assert visitor.errors == []


def test_a_tracking_plan_keeps_events_from_destinations_and_marks_them_for_the_collector(
    admin: Admin, collector: Collector, pages: Pages, visitor: Visitor
) -> None:
    site = admin.site(api_host=collector.api_host)
    site.connect("recorder-one", {})
    site.connect("recorder-two", {})
    plan = {"Refund": {"enabled": False}, "Order": {"enabled": True, "integrations": {"Recorder One": False}}}
    compose(visitor, lambda settings: settings.update(plan={"track": plan}))
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
