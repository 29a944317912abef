"""Advice tells the owner of a mobile app what to package, and nobody else anything."""

from dataclasses import replace

import pytest

from edge.manage.advice import advise
from edge.model.definition import ConnectionMode, SdkNeed
from edge.model.destination import Destination
from tests.support.world import DEVICE, IN_DEVICE, SOURCE

IOS = replace(SOURCE, type="ios")


def enabled(mode: ConnectionMode) -> Destination:
    return replace(IN_DEVICE, mode=mode, enabled=True)


@pytest.mark.parametrize("kind", ["javascript", "python"])
def test_only_mobile_sources_get_advice(kind: str) -> None:
    assert advise(replace(SOURCE, type=kind), enabled("device"), DEVICE) == ()


def test_a_disabled_destination_gives_no_advice() -> None:
    assert advise(IOS, replace(IN_DEVICE, enabled=False), DEVICE) == ()


@pytest.mark.parametrize(
    ("sdk", "mode", "codes"),
    [
        ("must", "device", ["sdk_must_package"]),
        ("may", "device", ["sdk_must_package"]),
        (None, "device", ["sdk_unknown"]),
        ("must", "cloud", ["sdk_must_package"]),
        ("may", "cloud", ["sdk_may_package"]),
        (None, "cloud", []),
    ],
)
def test_advice_follows_mode_and_the_need_for_an_sdk(
    sdk: SdkNeed | None, mode: ConnectionMode, codes: list[str]
) -> None:
    definition = replace(DEVICE, sdk={"ios": sdk} if sdk else {})
    advice = advise(IOS, enabled(mode), definition)
    assert [one.code for one in advice] == codes
    assert all("Tally" in one.message and "ios" in one.message for one in advice)
