"""The readable difference of two documents, for the journal.

A setting that is not published is shown as changed, never by value: settings are sealed everywhere else, and one that
no definition calls a secret today may be called so by the next release.
"""

from dataclasses import asdict
from typing import Any

from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.store.documents import Document, is_lost, same_json

MASK = "••••••••"


def diff_of(before: Document | None, after: Document | None, definition: Definition | None) -> dict[str, list[Any]]:
    """Field path -> [before, after], for the fields that differ; ``None`` where a side does not exist."""
    old, new = _fields(before), _fields(after)
    paths = sorted(path for path in {*old, *new} if not same_json(old.get(path), new.get(path)))
    return {path: [_shown(path, side.get(path), definition) for side in (old, new)] for path in paths}


def _fields(document: Document | None) -> dict[str, Any]:
    if document is None:
        return {}
    fields = asdict(document)
    if is_lost(document):
        return fields | {"settings": MASK}
    if isinstance(document, Destination):
        settings = fields.pop("settings")
        fields |= {f"settings.{name}": value for name, value in settings.items()}
    if isinstance(document, Source):
        # Event by event: a whole plan, twice, says little about one event in it.
        fields |= {f"tracking_plan.{event}": planned for event, planned in (fields.pop("tracking_plan") or {}).items()}
    return fields


def _shown(path: str, value: Any, definition: Definition | None) -> Any:
    if value is None or not path.startswith("settings."):
        return value
    setting = definition.setting(path.removeprefix("settings.")) if definition else None
    return value if setting is not None and setting.expose and not setting.secret else MASK
