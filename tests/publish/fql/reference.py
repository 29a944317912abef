"""FQL as its documentation says it, evaluated step by step: what the published form is held to."""

import re
from collections.abc import Mapping
from typing import Any

from edge.publish.fql.tree import Call, Compare, Condition, ListOf, Literal, Not, Path, Several, Value, Within


def holds(condition: Condition, event: Mapping[str, Any]) -> bool:
    match condition:
        case Several(operator="and"):
            return all(holds(one, event) for one in condition.operands)
        case Several():
            return any(holds(one, event) for one in condition.operands)
        case Not():
            return not holds(condition.operand, event)
        case Compare():
            return _compared(condition, event)
        case Within():
            container = value_of(condition.container, event)
            item = value_of(condition.item, event)
            return isinstance(container, list) and any(_same(item, one) for one in container)
    return value_of(condition, event) is True


def value_of(value: Value, event: Mapping[str, Any]) -> Any:
    match value:
        case Literal():
            return value.value
        case ListOf():
            return [value_of(item, event) for item in value.items]
        case Path():
            found: Any = event
            for name in value.segments:
                found = found.get(name) if isinstance(found, Mapping) else None
            return found
        case Call():
            return _called(value.function, [value_of(argument, event) for argument in value.arguments])


def _called(function: str, given: list[Any]) -> Any:
    first = given[0]
    match function:
        case "typeof":
            return _type(first)
        case "length":
            if first is None:
                return 0
            return len(first) if isinstance(first, str | list) else float("nan")
        case "lowercase":
            return first.lower() if isinstance(first, str) else None
    if not isinstance(first, str) or not isinstance(given[1], str):
        return False
    return given[1] in first if function == "contains" else _matches(first, given[1])


def _compared(part: Compare, event: Mapping[str, Any]) -> bool:
    left, right = value_of(part.left, event), value_of(part.right, event)
    if part.operator in ("=", "!="):
        return _same(left, right) == (part.operator == "=")
    if not _is_number(left) or not _is_number(right):
        return False
    answers = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return bool(answers[part.operator])


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return _type(one) == _type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case str():
            return "string"
        case list():
            return "list"
        case Mapping():
            return "object"
    return "number"


def _matches(text: str, pattern: str) -> bool:
    """For patterns of * ? and plain characters."""
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(mark, re.escape(mark)) for mark in pattern), text, re.DOTALL) is not None
