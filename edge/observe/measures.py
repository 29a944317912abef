"""Which measures there are: read from the fields of a dataclass, their types, and the texts below them."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from edge.model.measures import Gauge, Histogram, Labels, Part, Tally

Kind = Literal["counter", "gauge", "histogram"]


class UnexplainedError(TypeError):
    """A field without a text that says what it counts, or of a type that is no measure."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One field. ``part`` is set where several fields are one metric together."""

    name: str
    kind: Kind
    text: str
    part: Part | None = None
    labels: Labels = ()


def measures_of(table: type) -> tuple[Measure, ...]:
    """Every field of the dataclass ``table``, in order. Raises UnexplainedError."""
    texts, hints = explanations(table), get_type_hints(table, include_extras=True)
    found = []
    for one in fields(table):
        text = texts.get(one.name)
        if not text:
            raise UnexplainedError(f"{table.__name__}.{one.name} needs a text below it that says what it counts")
        made = one.default_factory() if one.default_factory is not MISSING else None
        labels = made.labels if isinstance(made, Tally | Histogram) else ()
        found.append(_measure(one.name, text, hints[one.name], labels))
    return tuple(found)


def explanations(table: type) -> Mapping[str, str]:
    """The text below each field of a class, on one line. It is read from the source: nothing keeps it at run time."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(table))).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 - the source of a class is a class
    found = {}
    for statement, below in zip(definition.body, definition.body[1:], strict=False):
        match statement, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
    return found


def _measure(name: str, text: str, hint: Any, labels: Labels) -> Measure:
    kind, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    part = next((mark for mark in marks if isinstance(mark, Part)), None)
    gauge = any(isinstance(mark, Gauge) for mark in marks)
    if kind is Histogram:
        return Measure(name, "histogram", text, labels=labels)
    if kind in (int, float, Tally):
        return Measure(name, "gauge" if gauge else "counter", text, part, labels)
    raise UnexplainedError(f"{name}: a measure is a number, a Tally or a Histogram, not {kind}")
