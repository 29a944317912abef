"""The settings document field by field, as analytics.js-style and mobile clients read it."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import LibraryConfig, Source
from edge.publish.manifest import build
from edge.publish.wire import Origin, asset_path, integrations_document, settings_document, to_json
from tests.publish.catalogs import TYPES, catalogs, destinations, libraries, source_named
from tests.support.world import CLOUD, CODE, DEVICE, IN_CLOUD, IN_DEVICE, KEY, SOURCE

EDGE = Origin("https://edge.example")
DEFINITIONS = {"tally": DEVICE, "courier": CLOUD}


def document(source: Source = SOURCE, origin: Origin = EDGE, *more: Destination) -> dict[str, Any]:
    built = settings_document(build(source, [IN_DEVICE, IN_CLOUD, *more], DEFINITIONS), KEY, origin)
    parsed: dict[str, Any] = orjson.loads(to_json(built))
    return parsed


def with_library(**fields: Any) -> Source:
    return replace(SOURCE, library=LibraryConfig(**fields))


def test_the_whole_document_of_a_web_source() -> None:
    assert document() == {
        "integrations": {
            "Segment.io": {
                "apiKey": KEY,
                "apiHost": "edge.example/v1",
                "protocol": "https",
                "addBundledMetadata": True,
                "unbundledIntegrations": ["Courier"],
            }
        },
        "remotePlugins": [
            {
                "name": "Tally",
                "creationName": "Tally",
                "libraryName": "tallyPlugin",
                "url": f"https://edge.example/next-integrations/actions/tally/{CODE.hash}.js",
                "integrity": CODE.integrity,
                "settings": {"apiKey": "first-api-key"},
            }
        ],
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
    }


def test_the_whole_document_of_a_mobile_source_has_the_settings_where_apps_look_for_them() -> None:
    """analytics-kotlin and analytics-swift enable a packaged plugin by its key in ``integrations``."""
    built = document(replace(SOURCE, type="kotlin"))
    assert built["integrations"]["Tally"] == {"apiKey": "first-api-key"}
    assert built["integrations"]["Segment.io"]["apiKey"] == KEY
    assert built["integrations"]["Segment.io"]["unbundledIntegrations"] == ["Courier"]
    assert built["remotePlugins"] == []
    assert built["metrics"] == {"sampleRate": 0}


def test_the_whole_document_of_a_server_source_has_names_only() -> None:
    built = document(replace(SOURCE, type="go"))
    assert list(built["integrations"]) == ["Segment.io"]
    assert built["remotePlugins"] == []
    assert built["integrations"]["Segment.io"]["unbundledIntegrations"] == ["Courier"]


def test_a_source_without_destinations_is_a_complete_document() -> None:
    built = settings_document(build(SOURCE, [], {}), KEY, EDGE)
    assert built["remotePlugins"] == []
    assert built["integrations"]["Segment.io"]["unbundledIntegrations"] == []


@pytest.mark.parametrize(
    ("source", "instance", "host", "protocol"),
    [
        (None, None, "edge.example/v1", "https"),
        (None, "collect.example/v1", "collect.example/v1", "https"),
        (None, "http://collect.example/v1", "collect.example/v1", "http"),
        ("t.shop.example/v1", None, "t.shop.example/v1", "https"),
        ("t.shop.example/v1", "collect.example/v1", "t.shop.example/v1", "https"),
        ("http://t.shop.example/v1", "collect.example/v1", "t.shop.example/v1", "http"),
        ("https://t.shop.example/v1", None, "t.shop.example/v1", "https"),
    ],
)
def test_events_go_to_the_source_s_api_host_else_the_instance_s_else_this_edge_s_sink(
    source: str | None, instance: str | None, host: str, protocol: str
) -> None:
    segment = document(with_library(api_host=source), replace(EDGE, api_host=instance))["integrations"]["Segment.io"]
    assert (segment["apiHost"], segment["protocol"]) == (host, protocol)


def test_the_sink_of_an_edge_without_tls_is_asked_without_tls() -> None:
    segment = document(SOURCE, Origin("http://127.0.0.1:8080"))["integrations"]["Segment.io"]
    assert (segment["apiHost"], segment["protocol"]) == ("127.0.0.1:8080/v1", "http")


def test_usage_metrics_go_to_the_source_s_own_collector_and_only_when_asked_for() -> None:
    assert document(with_library(metrics_enabled=True, api_host="t.shop.example/v1"))["metrics"] == {
        "host": "t.shop.example/v1",
        "sampleRate": 1,
    }


def test_the_retry_queue_is_mentioned_only_when_it_is_off() -> None:
    assert document(with_library(retry_queue=False))["integrations"]["Segment.io"]["retryQueue"] is False
    assert "retryQueue" not in document()["integrations"]["Segment.io"]


def test_no_destination_can_take_the_place_of_the_collector_s_entry() -> None:
    imposter = replace(DEVICE, creation_name="Segment.io")
    manifest = build(replace(SOURCE, type="ios"), [IN_DEVICE], {"tally": imposter})
    assert settings_document(manifest, KEY, EDGE)["integrations"]["Segment.io"]["apiKey"] == KEY


def test_the_consent_list_has_each_name_once_in_order() -> None:
    again = replace(IN_DEVICE, id="d3", slug="tally-eu", mode="cloud")
    manifest = build(SOURCE, [IN_DEVICE, IN_CLOUD, again], DEFINITIONS)
    assert integrations_document(manifest) == [
        {"name": "Courier", "creationName": "Courier", "category": "Raw Data"},
        {"name": "Tally", "creationName": "Tally", "category": "Analytics"},
    ]


def test_an_asset_s_path_is_slug_and_content_hash() -> None:
    assert asset_path("tally", CODE.hash) == f"/next-integrations/actions/tally/{CODE.hash}.js"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Source, list[Destination], dict[str, Definition]]:
    source = source_named("shop", draw(st.sampled_from(TYPES)), (KEY,), draw(libraries))
    made = [draw(destinations(source, f"n{number}")) for number in range(draw(st.integers(0, 5)))]
    return source, made, {definition.slug: definition for definition in draw(catalogs)}


def turned_around(value: Any) -> Any:
    """The same JSON with the keys of every object in reverse."""
    if isinstance(value, dict):
        return {key: turned_around(value[key]) for key in reversed(value)}
    return [turned_around(inner) for inner in value] if isinstance(value, list) else value


def test_the_order_of_keys_inside_a_setting_does_not_matter() -> None:
    one: dict[str, Any] = {"apiKey": {"b": [{"d": 1, "c": 2}], "a": {"f": 1, "e": 2}}}
    bodies = {
        to_json(settings_document(build(SOURCE, [replace(IN_DEVICE, settings=values)], DEFINITIONS), KEY, EDGE))
        for values in (one, turned_around(one))
    }
    assert len(bodies) == 1


@given(worlds(), st.randoms())
@settings(deadline=None)
def test_the_same_documents_in_any_order_make_the_same_bytes(
    world: tuple[Source, list[Destination], dict[str, Definition]], random: Any
) -> None:
    source, made, definitions = world
    shuffled = made.copy()
    random.shuffle(shuffled)
    turned = {slug: definitions[slug] for slug in reversed(definitions)}
    mirrored = [replace(one, settings=turned_around(one.settings)) for one in shuffled]
    for render in (lambda built: settings_document(built, KEY, EDGE), integrations_document):
        assert to_json(render(build(source, made, definitions))) == to_json(render(build(source, mirrored, turned)))


@given(worlds())
@settings(deadline=None)
def test_whatever_is_configured_the_document_has_what_clients_insist_on(
    world: tuple[Source, list[Destination], dict[str, Definition]],
) -> None:
    """A null entry kills the official client's start; one key beyond Segment.io costs a web page a round trip."""
    source, made, definitions = world
    built = orjson.loads(to_json(settings_document(build(source, made, definitions), KEY, EDGE)))
    assert all(isinstance(entry, dict) for entry in built["integrations"].values())
    assert built["integrations"]["Segment.io"]["apiKey"] == KEY
    assert built["metrics"]["sampleRate"] in (0, 1)
    if source.platform != "mobile":
        needing = {one["creationName"] for one in built["remotePlugins"] if "consentSettings" in one}
        assert set(built["integrations"]) == {"Segment.io"} | needing
        assert ("consentSettings" in built) >= bool(needing)
    if source.platform != "web":
        assert built["remotePlugins"] == []
    names = [plugin["name"] for plugin in built["remotePlugins"]]
    assert len(set(names)) == len(names)
    for plugin in built["remotePlugins"]:
        assert plugin["url"].startswith("https://edge.example/next-integrations/actions/")
        assert plugin["integrity"].startswith("sha384-")
        assert plugin["libraryName"]
