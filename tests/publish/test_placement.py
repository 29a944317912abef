"""Where a destination is published: the rules of DESIGN section 8, every combination."""

from dataclasses import replace
from itertools import product

import pytest

from edge.model.definition import ConnectionMode, Definition
from edge.model.source import PLATFORM_OF_TYPE, Platform
from edge.publish.placement import Place, place
from tests.support.world import CLOUD, DEVICE, IN_DEVICE

PLATFORMS: tuple[Platform, ...] = ("web", "mobile", "server")
MODES: tuple[ConnectionMode, ...] = ("device", "cloud")
WITHOUT_BUNDLE = replace(DEVICE, bundle=None)

# platform, mode, definition -> place, and a word of the reason
TABLE: list[tuple[Platform, ConnectionMode, Definition | None, Place, str]] = [
    ("web", "device", DEVICE, "plugin", "loaded by the page"),
    ("web", "device", WITHOUT_BUNDLE, "withheld", "no browser bundle"),
    ("web", "device", CLOUD, "withheld", "no device mode on web"),
    ("web", "device", None, "withheld", "no definition"),
    ("web", "cloud", DEVICE, "named", "name only"),
    ("web", "cloud", CLOUD, "named", "name only"),
    ("web", "cloud", None, "withheld", "no definition"),
    ("mobile", "device", DEVICE, "packaged", "packages its SDK"),
    ("mobile", "device", WITHOUT_BUNDLE, "packaged", "packages its SDK"),
    ("mobile", "device", CLOUD, "withheld", "no device mode on mobile"),
    ("mobile", "cloud", DEVICE, "named", "name only"),
    ("server", "device", DEVICE, "withheld", "no device to run code on"),
    ("server", "device", replace(DEVICE, modes={"server": ("device",)}), "withheld", "no device to run code on"),
    ("server", "cloud", CLOUD, "named", "name only"),
]


@pytest.mark.parametrize(("platform", "mode", "definition", "expected", "reason"), TABLE)
def test_an_enabled_destination_is_where_its_mode_and_definition_put_it_and_the_reason_says_why(
    platform: Platform, mode: ConnectionMode, definition: Definition | None, expected: Place, reason: str
) -> None:
    placement = place(platform, replace(IN_DEVICE, mode=mode), definition)
    assert placement.place == expected
    assert reason in placement.reason


@pytest.mark.parametrize(("platform", "mode", "definition"), list(product(PLATFORMS, MODES, [DEVICE, CLOUD, None])))
def test_a_disabled_destination_is_nowhere(
    platform: Platform, mode: ConnectionMode, definition: Definition | None
) -> None:
    placement = place(platform, replace(IN_DEVICE, enabled=False, mode=mode), definition)
    assert placement.place == "withheld"
    assert "enable it" in placement.reason


@pytest.mark.parametrize("mode", MODES)
def test_no_server_source_is_ever_told_to_run_code(mode: ConnectionMode) -> None:
    servers = [kind for kind, platform in PLATFORM_OF_TYPE.items() if platform == "server"]
    assert servers
    anything = replace(DEVICE, modes=dict.fromkeys(PLATFORMS, MODES))
    for kind in servers:
        assert place(PLATFORM_OF_TYPE[kind], replace(IN_DEVICE, mode=mode), anything).place in ("withheld", "named")
