"""Definitions of destinations whose browser code is at fault, each in another way."""

from collections.abc import Mapping
from pathlib import Path

from edge.model.definition import Bundle, Definition
from tests.browser.definitions import put_definitions
from tests.support.world import NEWER, asset

PLUGIN = "name: 'Faulty', version: '1', type: 'destination', isLoaded: () => true"
CODE: Mapping[str, str] = {
    "script-throws": "throw new Error('at fault: the script');",
    "sets-no-library": "window.somethingElse = () => ({});",
    "factory-throws": "window.faulty = () => { throw new Error('at fault: the factory'); };",
    "returns-no-plugin": "window.faulty = () => ({ name: 'Faulty' });",
    "load-rejects": f"window.faulty = () => ({{ {PLUGIN}, load: () => Promise.reject(new Error('at fault')) }});",
    "load-hangs": f"window.faulty = () => ({{ {PLUGIN}, load: () => new Promise(() => {{}}) }});",
    "calls-throw": (
        f"window.faulty = () => ({{ {PLUGIN}, load: () => {{}},"
        " page() { throw new Error('at fault: page'); }, track: () => Promise.reject(new Error('at fault: track')),"
        " identify: () => new Promise(() => {}) });"
    ),
}
"""Fault -> script. Each has an integrity of its own that is right: what is wrong is what the code does."""


RECORDS: Mapping[str, str] = {
    "not": (
        f"window.seen = []; window.faulty = () => ({{ {PLUGIN}, load: () => {{}},"
        " page: ({ event }) => { window.seen.push(event.type); },"
        " track: ({ event }) => { window.seen.push(event.event); } });"
    ),
}
"""Code that is at no fault: it keeps what it is called with in ``window.seen``."""


def publish_faulty(data_dir: Path, codes: Mapping[str, str] = CODE) -> None:
    """Put a definition ``faulty-<fault>`` for each fault into the store at this place."""
    assets = {fault: asset(code) for fault, code in codes.items()}
    definitions = [
        Definition(
            slug=f"faulty-{fault}",
            name=f"Faulty ({fault})",
            creation_name=f"Faulty {fault}",
            description="Code that is at fault.",
            website="https://faulty.example",
            category="Analytics",
            modes={"web": ("device",)},
            settings=(),
            methods=("track", "identify", "page"),
            sdk={},
            bundle=Bundle(file.hash, "faulty", file.integrity),
            release=NEWER,
        )
        for fault, file in assets.items()
    ]
    put_definitions(data_dir, definitions, list(assets.values()))
