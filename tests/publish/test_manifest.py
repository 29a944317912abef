"""What one source publishes: the allow-list, names, order."""

from dataclasses import replace
from typing import Any

import pytest

from edge.model.definition import ADDED, Setting
from edge.model.destination import Destination
from edge.model.source import Source
from edge.publish.manifest import Named, Packaged, Plugin, build, exposed, plugin_name
from tests.support.world import CLOUD, DEVICE, IN_CLOUD, IN_DEVICE, SOURCE

DEFINITIONS = {"tally": DEVICE, "courier": CLOUD}
APP = replace(SOURCE, type="ios")
SERVER = replace(SOURCE, type="python")
SECOND = replace(IN_DEVICE, id="d3", slug="tally-eu", settings={"apiKey": "second"})


def defined(**settings: Any) -> Destination:
    return replace(IN_DEVICE, settings=settings)


def test_a_web_source_publishes_plugins_and_names() -> None:
    manifest = build(SOURCE, [IN_DEVICE, IN_CLOUD], DEFINITIONS)
    assert DEVICE.bundle is not None
    assert manifest.plugins == (
        Plugin("Tally", "Tally", "tally", "Analytics", DEVICE.bundle, {"apiKey": "first-api-key"}),
    )
    assert manifest.named == (Named("Courier", "Raw Data"),)
    assert manifest.packaged == ()


def test_code_of_a_definition_that_no_release_brought_is_marked() -> None:
    for release, added in ((ADDED, True), ("1.0.0", False)):
        (plugin,) = build(SOURCE, [IN_DEVICE], {"tally": replace(DEVICE, release=release)}).plugins
        assert plugin.added is added


def test_a_mobile_source_publishes_what_apps_package_and_no_code() -> None:
    manifest = build(APP, [IN_DEVICE, IN_CLOUD], DEFINITIONS)
    assert manifest.packaged == (Packaged("Tally", "Analytics", {"apiKey": "first-api-key"}),)
    assert manifest.named == (Named("Courier", "Raw Data"),)
    assert manifest.plugins == ()


def test_a_server_source_publishes_names_only() -> None:
    manifest = build(SERVER, [IN_DEVICE, IN_CLOUD], DEFINITIONS)
    assert (manifest.plugins, manifest.packaged) == ((), ())
    assert manifest.named == (Named("Courier", "Raw Data"),)


def test_two_destinations_of_one_definition_are_two_plugins_told_apart_by_name() -> None:
    manifest = build(SOURCE, [SECOND, IN_DEVICE], DEFINITIONS)
    assert [(plugin.name, plugin.creation_name) for plugin in manifest.plugins] == [
        ("Tally", "Tally"),
        ("Tally (tally-eu)", "Tally"),
    ]
    assert plugin_name(SECOND, DEVICE) == "Tally (tally-eu)"


def test_a_name_that_occurs_twice_is_published_once_and_the_first_by_name_gives_an_app_its_settings() -> None:
    both = [replace(one, mode="cloud") for one in (IN_DEVICE, SECOND)]
    assert build(SOURCE, both, DEFINITIONS).named == (Named("Tally", "Analytics"),)
    assert build(APP, [SECOND, IN_DEVICE], DEFINITIONS).packaged == (
        Packaged("Tally", "Analytics", {"apiKey": "first-api-key"}),
    )


@pytest.mark.parametrize("source", [SOURCE, APP, SERVER], ids=["web", "mobile", "server"])
def test_the_order_of_what_is_read_does_not_matter(source: Source) -> None:
    documents = [IN_DEVICE, SECOND, IN_CLOUD]
    expected = build(source, documents, DEFINITIONS)
    assert build(source, documents[::-1], dict(reversed(DEFINITIONS.items()))) == expected


@pytest.mark.parametrize(
    ("setting", "values", "published"),
    [
        (Setting("x", "X", "string", expose=True), {"x": "v"}, {"x": "v"}),
        (Setting("x", "X", "string", expose=True), {}, {}),
        (Setting("x", "X", "string", expose=True, default="d"), {}, {"x": "d"}),
        (Setting("x", "X", "string", expose=True, default="d"), {"x": "v"}, {"x": "v"}),
        (Setting("x", "X", "string", expose=True, default="d"), {"x": None}, {}),
        (Setting("x", "X", "boolean", expose=True, default=True), {"x": False}, {"x": False}),
        (Setting("x", "X", "number", expose=True, default=7), {"x": 0}, {"x": 0}),
        (Setting("x", "X", "string", expose=True, default="d"), {"x": ""}, {"x": ""}),
        (Setting("x", "X", "string"), {"x": "v"}, {}),
        (Setting("x", "X", "string", default="d"), {}, {}),
        (Setting("x", "X", "string", secret=True), {"x": "v"}, {}),
        (Setting("x", "X", "password", expose=True, secret=True), {"x": "v"}, {}),
        (Setting("x", "X", "string", expose=True), {"y": "unknown"}, {}),
    ],
)
def test_only_exposed_settings_that_are_no_secret_are_published_with_their_value_or_default(
    setting: Setting, values: dict[str, Any], published: dict[str, Any]
) -> None:
    assert exposed(defined(**values), replace(DEVICE, settings=(setting,))) == published
