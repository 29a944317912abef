"""What the owner of a mobile app has to know after a change: which SDKs the app must or may package."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source

FILTERING = ("kotlin", "react-native", "swift")
"""Source types whose libraries have a plugin that applies destination filters."""


@dataclass(frozen=True, slots=True)
class Advice:
    """``code`` is for programs, ``message`` for people."""

    code: str
    message: str


def advise(source: Source, destination: Destination, definition: Definition) -> tuple[Advice, ...]:
    """Empty but for enabled destinations of mobile sources."""
    if source.platform != "mobile" or not destination.enabled:
        return ()
    need = definition.sdk.get(source.type)
    name = definition.name
    if destination.mode == "device":
        if need is None:
            text = (
                f"no SDK of {name} is known for {source.type}: in device mode it gets events only if the app brings one"
            )
            return (Advice("sdk_unknown", text),)
        text = (
            f"the app must package the {name} SDK for {source.type}: in device mode events go through it, and not to us"
        )
        return (Advice("sdk_must_package", text),)
    if need == "must":
        text = f"{name} works on {source.type} only with its SDK in the app: package it, and use connection_mode DEVICE"
        return (Advice("sdk_must_package", text),)
    if need == "may":
        text = f"the app may package the {name} SDK for {source.type} and use DEVICE; in cloud mode it need not"
        return (Advice("sdk_may_package", text),)
    return ()


def advise_filters(source: Source, destination: Destination, filters: Sequence[Filter]) -> tuple[Advice, ...]:
    """Empty but where an app would have to apply enabled filters itself."""
    applied = source.platform == "mobile" and destination.enabled and destination.mode == "device"
    if not applied or not any(one.enabled for one in filters):
        return ()
    name = destination.display_name
    if source.type in FILTERING:
        text = (
            f"the app must add the destination filters plugin of its {source.type} library: without it events reach "
            f"{name} unfiltered"
        )
        return (Advice("filters_need_plugin", text),)
    text = (
        f"no {source.type} library is known to apply destination filters: events reach {name} unfiltered in device "
        "mode; use connection_mode CLOUD"
    )
    return (Advice("filters_not_applied", text),)
