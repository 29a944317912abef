"""Consent categories and tracking plans in the settings document, field by field as clients look for them."""

from dataclasses import replace
from typing import Any

import orjson

from edge.model.destination import Destination
from edge.model.plan import PlannedEvent
from edge.model.source import Source
from edge.publish.manifest import build
from edge.publish.wire import Origin, settings_document, to_json
from tests.support.world import CLOUD, DEVICE, IN_CLOUD, IN_DEVICE, KEY, SOURCE

DEFINITIONS = {"tally": DEVICE, "courier": CLOUD}
SECOND = replace(IN_DEVICE, id="d3", slug="tally-eu")
PLAN = {"__default": PlannedEvent(True), "Order": PlannedEvent(False, {"Tally": False})}
UNCLASSIC: dict[str, Any] = {"versionSettings": {"componentTypes": []}}


def needing(destination: Destination, *categories: str) -> Destination:
    return replace(destination, consent_categories=categories)


def document(*destinations: Destination, source: Source = SOURCE) -> dict[str, Any]:
    manifest = build(source, destinations, DEFINITIONS)
    found: dict[str, Any] = orjson.loads(to_json(settings_document(manifest, KEY, Origin("https://edge.example"))))
    found["integrations"].pop("Segment.io")
    return found


def planned(*destinations: Destination, kind: str = "javascript") -> dict[str, Any]:
    return document(*destinations, source=replace(SOURCE, type=kind, tracking_plan=PLAN))


def test_without_consent_and_plan_nothing_is_said_of_them() -> None:
    found = document(IN_DEVICE, IN_CLOUD)
    assert found["integrations"] == {}
    assert {"consentSettings", "plan", "middlewareSettings"} & found.keys() == set()
    assert "consentSettings" not in found["remotePlugins"][0]


def test_categories_are_named_for_the_wrappers_and_for_our_own_client() -> None:
    found = document(needing(IN_DEVICE, "ads", "stats"), needing(IN_CLOUD, "mail"))
    assert found["consentSettings"] == {"allCategories": ["ads", "mail", "stats"], "hasUnmappedDestinations": False}
    assert found["integrations"] == {"Tally": UNCLASSIC | {"consentSettings": {"categories": ["ads", "stats"]}}}
    assert found["remotePlugins"][0]["consentSettings"] == {"categories": ["ads", "stats"]}


def test_a_published_destination_that_needs_no_consent_is_unmapped_whatever_its_mode() -> None:
    assert document(needing(IN_DEVICE, "ads"), IN_CLOUD)["consentSettings"]["hasUnmappedDestinations"] is True
    assert document(IN_DEVICE, needing(IN_CLOUD, "ads"))["consentSettings"]["hasUnmappedDestinations"] is True
    off = replace(IN_CLOUD, enabled=False)
    assert document(needing(IN_DEVICE, "ads"), off)["consentSettings"]["hasUnmappedDestinations"] is False


def test_categories_of_a_disabled_destination_are_not_published() -> None:
    assert "consentSettings" not in document(replace(needing(IN_DEVICE, "ads"), enabled=False), IN_CLOUD)


def test_destinations_of_one_definition_need_all_for_the_wrappers_and_their_own_for_our_client() -> None:
    found = document(needing(IN_DEVICE, "ads"), needing(SECOND, "stats"))
    assert found["integrations"]["Tally"]["consentSettings"] == {"categories": ["ads", "stats"]}
    assert [one["consentSettings"]["categories"] for one in found["remotePlugins"]] == [["ads"], ["stats"]]


def test_an_app_finds_categories_beside_the_settings_of_its_packaged_destination() -> None:
    found = document(needing(IN_DEVICE, "ads"), source=replace(SOURCE, type="swift"))
    assert found["integrations"] == {"Tally": {"apiKey": "first-api-key", "consentSettings": {"categories": ["ads"]}}}
    assert found["consentSettings"]["allCategories"] == ["ads"]


def test_a_plan_is_published_whole_and_destinations_are_listed_so_that_the_official_client_reads_it() -> None:
    found = planned(IN_DEVICE, IN_CLOUD)
    assert found["plan"] == {
        "track": {
            "__default": {"enabled": True, "integrations": {}},
            "Order": {"enabled": False, "integrations": {"Tally": False}},
        }
    }
    assert found["integrations"] == {"Tally": UNCLASSIC}


def test_with_cloud_mode_alone_a_plan_lists_it_as_sent_from_a_server() -> None:
    assert planned(IN_CLOUD)["integrations"] == {"Courier": UNCLASSIC | {"bundlingStatus": "unbundled"}}


def test_a_server_source_publishes_neither_plan_nor_consent() -> None:
    found = document(needing(IN_CLOUD, "ads"), source=replace(SOURCE, type="go", tracking_plan=PLAN))
    assert {"consentSettings", "plan"} & found.keys() == set()


def test_an_event_may_be_called_what_javascript_finds_special() -> None:
    """The document is read by JSON.parse, which makes a field of it like any other."""
    source = replace(SOURCE, tracking_plan={"__proto__": PlannedEvent(False)})
    assert document(IN_DEVICE, source=source)["plan"]["track"]["__proto__"]["enabled"] is False
