"""What another admin changed of a destination while somebody filled in its form; and the form after that.

    form made at 7 ── another commits 8 ── the form is sent: what 7 → 8 changed is told, and it is asked again, for 8

What the second one touched stays as typed; what only the other touched is taken over. Nothing is lost unseen. Who
copies settings from another destination touches all of the settings, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from edge.console.forms import Form
from edge.console.setting_fields import CLEAR, LOOK, PREFIX, Field
from edge.manage.destinations import DestinationPatch
from edge.model.definition import Definition, Setting
from edge.model.destination import Destination
from edge.store.documents import is_lost, same_json

OWN = {"display_name": "display_name", "enabled": "enabled", "mode": "mode", "consent_categories": "consent_categories"}
"""The patch's fields beside the settings -> the form's."""
NOT_SET = "not set"
LONGEST = 15
"""Digits of a position."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that another changed; ``touched``: and so did whoever filled in this form. Of a secret only that."""

    label: str
    before: str
    after: str
    touched: bool


def position_in(form: Form) -> int:
    """The position for which a form was made; -1, which nothing is at, where it says none."""
    text = form.text("position")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else -1


def changes(base: Destination, now: Destination, definition: Definition, patch: DestinationPatch) -> tuple[Change, ...]:
    found = [
        Change(label, _text(before), _text(after), getattr(patch, name) is not None)
        for label, name, before, after in (
            ("Name", "display_name", base.display_name, now.display_name),
            ("State", "enabled", _state(base), _state(now)),
            ("Connection mode", "mode", f"{base.mode} mode", f"{now.mode} mode"),
            ("Consent categories", "consent_categories", list(base.consent_categories), list(now.consent_categories)),
        )
        if before != after
    ]
    copies = patch.copy_from is not None
    if is_lost(base) or is_lost(now):
        return (*found, Change("Settings", "cannot be compared", "cannot be compared", copies or bool(patch.settings)))
    names = [setting.name for setting in definition.settings]
    for name in (*names, *sorted({*base.settings, *now.settings} - set(names))):
        before, after = base.settings.get(name), now.settings.get(name)
        if not same_json(before, after):
            found.append(_of_setting(definition, name, before, after, touched=copies or name in patch.settings))
    return tuple(found)


def merged(sent: Form, now: Form, patch: DestinationPatch, position: int, fields: list[Field]) -> Form:
    """The form as it is shown again: ``now`` as somebody else left it, and on top what this one touched."""
    touched = {form_name for name, form_name in OWN.items() if getattr(patch, name) is not None}
    theirs = {*now.values, *sent.values} - touched - {"anew"}
    if patch.copy_from is not None:
        # The settings are the copied ones, of which ``now`` knows nothing.
        theirs &= {*OWN.values()}
    for field in fields:
        own = field.setting.name
        if own in patch.settings:
            theirs -= {LOOK + own, PREFIX + own, f"{PREFIX}{own}.key", f"{PREFIX}{own}.value", CLEAR + own}
    values = {name: value for name, value in now.values.items() if name in theirs}
    values |= {name: value for name, value in sent.values.items() if name not in theirs}
    return Form({**values, "position": [str(position)]}, sent.errors)


def _of_setting(definition: Definition, name: str, before: Any, after: Any, *, touched: bool) -> Change:
    setting = definition.setting(name)
    label = setting.display_name if setting is not None else name
    # A setting that the definition does not know any more counts as secret.
    if setting is None or setting.secret:
        verb = "set" if before is None else "removed" if after is None else "changed"
        return Change(label, NOT_SET if before is None else "a secret", verb, touched)
    return Change(label, _or_default(setting, before), _or_default(setting, after), touched)


def _or_default(setting: Setting, value: Any) -> str:
    if value is not None or setting.default in (None, "", [], {}):
        return _text(value)
    return f"{_text(setting.default)}, by default"


def _state(destination: Destination) -> str:
    return "enabled" if destination.enabled else "disabled"


def _text(value: Any) -> str:
    match value:
        case None | [] | "":
            return NOT_SET
        case bool():
            return "on" if value else "off"
        case str():
            return value
        case list() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
        case Mapping() if all(isinstance(one, str) for one in value.values()):
            return ", ".join(f"{key}: {one}" for key, one in value.items())
        case _:
            return orjson.dumps(value).decode()
