"""Secrets in answers: masked on the way out, and a mask that comes back unchanged changes nothing."""

from collections.abc import Mapping
from typing import Any

from edge.manage.problem import invalid
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
    """``given`` with each secret that is merely its own mask replaced by the stored value.

    Refuses any other mask of a secret: kept as it is, it would quietly take the credential's place.
    """
    result = dict(given)
    for name, value in given.items():
        setting = definition.setting(name)
        if setting is None or not setting.secret or not isinstance(value, str) or not value.startswith(BULLETS):
            continue
        if name not in stored or value != mask(stored[name]):
            raise invalid(
                f"config: {name}: this is a mask, and not that of the stored value; "
                "send the value itself, or leave the setting out to keep what is stored"
            )
        result[name] = stored[name]
    return result
