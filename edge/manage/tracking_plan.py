"""A tracking plan as a client sends it: read, and checked field by field.

{"track": {"__default": {"enabled": true}, "Order Completed": {"enabled": true, "integrations": {"Tally": false}}}}
"""

from collections.abc import Mapping
from typing import Any

import orjson

from edge.manage.problem import invalid
from edge.model.plan import DEFAULT_EVENT, PlannedEvent, TrackingPlan
from edge.publish.wire import plan_as_json

FIELD = "tracking_plan"
MAX_EVENTS = 2000
MAX_NAME = 200
MAX_INTEGRATIONS = 100
MAX_PLAN_BYTES = 65_536
"""Of a plan as pages get it, in JSON: every page loads it before its first event."""


def read_plan(given: Mapping[str, Any]) -> TrackingPlan:
    """The plan in ``given``, empty for none."""
    unread = sorted(given.keys() - {"track"})
    if unread:
        raise invalid(f"{FIELD}.{unread[0][:60]}: no client reads it; allowed: track")
    track = given.get("track")
    if track is None:
        return {}
    if not isinstance(track, Mapping):
        raise invalid(f"{FIELD}.track: an object is needed, from an event's name to what becomes of it")
    if len(track) > MAX_EVENTS:
        raise invalid(f"{FIELD}.track: {len(track)} events are given; at most {MAX_EVENTS} are allowed")
    plan = {_named(f"{FIELD}.track", name): _event(f"{FIELD}.track.{name}", one) for name, one in track.items()}
    size = len(orjson.dumps(plan_as_json(plan)))
    if size > MAX_PLAN_BYTES:
        raise invalid(
            f"{FIELD}: it comes to {size} bytes that each page loads; at most {MAX_PLAN_BYTES} are allowed: leave "
            f"events out that are treated as {DEFAULT_EVENT} says"
        )
    return plan


def _event(where: str, given: Any) -> PlannedEvent:
    if not isinstance(given, Mapping):
        raise invalid(f'{where}: an object is needed, as {{"enabled": true}}')
    unknown = sorted(given.keys() - {"enabled", "integrations"})
    if unknown:
        raise invalid(f"{where}.{unknown[0][:60]}: there is no such field here; allowed: enabled, integrations")
    enabled, integrations = given.get("enabled"), given.get("integrations") or {}
    if not isinstance(enabled, bool):
        raise invalid(f"{where}.enabled: it is required; allowed: true, false")
    if not isinstance(integrations, Mapping) or not all(isinstance(on, bool) for on in integrations.values()):
        raise invalid(f"{where}.integrations: an object is needed, from a destination's creation name to true or false")
    if len(integrations) > MAX_INTEGRATIONS:
        raise invalid(f"{where}.integrations: at most {MAX_INTEGRATIONS} are allowed")
    return PlannedEvent(enabled, {_named(f"{where}.integrations", name): on for name, on in integrations.items()})


def _named(where: str, name: str) -> str:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise invalid(
            f"{where}: {name[:60]!r} is no name; allowed are 1 to {MAX_NAME} characters, no control characters"
        )
    return name
