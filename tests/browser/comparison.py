"""Two clients' doings side by side: what one run of the steps left, without ids and times, and where two differ."""

import re
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.browser.collector import Collector
from tests.browser.visitor import Visitor

Run = dict[str, dict[str, Any]]
"""By step: ``outcome``, ``heard`` (by listeners), ``device`` (the destination's calls), ``identity``, ``payloads``."""

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MESSAGE_ID = re.compile(rf"(?:ajs-next|edgewise)-\d+-{UUID.pattern}")
RECENT_SECONDS = 600.0


def run(visitor: Visitor, collector: Collector, write_key: str, only: Collection[str] = ()) -> Run:
    """Every step of ``scripts/steps.js``, or these, one after the other, on the page that the visitor has open."""
    names: list[str] = visitor.page.evaluate("() => window.steps.map(([name]) => name)")
    assert len(set(names)) == len(names)
    assert set(only) <= set(names)
    visitor.page.evaluate("() => window.listen(window.analytics)")
    found: Run = {}
    for index, name in enumerate(names):
        if only and name not in only:
            continue
        before = len(collector.events(write_key))
        done: dict[str, Any] = visitor.page.evaluate("(index) => window.run(index)", index)
        payloads = collector.events(write_key)[before:]
        found[name] = normalized({**done, "payloads": sorted(payloads, key=_order)})
    return found


def _order(payload: Mapping[str, Any]) -> tuple[str, str]:
    # Posts of one step may overtake each other on their way.
    return payload["timestamp"] or "", payload["type"]


def normalized(value: Any, key: str = "") -> Any:
    """The value with ids that a client made, moments of the run and the library's name put out of the way."""
    if isinstance(value, dict):
        return {name: "LIBRARY" if name == "library" else normalized(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [normalized(inner, key) for inner in value]
    if not isinstance(value, str):
        return value
    return "NOW" if _is_recent(value) else UUID.sub("UUID", MESSAGE_ID.sub("MESSAGE", value))


def _is_recent(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", text):
        return False
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return abs(time.time() - moment.timestamp()) < RECENT_SECONDS


def differing(theirs: Any, ours: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Paths at which two values differ, with what each has there; ``...`` where one has nothing."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted({*theirs, *ours}):
            yield from differing(theirs.get(name, ...), ours.get(name, ...), f"{path}.{name}".lstrip("."))
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for number, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differing(one, other, f"{path}[{number}]")
    elif theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
        yield path, theirs, ours
