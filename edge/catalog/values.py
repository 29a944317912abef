"""Whether a value fits a setting. Pure; answers sentences, because what a person typed is no exceptional case."""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from edge.model.definition import Setting, SettingType

MAX_STRING = 10_000
"""Characters of one string."""
MAX_DEPTH = 8
"""Arrays and objects inside each other; a plain text has depth 0."""
MAX_BYTES = 64 * 1024
"""Bytes of the value as JSON in UTF-8."""
MAX_INTEGER = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8259 section 6)."""

_SHOWN = 60
_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})|(?:rgb|hsl)a?\([0-9.,%/ a-z]{1,60}\)")


def check_value(setting: Setting, value: Any) -> str | None:
    """``None`` if the JSON value ``value`` fits ``setting``, else a sentence: what is wrong and what is allowed.

    An empty text fits a string, a password and a color whatever their pattern: it is how clients say "not set", and
    whether a setting may be left out is another question (``is_blank``). The sentence never shows a secret's value.
    """
    problem = _limits(value, 0) or _size(value) or _CHECKS[setting.type](setting, value)
    return f"{setting.name}: {problem}" if problem else None


def is_blank(value: Any) -> bool:
    """Whether ``value`` says nothing, so that a required setting is still missing; ``False`` and 0 say something."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def _limits(value: Any, depth: int) -> str | None:
    """What no setting may hold, at any depth."""
    if isinstance(value, Mapping | list):
        return _container_limits(value, depth)
    return _text_limits(value) if isinstance(value, str) else _scalar_limits(value)


def _container_limits(value: Mapping[Any, Any] | list[Any], depth: int) -> str | None:
    if depth == MAX_DEPTH:
        return f"is nested too deeply; at most {MAX_DEPTH} arrays and objects inside each other are allowed"
    children = value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            return "has a key that is not a text; only JSON values are allowed"
        children = [*value, *value.values()]
    return next((problem for child in children if (problem := _limits(child, depth + 1))), None)


def _scalar_limits(value: Any) -> str | None:
    if not isinstance(value, int | float | None):
        return "is not a JSON value; allowed are texts, numbers, true, false, arrays and objects"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return "is a number out of range; whole numbers up to 2^53 - 1 are allowed"
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a finite number; JSON has no infinity and no NaN"
    return None


def _text_limits(text: str) -> str | None:
    if len(text) > MAX_STRING:
        return f"is a text of {len(text):,} characters; at most {MAX_STRING:,} are allowed"
    if "\0" in text:
        return "contains the character U+0000; every other Unicode text is allowed"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "contains half a surrogate pair; only valid Unicode text is allowed"
    return None


def _size(value: Any) -> str | None:
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    return f"takes {size:,} bytes as JSON; at most {MAX_BYTES:,} are allowed" if size > MAX_BYTES else None


def _text(setting: Setting, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"must be a text, not {_kind(value)}"
    if value and setting.pattern is not None and re.fullmatch(setting.pattern, value) is None:
        return f"{_shown(setting, value)} does not match the pattern {setting.pattern}"
    return None


def _color(setting: Setting, value: Any) -> str | None:
    problem = _text(setting, value)
    if problem is None and value and _COLOR.fullmatch(value) is None:
        return (
            f"{_shown(setting, value)} is not a color; allowed: #rgb, #rrggbb, #rrggbbaa, rgb(), rgba(), hsl(), hsla()"
        )
    return problem


def _select(setting: Setting, value: Any) -> str | None:
    if isinstance(value, str) and value in setting.options:
        return None
    return f"{_shown(setting, value)} is not an option; allowed: {', '.join(setting.options)}"


def _boolean(_setting: Setting, value: Any) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {_kind(value)}"


def _number(_setting: Setting, value: Any) -> str | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return None if fits else f"must be a number without quotes, not {_kind(value)}"


def _array(_setting: Setting, value: Any) -> str | None:
    if not isinstance(value, list):
        return f"must be an array of texts, not {_kind(value)}"
    wrong = next((place for place, item in enumerate(value) if not isinstance(item, str)), None)
    return None if wrong is None else f"must be an array of texts; item {wrong} is {_kind(value[wrong])}"


def _text_map(setting: Setting, value: Any) -> str | None:
    problem = _map(setting, value)
    if problem is None and any(not isinstance(item, str) for item in value.values()):
        return "must be an object whose values are texts"
    return problem


def _map(_setting: Setting, value: Any) -> str | None:
    return None if isinstance(value, Mapping) else f"must be an object, not {_kind(value)}"


def _mixed(_setting: Setting, value: Any) -> str | None:
    return "must not be null; leave the setting out to clear it" if value is None else None


_CHECKS: dict[SettingType, Callable[[Setting, Any], str | None]] = {
    "string": _text,
    "password": _text,
    "color": _color,
    "select": _select,
    "boolean": _boolean,
    "number": _number,
    "array": _array,
    "text-map": _text_map,
    "map": _map,
    "mixed": _mixed,
}


def _shown(setting: Setting, value: Any) -> str:
    """The value, short, unless nobody may see it."""
    if setting.secret or setting.type == "password":
        return "the value (secret, not shown)"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {str: "a text", int: "a number", float: "a number", list: "an array", dict: "an object", type(None): "null"}
    return names.get(type(value), "something else")
