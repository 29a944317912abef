"""Where a destination is published, or why it is not: the rules of DESIGN section 8, once, for manifest and explain."""

from dataclasses import dataclass
from typing import Literal

from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Platform

Place = Literal["plugin", "packaged", "named", "withheld"]
"""``plugin``: loaded by the page. ``packaged``: listed for the app that packages its SDK. ``named``: cloud mode, by
name only. ``withheld``: not published."""


@dataclass(frozen=True, slots=True)
class Placement:
    place: Place
    reason: str


def place(platform: Platform, destination: Destination, definition: Definition | None) -> Placement:
    """Decide for one destination; ``reason`` is a sentence for people."""
    if not destination.enabled:
        return Placement("withheld", "it is disabled: enable it to publish it")
    if definition is None:
        return Placement("withheld", f"the catalog has no definition {destination.definition!r} any more")
    if destination.mode == "cloud":
        return Placement("named", "cloud mode: its name only, since a server delivers to it; its settings stay here")
    if platform == "server":
        return Placement("withheld", "a server source has no device to run code on: use cloud mode")
    if "device" not in definition.supported(platform):
        return Placement("withheld", f"{definition.name} has no device mode on {platform}: use cloud mode")
    if platform == "mobile":
        return Placement("packaged", "device mode: its exposed settings, for the app that packages its SDK")
    if definition.bundle is None:
        return Placement("withheld", f"{definition.name} has no browser bundle on this edge: use cloud mode")
    return Placement("plugin", "device mode: its code, loaded by the page, with its exposed settings")
