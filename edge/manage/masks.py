"""Secrets in answers: masked on the way out, and a mask that comes back unchanged changes nothing."""

from collections.abc import Mapping
from typing import Any

from edge.model.definition import Definition, Setting

BULLETS = "••••••••"
SHOWN = 4
SHORTEST_SHOWN = 12
"""Characters a secret needs before its last four are shown; of a shorter one that would be too large a part."""


def mask(value: Any) -> str:
    """``••••••••dada`` for a text of some length, bullets alone otherwise."""
    if isinstance(value, str) and len(value) >= SHORTEST_SHOWN:
        return BULLETS + value[-SHOWN:]
    return BULLETS


def shown(setting: Setting | None, value: Any) -> Any:
    """``value`` as an answer shows it. A setting that the definition does not know any more counts as secret."""
    if setting is not None and not setting.secret:
        return value
    return mask(value) if value not in (None, "") else value


def unmasked(definition: Definition, stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` with each secret that is merely its own mask replaced by the stored value."""
    result = dict(given)
    for name, value in given.items():
        setting = definition.setting(name)
        if setting is not None and setting.secret and name in stored and value == mask(stored[name]):
            result[name] = stored[name]
    return result
