"""The rules of DESIGN section 8, and that each refusal names what is allowed."""

from dataclasses import replace
from typing import Any

import pytest

from edge.manage.problem import ProblemError
from edge.manage.rules import MAX_DESTINATIONS, check_enabled, check_settings, check_siblings, resolve_mode
from edge.model.definition import ConnectionMode, Definition
from edge.model.source import PLATFORM_OF_TYPE, Source
from tests.support.world import CLOUD, DEVICE, IN_DEVICE, SOURCE

IOS = replace(SOURCE, id="s-ios", slug="app", type="ios")
SERVER = replace(SOURCE, id="s-server", slug="backend", type="python")
DEVICE_ONLY = replace(DEVICE, modes={"web": ("device",), "mobile": ("device",)})
CLOUD_ON_SERVERS = replace(DEVICE, modes={"server": ("cloud",)})


@pytest.mark.parametrize(
    ("source", "definition", "mode"),
    [
        (SOURCE, DEVICE, "device"),
        (SOURCE, CLOUD, "cloud"),
        (IOS, DEVICE, "cloud"),
        (IOS, DEVICE_ONLY, "device"),
        (SERVER, DEVICE, "cloud"),
    ],
)
def test_the_default_mode_is_the_platforms_where_that_is_supported(
    source: Source, definition: Definition, mode: ConnectionMode
) -> None:
    assert resolve_mode(source, definition, None) == mode


@pytest.mark.parametrize("kind", sorted(PLATFORM_OF_TYPE))
def test_every_source_type_has_a_default_mode(kind: str) -> None:
    assert resolve_mode(replace(SOURCE, type=kind), DEVICE, None) in DEVICE.supported(PLATFORM_OF_TYPE[kind])


@pytest.mark.parametrize(
    ("source", "definition", "asked", "says"),
    [
        (SERVER, DEVICE, "device", ["server source", "python", "no device", "CLOUD"]),
        (SOURCE, CLOUD, "device", ["Courier", "web", "allowed: CLOUD"]),
        (SOURCE, DEVICE_ONLY, "cloud", ["Tally", "allowed: DEVICE"]),
        (SOURCE, CLOUD_ON_SERVERS, "cloud", ["Tally", "web", "server"]),
        (SOURCE, CLOUD_ON_SERVERS, None, ["Tally", "web", "server"]),
    ],
)
def test_a_mode_that_is_not_supported_is_refused_with_those_that_are(
    source: Source, definition: Definition, asked: ConnectionMode | None, says: list[str]
) -> None:
    with pytest.raises(ProblemError) as refused:
        resolve_mode(source, definition, asked)
    assert refused.value.kind == "invalid"
    assert all(word in refused.value.text for word in says), refused.value.text


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"apiKye": "x"}, ["apiKye", "apiKey"]),
        ({"nothing-like-it": "x"}, ["nothing-like-it", "apiKey, secretKey"]),
        ({"apiKey": 5}, ["apiKey", "text"]),
        ({"secretKey": ["hush-hush-hush"]}, ["secretKey", "text"]),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_by_name(settings: dict[str, Any], says: list[str]) -> None:
    with pytest.raises(ProblemError) as refused:
        check_settings(DEVICE, settings)
    assert all(word in refused.value.text for word in says), refused.value.text
    assert "hush" not in refused.value.text


def test_required_settings_are_named_when_a_destination_is_enabled() -> None:
    with pytest.raises(ProblemError, match="apiKey"):
        check_enabled(SOURCE, replace(IN_DEVICE, settings={"apiKey": "  "}), DEVICE)


def test_a_default_satisfies_a_required_setting() -> None:
    settings = tuple(replace(one, default="d") if one.required else one for one in DEVICE.settings)
    check_enabled(SOURCE, replace(IN_DEVICE, settings={}), replace(DEVICE, settings=settings))


def test_a_value_that_was_stored_under_other_rules_is_not_enabled_and_not_shown() -> None:
    stricter = replace(
        DEVICE, settings=tuple(replace(one, pattern="phc_.*") if one.required else one for one in DEVICE.settings)
    )
    before = replace(IN_DEVICE, settings={"apiKey": "phx_0123456789abcdef"})
    with pytest.raises(ProblemError, match=r"Tally.*apiKey.*set it anew") as refused:
        check_enabled(SOURCE, before, stricter)
    assert "phx_" not in str(refused.value)
    check_enabled(SOURCE, replace(IN_DEVICE, settings={"apiKey": "phc_1"}), stricter)


def test_web_device_mode_needs_browser_code_and_cloud_mode_does_not() -> None:
    bare = replace(DEVICE, bundle=None)
    with pytest.raises(ProblemError, match=r"Tally.*CLOUD"):
        check_enabled(SOURCE, IN_DEVICE, bare)
    check_enabled(SOURCE, replace(IN_DEVICE, mode="cloud"), bare)
    check_enabled(IOS, IN_DEVICE, bare)


def test_a_mobile_source_has_one_enabled_device_mode_destination_of_a_definition() -> None:
    second = replace(IN_DEVICE, id="d9", slug="tally-eu")
    with pytest.raises(ProblemError, match=r"destinations/tally .*CLOUD"):
        check_siblings(IOS, second, [IN_DEVICE])
    check_siblings(IOS, replace(second, enabled=False), [IN_DEVICE])
    check_siblings(IOS, replace(second, mode="cloud"), [IN_DEVICE])
    check_siblings(IOS, second, [replace(IN_DEVICE, enabled=False)])
    check_siblings(SOURCE, second, [IN_DEVICE])


def test_a_source_has_no_more_destinations_than_a_page_can_use() -> None:
    others = [replace(IN_DEVICE, id=f"d-{number}") for number in range(MAX_DESTINATIONS)]
    check_siblings(SOURCE, others[0], others)
    with pytest.raises(ProblemError, match=str(MAX_DESTINATIONS)):
        check_siblings(SOURCE, replace(IN_DEVICE, id="one-more"), others)
