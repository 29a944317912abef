"""The form of a destination filter: a condition, and what is done to the events for which it holds. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from edge.console.forms import Form
from edge.manage.filter_rules import read_actions
from edge.manage.filters import FilterPatch
from edge.manage.problem import ProblemError
from edge.model.filter import Filter, FilterAction

KINDS = (
    ("drop_event", "Drop the event"),
    ("sample_event", "Let only a part of the events through"),
    ("blacklist_fields", "Take fields out"),
    ("whitelist_fields", "Leave only these fields"),
)
MOST = 10
PARTS = ("type", "percent", "path", "fields")


def rows_in(form: Form) -> int:
    """Actions that the form has room for."""
    text = form.text("actions")
    return min(int(text), MOST) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def blank() -> Form:
    return Form({"actions": ["1"], "action.0.type": ["drop_event"], "enabled": ["on"]})


def filled_of(found: Filter, position: int) -> Form:
    """``position`` is that of the filter's last change, for which the form is made."""
    values: dict[str, list[str]] = {
        "position": [str(position)],
        "title": [found.title],
        "description": [found.description],
        "condition": [found.condition],
        "actions": [str(max(len(found.actions), 1))],
    }
    for number, action in enumerate(found.actions):
        values[f"action.{number}.type"] = [action.type]
        values[f"action.{number}.path"] = [action.path]
        values[f"action.{number}.percent"] = [_percent_text(action.percent)]
        values[f"action.{number}.fields"] = [_fields_text(action.fields)]
    return Form(values | ({"enabled": ["on"]} if found.enabled else {}))


def asked(form: Form) -> FilterPatch:
    """The whole filter as the form has it; what cannot be read is an error at its field."""
    numbers = [number for number in range(rows_in(form)) if form.text(f"action.{number}.type")]
    given = [_action(form, number) for number in numbers]
    actions: tuple[FilterAction, ...] | None = None
    if form.ok:
        try:
            actions = read_actions(given)
        except ProblemError as problem:
            names = {
                f"actions.{place}.{part}": f"action.{number}.{part}"
                for place, number in enumerate(numbers)
                for part in PARTS
            }
            form.take(problem, names)
    return FilterPatch(
        title=form.text("title"),
        description=form.text("description"),
        condition=form.required("condition", "A condition"),
        actions=actions,
        enabled=form.flag("enabled"),
    )


def told(action: FilterAction) -> str:
    """What an action does, for people."""
    match action.type:
        case "drop_event":
            return "drops the event"
        case "sample_event":
            by = f" of the values of {action.path}" if action.path else " of the events"
            return f"lets {_percent_text(action.percent)} %{by} through"
        case kind:
            verb = "takes out" if kind == "blacklist_fields" else "leaves only"
            return f"{verb} {', '.join(_fields_text(action.fields).splitlines())}"


def _action(form: Form, number: int) -> dict[str, Any]:
    kind = form.text(f"action.{number}.type")
    if kind == "sample_event":
        return {"type": kind, "percent": _percent(form, number), "path": form.text(f"action.{number}.path")}
    if kind in ("blacklist_fields", "whitelist_fields"):
        return {"type": kind, "fields": _fields(form, number)}
    return {"type": kind}


def _percent(form: Form, number: int) -> float | None:
    name = f"action.{number}.percent"
    try:
        # By decimal digits: 33.3 / 100 as floats is not 0.333.
        return float(Decimal(form.text(name).removesuffix("%").strip()) / 100)
    except (InvalidOperation, ValueError, OverflowError):
        form.refuse(name, "This is no number: write how many of a hundred, as 10 or 0.5")
        return None


def _percent_text(part: float | None) -> str:
    return "" if part is None else f"{(Decimal(str(part)) * 100).normalize():f}"


def _fields(form: Form, number: int) -> Mapping[str, Any]:
    name = f"action.{number}.fields"
    text = form.text(name)
    if not text.startswith("{"):
        return _by_place(form, name, text.splitlines())
    try:
        found: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        form.refuse(name, f"This is no JSON at line {error.lineno}, column {error.colno}: {error.msg}")
        return {}
    return found


def _by_place(form: Form, name: str, lines: Sequence[str]) -> dict[str, list[str]]:
    """``context.page.url`` -> the field ``url`` of ``context.page``."""
    found: dict[str, list[str]] = {}
    for line in (line.strip() for line in lines if line.strip()):
        place, _, own = line.rpartition(".")
        if not place or not own:
            form.refuse(name, f"{line[:60]!r} does not say in which object the field is: write it as properties.email")
        found.setdefault(place, []).append(own)
    return found


def _fields_text(fields: Mapping[str, Sequence[str]]) -> str:
    """One field a line; as JSON where a name has a dot or a break in it, or a place has no names."""
    lines = [f"{place}.{name}" for place, names in fields.items() for name in names]
    plain = all(names and all("." not in name and name == name.strip() for name in names) for names in fields.values())
    return "\n".join(lines) if plain else orjson.dumps({place: list(names) for place, names in fields.items()}).decode()
