"""The rules for destination filters; pure. Each refusal says what is allowed."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from edge.manage.problem import invalid
from edge.model.destination import Destination
from edge.model.filter import Filter, FilterAction, FilterActionType
from edge.publish.fql.errors import FqlError
from edge.publish.fql.matcher import matcher_of
from edge.publish.routing import Rule, obstacle_of, rule_as_json, steps_of

MAX_FILTERS = 50
"""Filters of one destination."""
MAX_ACTIONS = 10
MAX_FIELDS = 200
"""Field names of one action."""
MAX_NAME = 200
"""Characters of a title, a field's name or a path."""
MAX_DESCRIPTION = 2000
MAX_RULES_BYTES = 65_536
"""Of all device-mode filters of a source together, as JSON: every page loads them before its first event."""

TYPES: Mapping[str, FilterActionType] = {
    "drop_event": "drop_event",
    "sample_event": "sample_event",
    "blacklist_fields": "blacklist_fields",
    "whitelist_fields": "whitelist_fields",
    "blocklist_fields": "blacklist_fields",
    "allowlist_fields": "whitelist_fields",
    "drop": "drop_event",
    "sample": "sample_event",
    "drop_properties": "blacklist_fields",
    "allow_properties": "whitelist_fields",
}
"""What clients call an action -> what we call it: the Config API's names first, then its documentation's and the Public
API's, which writes them in capitals."""
OURS = ", ".join(list(TYPES)[:4])
PLACES = ("properties", "context", "traits")
PLACE = re.compile(r"(?:properties|context|traits)(?:\.[^.\x00-\x1f\x7f]+)*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def check_texts(title: str, description: str) -> None:
    if len(title) > MAX_NAME or _CONTROL.search(title):
        raise invalid(f"title: at most {MAX_NAME} characters are allowed, no control characters")
    if len(description) > MAX_DESCRIPTION or _CONTROL_BUT_LINES.search(description):
        raise invalid(f"description: at most {MAX_DESCRIPTION} characters are allowed, no control characters")


def check_condition(condition: str) -> None:
    try:
        matcher_of(condition)
    except FqlError as error:
        raise invalid(f"if: {error}") from None


def read_actions(given: Sequence[Mapping[str, Any]]) -> tuple[FilterAction, ...]:
    """``actions`` as a client sends them: objects with ``type``, and with ``fields``, ``percent`` and ``path``."""
    if not 1 <= len(given) <= MAX_ACTIONS:
        raise invalid(f"actions: {len(given)} are given; allowed are 1 to {MAX_ACTIONS}")
    return tuple(_action(f"actions.{number}", one) for number, one in enumerate(given))


def _action(where: str, given: Mapping[str, Any]) -> FilterAction:
    spelled = str(given.get("type") or "")
    kind = TYPES.get(spelled.lower())
    if kind is None:
        raise invalid(f"{where}.type: {spelled[:60]!r} is no action; allowed: {OURS}")
    fields, percent, path = given.get("fields"), given.get("percent"), given.get("path") or ""
    if kind == "sample_event":
        _refuse(where, kind, fields=fields)
        return FilterAction(kind, percent=_percent(where, percent), path=_path(where, path))
    _refuse(where, kind, percent=percent, path=path)
    if kind == "drop_event":
        _refuse(where, kind, fields=fields)
        return FilterAction(kind)
    return FilterAction(kind, fields=_fields(where, kind, fields or {}))


def _refuse(where: str, kind: FilterActionType, **given: Any) -> None:
    for name, value in given.items():
        if value not in (None, "", {}):
            raise invalid(f"{where}.{name}: {kind} has none; leave it out")


def _percent(where: str, percent: Any) -> float:
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 1:
        shown = "" if percent is None or not math.isfinite(percent) else f" {percent} is given;"
        raise invalid(f"{where}.percent:{shown} allowed are numbers from 0 (no event) to 1 (all of them), as 0.1")
    return percent


def _path(where: str, path: str) -> str:
    steps = path.split(".") if path else []
    if len(path) > MAX_NAME or _CONTROL.search(path) or not all(steps):
        raise invalid(f"{where}.path: allowed is the path of a field, as userId or properties.orderId")
    return path


def _fields(where: str, kind: FilterActionType, given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Place -> names. A place without a list is left alone, as if it were not there."""
    found: dict[str, tuple[str, ...]] = {}
    for place, selection in given.items():
        if len(place) > MAX_NAME or PLACE.match(place) is None:
            allowed = ", ".join(PLACES)
            raise invalid(
                f"{where}.fields: {place[:60]!r} cannot be filtered; allowed: {allowed}, and objects in these, "
                "as context.page"
            )
        names = selection.get("fields") if isinstance(selection, Mapping) else selection
        if names is None:
            continue
        found[place] = _names(f"{where}.fields.{place}", names)
    if sum(map(len, found.values())) > MAX_FIELDS:
        raise invalid(f"{where}.fields: at most {MAX_FIELDS} field names are allowed")
    # Allowing nothing of a place is a wish; blocking nothing is a slip.
    if not found or (kind == "blacklist_fields" and not any(found.values())):
        raise invalid(f'{where}.fields: name at least one field, as {{"properties": {{"fields": ["email"]}}}}')
    return found


def _names(where: str, names: Any) -> tuple[str, ...]:
    if not isinstance(names, list | tuple):
        raise invalid(f'{where}: a list of field names is needed, as {{"fields": ["email"]}}')
    for name in names:
        if not isinstance(name, str) or not 1 <= len(name) <= MAX_NAME or _CONTROL.search(name):
            raise invalid(f"{where}: a field name has 1 to {MAX_NAME} characters and no control characters")
    return tuple(dict.fromkeys(names))


def check_on_device(destination: Destination, filters: Sequence[Filter]) -> None:
    """What a device cannot evaluate is refused where a device would have to: it would drop every event instead."""
    if not destination.enabled or destination.mode != "device":
        return
    for one in filters:
        obstacle = obstacle_of(one.condition) if one.enabled else ""
        if obstacle:
            raise invalid(
                f"if: {obstacle}; {destination.name} is in device mode: write the condition of {_called(one)} in "
                "another way, disable it, or use connection_mode CLOUD"
            )


def check_size(destinations: Sequence[Destination], filters: Sequence[Filter]) -> None:
    """``destinations`` and ``filters`` are all of one source, as they are to be."""
    size = 0
    for destination in destinations:
        mine = [one for one in filters if one.destination_id == destination.id]
        if destination.enabled and destination.mode == "device" and mine:
            rule = Rule(destination.definition, destination.display_name, steps_of(mine))
            size += len(orjson.dumps(rule_as_json(rule)))
    if size > MAX_RULES_BYTES:
        raise invalid(
            f"filter: the device-mode filters of this source come to {size} bytes that each page loads; at most "
            f"{MAX_RULES_BYTES} are allowed: shorten or disable some"
        )


def _called(one: Filter) -> str:
    return f"the filter {one.title!r} ({one.id})" if one.title else f"the filter {one.id}"
