"""The events that the edge's own sink received for the demo's source: a bounded memory of the last ones."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

import orjson

from edge.model.instant import Clock

KEPT = 200
"""Events remembered; older ones are only counted."""
KEPT_BYTES = 16 * 1024
"""A larger event is remembered without its payload, which bounds the whole memory."""
DESTINATIONS = 100
"""Names counted separately. They come from whoever posts, so their number needs a bound."""

NAMES = {
    "track": "event",
    "page": "name",
    "screen": "name",
    "identify": "userId",
    "group": "groupId",
    "alias": "userId",
}
"""Call -> the field that tells one such event from another (Segment spec, common fields)."""


@dataclass(frozen=True, slots=True)
class Received:
    """One event. ``number`` counts from 1; ``received_at`` is Unix seconds; ``payload`` is JSON text.

    ``routed`` names the cloud-mode destinations that the page left to a server (``_metadata.unbundled``,
    analytics-next ``plugins/segmentio/normalize``).
    """

    number: int
    call: str
    name: str
    received_at: float
    routed: tuple[str, ...]
    payload: bytes | None


@dataclass(slots=True)
class Recorder:
    """The sink's witness. What it cannot read, or what belongs to another source, it leaves out; it never raises."""

    write_key: str
    clock: Clock
    total: int = 0
    by_destination: Counter[str] = field(default_factory=Counter)
    _last: deque[Received] = field(default_factory=lambda: deque(maxlen=KEPT))

    def witness(self, call: str, body: bytes) -> None:
        """Told by the sink of each request: ``call`` is the path's, ``body`` one event or a batch of them."""
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        if not isinstance(document, dict):
            return
        if call != "batch":
            self._take(call, document, document.get("writeKey"))
            return
        batch = document.get("batch")
        for event in batch if isinstance(batch, list) else ():
            if isinstance(event, dict):
                self._take(_text(event.get("type")), event, event.get("writeKey", document.get("writeKey")))

    def after(self, number: int) -> list[Received]:
        """The remembered events that came after event ``number``, oldest first."""
        return [event for event in self._last if event.number > number]

    def _take(self, call: str, event: dict[str, Any], write_key: object) -> None:
        if write_key != self.write_key:
            return
        self.total += 1
        routed = _routed(event)
        counted = self.by_destination
        counted.update(name for name in routed if name in counted or len(counted) < DESTINATIONS)
        received_at = self.clock().wall
        self._last.append(Received(self.total, call, _name(call, event), received_at, routed, _payload(event)))


def _name(call: str, event: dict[str, Any]) -> str:
    """What a person calls the event: a track's event, a page's name, whom an identify or a group is about."""
    return _text(event.get(NAMES.get(call, "")))


def _routed(event: dict[str, Any]) -> tuple[str, ...]:
    metadata = event.get("_metadata")
    names = metadata.get("unbundled") if isinstance(metadata, dict) else None
    if not isinstance(names, list):
        return ()
    return tuple(dict.fromkeys(text for name in names[:DESTINATIONS] if (text := _text(name))))


def _payload(event: dict[str, Any]) -> bytes | None:
    """The event as JSON; ``None`` where it is too large, or nested deeper than can be written."""
    try:
        payload = orjson.dumps(event)
    except orjson.JSONEncodeError:
        return None
    return payload if len(payload) <= KEPT_BYTES else None


def _text(value: object) -> str:
    return value[:100] if isinstance(value, str) else ""
