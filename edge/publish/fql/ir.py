"""The form that clients evaluate: nested arrays, as tsub 2.0 reads them in the browser and in mobile libraries.

A path is a text, a value ``{"value": ...}``. tsub is looser than FQL in places; what is meant is kept by writing it
otherwise, and where that is impossible there is no device form:

| FQL                                    | tsub by itself                         | here                              |
|----------------------------------------|----------------------------------------|-----------------------------------|
| a missing field is null                | ``undefined``, which is not null       | asked for beside null             |
| ``length`` of a missing field is 0     | NaN                                    | asked for beside the length       |
| ``typeof`` says bool, list, null       | JavaScript's words                     | said in these                     |
| ``in`` a field's list                  | takes texts in it for paths, or throws | no device form                    |
| a function within a function           | not evaluated                          | no device form                    |
| a dot in a field's name                | taken for a step                       | no device form                    |
| a list that reads like a function      | called                                 | no device form                    |
"""

from typing import Any

from edge.publish.fql.errors import NoDeviceFormError
from edge.publish.fql.tree import Call, Compare, Condition, ListOf, Literal, Not, Path, Scalar, Several, Value, Within

Ir = Any
"""JSON."""
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CALLED = {"lowercase": 2, "length": 2, "typeof": 2, "contains": 3, "match": 3}
"""tsub takes a list of this length that begins with this word for a call, wherever the list comes from."""


def ir_of(condition: Condition) -> Ir:
    """Raises NoDeviceFormError."""
    match condition:
        case Several():
            return [condition.operator, *(ir_of(one) for one in condition.operands)]
        case Not():
            return ["!", ir_of(condition.operand)]
        case Compare():
            return _compared(condition)
        case Within():
            return _within(condition)
    return _value(condition)


def _compared(part: Compare) -> Ir:
    left, operator, right = part.left, part.operator, part.right
    # Calls on the left and constants on the right: fewer cases below.
    if isinstance(left, Literal) or (isinstance(right, Call) and not isinstance(left, Call)):
        left, operator, right = right, _MIRRORED[operator], left
    if operator == "!=":
        return ["!", _relation(left, "=", right)] if _is_subtle(left, right) else ["!=", _value(left), _value(right)]
    return _relation(left, operator, right)


def _is_subtle(left: Value, right: Value) -> bool:
    """Whether equality needs more than one look at the sides."""
    simple: Ir = ["=", _value(left), _value(right)]
    return bool(_relation(left, "=", right) != simple)


def _relation(left: Value, operator: str, right: Value) -> Ir:
    """``operator`` is any but !=."""
    if isinstance(left, Call) and left.function == "typeof":
        if not isinstance(right, Literal):
            raise NoDeviceFormError(left.column, "typeof, compared with anything but a type's name")
        return _typed(left.arguments[0], str(right.value))
    plain = [operator, _value(left), _value(right)]
    if isinstance(left, Call) and left.function == "length":
        return _of_length(left, plain, operator, right)
    nothing = [_nothing(side) for side in (left, right)]
    if operator != "=" or None in nothing:
        return plain
    if isinstance(right, Literal):
        return nothing[0]
    return ["or", plain, ["and", *nothing]]


def _missing(path: Path) -> Ir:
    return ["=", ["typeof", _value(path)], {"value": "undefined"}]


def _nothing(value: Value) -> Ir | None:
    """Whether ``value`` is null; ``None`` where it never is."""
    match value:
        case Literal(value=None):
            return {"value": True}
        case Path():
            return ["or", ["=", _value(value), {"value": None}], _missing(value)]
        case Call(function="lowercase"):
            return ["=", _value(value), {"value": None}]
    return None


def _of_length(call: Call, plain: Ir, operator: str, right: Value) -> Ir:
    """``plain``, put right for a field that is missing: its length is 0 in FQL, and NaN in tsub."""
    if isinstance(right, Call) and right.function == "length":
        raise NoDeviceFormError(right.column, "a length compared with a length")
    measured = call.arguments[0]
    if not isinstance(measured, Path):
        return plain
    if not isinstance(right, Literal):
        return ["or", plain, ["and", _missing(measured), [operator, {"value": 0}, _value(right)]]]
    return ["or", plain, _missing(measured)] if _holds_for_zero(operator, right.value) else plain


def _holds_for_zero(operator: str, other: Scalar) -> bool:
    if isinstance(other, bool) or not isinstance(other, int | float):
        return False
    return {"=": other == 0, "<": other > 0, "<=": other >= 0, ">": other < 0, ">=": other <= 0}[operator]


def _typed(value: Value, name: str) -> Ir:
    """Whether ``value`` is of the type that FQL calls ``name``."""
    shown = _value(value)

    def says(word: str) -> Ir:
        return ["=", ["typeof", shown], {"value": word}]

    # Only lists and texts have a length in tsub; null has 0 there.
    measured, nothing = [">=", ["length", shown], {"value": 0}], ["=", shown, {"value": None}]
    match name:
        case "bool" | "boolean":
            return says("boolean")
        case "null":
            return ["or", nothing, says("undefined")]
        case "list":
            return ["and", says("object"), measured, ["!", nothing]]
        case "object":
            return ["and", says("object"), ["!", measured]]
        case _:
            return says(name)


def _within(part: Within) -> Ir:
    container = part.container
    if isinstance(container, Path):
        raise NoDeviceFormError(container.column, "in, with the list that a field holds (one in [ ] works)")
    simple = not isinstance(part.item, Call | ListOf) and all(
        isinstance(one, Literal) and one.value is not None for one in container.items
    )
    if simple or not container.items:
        return ["in", _value(part.item), {"value": [_value(one) for one in container.items]}]
    return ["or", *(_compared(Compare(part.column, "=", part.item, one)) for one in container.items)]


def _value(part: Value | Condition) -> Ir:
    match part:
        case Path():
            return _path(part)
        case Literal():
            return {"value": part.value}
        case ListOf():
            return _list(part)
        case Call():
            for argument in part.arguments:
                if isinstance(argument, Call):
                    raise NoDeviceFormError(argument.column, f"{argument.function} within {part.function}")
            return [part.function, *(_value(argument) for argument in part.arguments)]
    raise TypeError(part)


def _path(path: Path) -> str:
    for name in path.segments:
        if "." in name:
            raise NoDeviceFormError(path.column, "a field whose name has a dot in it")
    return ".".join(path.segments)


def _list(part: ListOf) -> Ir:
    values = []
    for item in part.items:
        if isinstance(item, Path):
            raise NoDeviceFormError(item.column, "a list of fields that is compared as a whole")
        values.append(item.value)
    if values and _CALLED.get(str(values[0])) == len(values):
        raise NoDeviceFormError(part.column, f"a list that begins with {values[0]!r}")
    return {"value": values}
