"""What another admin changed of a filter while somebody filled in its form; and the form after that.

As meanwhile.py has it for destinations.
"""

from dataclasses import replace

from edge.console.filter_form import filled_of, told
from edge.console.forms import Form
from edge.console.meanwhile import NOT_SET, Change
from edge.manage.filters import FilterPatch
from edge.model.filter import Filter, FilterAction

ACTIONS = "action"
"""How the form's fields of all actions begin. They are one thing: half of each admin's would be neither's."""
LABELS = {
    "enabled": "State",
    "title": "Name",
    "condition": "For the events where",
    "description": "What it is for",
    "actions": "What happens to them",
}
"""The patch's fields, and but for the actions the form's -> what the form calls them."""


def differs(base: Filter, now: Filter) -> bool:
    """But for the time: what was changed and changed back stands in nobody's way."""
    return replace(base, updated_at=now.updated_at) != now


def changes(base: Filter, now: Filter, patch: FilterPatch) -> tuple[Change, ...]:
    """One of each field in which ``now`` is not ``base`` any more. ``patch`` is what somebody's form asks for."""
    mine = touched(base, patch)
    return tuple(
        Change(label, _text(getattr(base, name)), _text(getattr(now, name)), name in mine)
        for name, label in LABELS.items()
        if getattr(base, name) != getattr(now, name)
    )


def touched(base: Filter, patch: FilterPatch) -> set[str]:
    """The fields in which ``patch`` is not ``base``. Blanks around a text count for nothing: no form keeps them."""
    return {name for name in LABELS if _bare(getattr(patch, name)) != _bare(getattr(base, name))}


def merged(sent: Form, base: Filter | None, now: Filter, patch: FilterPatch, position: int) -> Form:
    """The form as it is shown again, for ``now`` at ``position``. Without a ``base`` all of what was sent stays."""
    mine = touched(base, patch) if base is not None else {*LABELS}
    theirs = filled_of(now, position).values
    values = {name: value for name, value in theirs.items() if _field(name) not in mine}
    values |= {name: value for name, value in sent.values.items() if _field(name) in mine}
    return Form({**values, "position": [str(position)]}, sent.errors)


def _field(name: str) -> str:
    return "actions" if name.startswith(ACTIONS) else name


def _bare(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _text(value: str | bool | tuple[FilterAction, ...]) -> str:
    match value:
        case bool():
            return "enabled" if value else "disabled"
        case str():
            return value or NOT_SET
        case actions:
            return "; ".join(told(one) for one in actions) or NOT_SET
