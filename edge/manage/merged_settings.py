"""A destination's settings after a change: what was stored, what is copied from another, what is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge.manage.masks import unmasked
from edge.manage.operation import seen_destination
from edge.manage.problem import invalid
from edge.manage.rules import check_settings
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.token import Principal
from edge.store.documents import is_lost
from edge.store.view import View


@dataclass(frozen=True, slots=True)
class Whence:
    """Another destination of the workspace: the slugs of its source and its own."""

    source: str
    destination: str


def merged_settings(
    stored: Destination,
    definition: Definition,
    given: Mapping[str, Any],
    *,
    clear: bool,
    copied: Mapping[str, Any] | None,
) -> Mapping[str, Any]:
    """What is stored, or copied in its place, merged with what is given, where ``None`` takes a setting away.

    What cannot be opened is kept as it is, or emptied, but never merged: the values that are not given would be lost
    for good, though their key may be found again.
    """
    if is_lost(stored) and not clear and copied is None:
        if not given:
            return stored.settings
        raise invalid(
            "config: the stored settings cannot be decrypted, so nothing can be merged into them; start the edge with "
            "the key that sealed them, or empty config first and set everything anew"
        )
    known = {} if is_lost(stored) else stored.settings
    kept = {} if clear or copied is not None else dict(known)
    changed = dict(copied or {}) | unmasked(definition, known, given)
    check_settings(definition, {name: value for name, value in changed.items() if value is not None})
    return {name: value for name, value in (kept | changed).items() if value is not None}


async def copied_settings(
    view: View,
    principal: Principal,
    workspace: str,
    target: Destination,
    *,
    definition: Definition,
    whence: Whence | None,
) -> Mapping[str, Any] | None:
    """The settings to begin with: those of ``whence`` that the definition knows; ``None`` where nothing is copied."""
    if whence is None:
        return None
    _, other, _ = await seen_destination(view, principal, workspace, whence.source, whence.destination)
    if other.definition != target.definition:
        raise invalid(f"copy_from: {other.name} is no destination of {definition.name}; choose one that is")
    if is_lost(other):
        raise invalid(f"copy_from: the settings of {other.name} cannot be decrypted; choose another destination")
    known = {setting.name for setting in definition.settings}
    return {name: value for name, value in other.settings.items() if name in known}
