"""Destinations that keep what they are given where a test can read it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.model.definition import Bundle, Definition
from tests.browser.definitions import put_definitions
from tests.browser.visitor import Visitor
from tests.support.world import NEWER, asset

NAMES = ("One", "Two")
BUILDS = ("Old", "New")
"""As two builds of one bundle: under the same global."""
LIBRARIES: Mapping[str, str] = {
    **{name: f"recorder{name}" for name in NAMES},
    **dict.fromkeys(BUILDS, "recorderBuild"),
}
"""The global that each recorder's code sets."""
CODE = """window.%(library)s = () => {
  const track = ({ event }) => { (window.received ??= []).push(["%(name)s", event.event, event.properties]); };
  const about = { name: "Recorder %(name)s", version: "1", type: "destination" };
  return { ...about, isLoaded: () => true, load: () => {}, track };
};"""


def publish_recorders(data_dir: Path) -> None:
    """Put a definition ``recorder-<name>`` for each name into the store of the edge with this data directory."""
    files = {name: asset(CODE % {"name": name, "library": library}) for name, library in LIBRARIES.items()}
    definitions = [
        Definition(
            slug=f"recorder-{name.lower()}",
            name=f"Recorder {name}",
            creation_name=f"Recorder {name}",
            description="Code that keeps events.",
            website="https://recorder.example",
            category="Analytics",
            modes={"web": ("device",)},
            settings=(),
            methods=("track",),
            sdk={},
            bundle=Bundle(file.hash, LIBRARIES[name], file.integrity),
            release=NEWER,
        )
        for name, file in files.items()
    ]
    put_definitions(data_dir, definitions, list(files.values()))


def received(visitor: Visitor, name: str) -> list[list[Any]]:
    """Name and properties of each event that a recorder has taken."""
    calls: list[list[Any]] = visitor.page.evaluate("() => window.received ?? []")
    return [call[1:] for call in calls if call[0] == name]
