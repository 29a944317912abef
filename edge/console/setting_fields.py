"""A definition's settings as fields of a form, and what was typed into them as JSON values. Pure.

Whether a value fits is for ``edge.manage.rules`` alone; here it is only read: as a number, a list, an object.
Secrets go one way. What is stored of them is never in a field: an empty one keeps it, a tick beside it clears it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from edge.console.forms import WHOLE, Form
from edge.manage.masks import mask
from edge.manage.problem import ProblemError
from edge.model.definition import Definition, Setting
from edge.store.documents import same_json

Look = Literal["toggle", "select", "text", "area", "number", "color", "lines", "pairs", "json", "secret", "secret-json"]
PREFIX = "setting."
LOOK = "look."
CLEAR = "clear."
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """``mask`` shows that a secret is stored, and which; empty where none is."""

    setting: Setting
    look: Look
    mask: str = ""

    @property
    def name(self) -> str:
        return PREFIX + self.setting.name

    @property
    def look_name(self) -> str:
        return LOOK + self.setting.name

    @property
    def clear_name(self) -> str:
        return CLEAR + self.setting.name


def fields_of(definition: Definition, settings: Mapping[str, Any]) -> list[Field]:
    """Required ones first. A deprecated setting has a field only where something is stored."""
    shown = [one for one in definition.settings if not one.deprecated or one.name in settings]
    return [_field(one, settings) for one in sorted(shown, key=lambda one: not one.required)]


def values_of(fields: Sequence[Field], settings: Mapping[str, Any]) -> dict[str, list[str]]:
    """What stands in the fields: what is stored, or else the default; of secrets nothing."""
    values: dict[str, list[str]] = {}
    for field in fields:
        values[field.look_name] = [field.look]
        if not field.setting.secret:
            values |= _written(field, settings.get(field.setting.name, field.setting.default))
    return values


def read(form: Form, fields: Sequence[Field]) -> dict[str, Any]:
    """Setting name -> value, ``None`` for one that is not set. A secret is there only if it is given or cleared.

    What cannot be read is an error at its field. A field that was not sent at all is left out, but for toggles, which
    browsers send as nothing when they are off.
    """
    given: dict[str, Any] = {}
    for field in fields:
        name = field.setting.name
        if field.setting.secret:
            if form.text(field.name):
                given[name] = _parsed(form, field, form.text(field.name))
            elif form.flag(field.clear_name):
                given[name] = None
        elif field.look_name in form.values:
            given[name] = _read(form, field)
    return given


def changed(fields: Sequence[Field], base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``given`` differs from ``base`` and its defaults: no default is stored as if somebody had wanted it."""
    different: dict[str, Any] = {}
    for field in fields:
        name = field.setting.name
        if name not in given:
            continue
        value = given[name]
        if value is None and name not in base:
            continue
        # Nothing there and nothing meant: an empty list is no change of a setting that was never set.
        before = base.get(name, field.setting.default)
        if not field.setting.secret and (_same(before, value) or (before is None and value in (False, [], {}))):
            continue
        different[name] = value
    return different


def refuse(form: Form, problem: ProblemError, names: Mapping[str, str]) -> None:
    """Put an operation's refusal at the fields that it names; settings it names in ``problem.fields``."""
    there = {name.removeprefix(LOOK) for name in form.values if name.startswith(LOOK)}
    placed = {name: text for name, text in problem.fields.items() if name in there}
    if not placed:
        form.take(problem, names)
        return
    for name, text in placed.items():
        form.refuse(PREFIX + name, text[:1].upper() + text[1:])
    if len(placed) < len(problem.fields):
        form.refuse(WHOLE, problem.text[:1].upper() + problem.text[1:])


def _field(setting: Setting, settings: Mapping[str, Any]) -> Field:
    if setting.secret:
        plain = setting.type in ("string", "password", "number", "color", "select")
        value = settings.get(setting.name)
        shown = mask(value) if value not in (None, "") else ""
        return Field(setting, "secret" if plain else "secret-json", shown)
    return Field(setting, _look(setting, settings.get(setting.name, setting.default)))


def _look(setting: Setting, value: Any) -> Look:
    """As comfortable as the value allows: what a simpler field would lose is shown as JSON."""
    match setting.type:
        case "boolean":
            return "toggle"
        case "select" | "number" | "color":
            return setting.type
        case "array":
            plain = isinstance(value, list) and all(isinstance(one, str) and _is_line(one) for one in value)
            return "lines" if value is None or plain else "json"
        case "map" | "text-map":
            plain = isinstance(value, Mapping) and all(
                isinstance(one, str) and _is_line(one) for pair in value.items() for one in pair
            )
            return "pairs" if value is None or plain else "json"
        case "mixed":
            return "json"
        case _:
            return "area" if isinstance(value, str) and "\n" in value else "text"


def _is_line(text: str) -> bool:
    return bool(text) and text == text.strip() and "\n" not in text and "\r" not in text


def _written(field: Field, value: Any) -> dict[str, list[str]]:
    name = field.name
    if field.look == "toggle":
        return {name: ["on"]} if value else {}
    if field.look == "pairs":
        pairs = value or {}
        return {f"{name}.key": list(pairs), f"{name}.value": [str(one) for one in pairs.values()]}
    if value is None:
        return {name: [""]}
    if field.look == "lines":
        return {name: ["\n".join(value)]}
    if field.look == "json":
        return {name: [orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()]}
    return {name: [value.replace("\r\n", "\n") if isinstance(value, str) else orjson.dumps(value).decode()]}


def _read(form: Form, field: Field) -> Any:
    if field.setting.type == "boolean":
        return form.flag(field.name)
    look, text = form.text(field.look_name), form.text(field.name)
    if look == "pairs" and field.setting.type in ("map", "text-map"):
        return _pairs(form, field)
    if look == "lines" and field.setting.type == "array":
        return [line.strip() for line in text.splitlines() if line.strip()]
    return _parsed(form, field, text) if text else None


def _pairs(form: Form, field: Field) -> dict[str, str]:
    pairs: dict[str, str] = {}
    rows = zip(form.all(f"{field.name}.key"), form.all(f"{field.name}.value"), strict=False)
    for key, value in ((key.strip(), value.strip()) for key, value in rows):
        if not key and value:
            form.refuse(field.name, f"{value[:60]!r} has nothing on the left: fill both, or neither")
        if key in pairs:
            form.refuse(field.name, f"{key[:60]!r} is there twice on the left: once is allowed")
        if key:
            pairs[key] = value
    return pairs


def _parsed(form: Form, field: Field, text: str) -> Any:
    kind = field.setting.type
    if kind == "number":
        if _NUMBER.match(text) is None:
            form.refuse(field.name, "This is no number: write it as 30 or 0.5")
            return None
        return float(text) if re.search(r"[.eE]", text) else int(text)
    if kind not in ("array", "map", "text-map", "mixed", "boolean"):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        form.refuse(field.name, f"This is no JSON at line {error.lineno}, column {error.colno}: {error.msg}")
        return None


def _same(before: Any, value: Any) -> bool:
    if isinstance(before, str):
        # A field gives blanks at its ends and CR LF back as none and LF: neither was somebody's change.
        before = before.replace("\r\n", "\n").strip() or None
    return same_json(before, value)
