"""What an entry of the journal changed, as people read it. Pure.

A value is shown only where the definition, as it is today, publishes that setting: what a release calls a secret now is
no longer shown, though the journal was written when it was none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from edge.model.definition import Definition
from edge.store.diff import MASK
from edge.store.documents import same_json

Kind = Literal["workspace", "source", "destination", "filter"]
Action = Literal["created", "changed", "deleted"]
KINDS: tuple[Kind, ...] = ("source", "destination", "filter", "workspace")

SETTINGS = "settings."
NESTED = ("library", "loader")
"""Fields that hold several: told one by one."""
UNTOLD = frozenset(
    ("id", "source_id", "source_name", "workspace", "destination_id", "destination_name", "created_at", "updated_at")
)
LABELS = {
    "display_name": "Name",
    "slug": "Slug",
    "type": "Type",
    "definition": "Definition",
    "enabled": "Enabled",
    "mode": "Connection mode",
    "consent_categories": "Consent categories",
    "write_keys": "Write keys",
    "retired_keys": "Retired keys",
    "library.api_host": "API host",
    "library.metrics_enabled": "Client metrics",
    "library.retry_queue": "Retry queue",
    "library.cross_domain_id_enabled": "Cross-domain identity",
    "loader.client": "Client",
    "loader.version": "Version of the client",
    "loader.bundle": "Destinations' code",
    "title": "Title",
    "description": "Description",
    "condition": "Condition",
    "actions": "Actions",
    "settings": "Settings",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. ``before`` and ``after`` are texts, empty for nothing; of a secret only whether it was there."""

    label: str
    before: str
    after: str
    secret: bool = False


def kind_of_name(name: str) -> Kind:
    """The kind of document that a resource name is of."""
    parts = name.split("/")[0::2]
    match parts:
        case [*_, "filters"]:
            return "filter"
        case [*_, "destinations"]:
            return "destination"
        case [*_, "sources"]:
            return "source"
        case _:
            return "workspace"


def action_of(diff: Mapping[str, Sequence[Any]]) -> Action:
    before, after = diff.get("id", (True, True))
    if before is None:
        return "created"
    return "deleted" if after is None else "changed"


def differences(diff: Mapping[str, Sequence[Any]], definition: Definition | None) -> tuple[Difference, ...]:
    """``diff`` as ``edge.store.diff`` makes it: field path -> before and after."""
    return tuple(
        _difference(path, before, after, definition)
        for path, before, after in _flat(diff)
        if path not in UNTOLD and (MASK in (before, after) or not same_json(before, after))
    )


def _flat(diff: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, Any, Any]]:
    for path, (before, after) in diff.items():
        if path not in NESTED:
            yield path, before, after
            continue
        old, new = (side if isinstance(side, Mapping) else {} for side in (before, after))
        for name in dict.fromkeys((*old, *new)):
            yield f"{path}.{name}", old.get(name), new.get(name)


def _difference(path: str, before: Any, after: Any, definition: Definition | None) -> Difference:
    if not path.startswith(SETTINGS):
        label = LABELS.get(path, path)
        if path.startswith("tracking_plan."):
            label = f"Tracking plan: {path.partition('.')[2]}"
        return Difference(label, words(before), words(after))
    name = path.removeprefix(SETTINGS)
    setting = definition.setting(name) if definition is not None else None
    label = setting.display_name if setting is not None else name
    if setting is None or setting.secret or not setting.expose or MASK in (before, after):
        old, new = ("a value" if side is not None else "" for side in (before, after))
        return Difference(label, old, "another value" if old and new else new, secret=True)
    return Difference(label, words(before), words(after))


def words(value: Any) -> str:
    """A value as text; empty for nothing."""
    match value:
        case None | "" | [] | () | {}:
            return ""
        case bool():
            return "on" if value else "off"
        case str():
            return value
        case list() | tuple() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
        case _:
            return orjson.dumps(value).decode()
