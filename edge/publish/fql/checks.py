"""What may stand where in FQL, as far as it can be known without an event."""

from edge.publish.fql.errors import FqlError
from edge.publish.fql.tree import Call, Compare, Condition, ListOf, Literal, Not, Path, Several, Value, Within

RESULTS = {"contains": "bool", "match": "bool", "length": "number", "lowercase": "string", "typeof": "string"}
ARGUMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "contains": (("string", "null"), ("string",)),
    "match": (("string", "null"), ("string",)),
    "length": (("string", "list", "null"),),
    "lowercase": (("string", "null"),),
    "typeof": (("string", "number", "bool", "list", "null"),),
}
"""Function -> the types that each of its arguments may have. A field may hold any."""
TYPES = ("string", "number", "bool", "boolean", "list", "object", "null")
"""What ``typeof`` is compared with; ``boolean`` is JavaScript's word for ``bool``."""
_WORDS = {"string": "a text", "number": "a number", "bool": "true or false", "list": "a list", "null": "null"}


def type_of(value: Value) -> str:
    """``string``, ``number``, ``bool``, ``list``, ``null``; ``any`` for a field."""
    match value:
        case Path():
            return "any"
        case ListOf():
            return "list"
        case Call():
            return RESULTS[value.function]
        case Literal(value=None):
            return "null"
        case Literal(value=bool()):
            return "bool"
        case Literal(value=str()):
            return "string"
    return "number"


def check_condition(part: Condition | Value) -> Condition:
    """``part`` where true or false is needed."""
    if isinstance(part, ListOf) or (isinstance(part, Literal | Call) and type_of(part) != "bool"):
        raise FqlError(part.column, f'{_WORDS[type_of(part)]} is no condition; compare it, as in event = "Order"')
    return part


def check_operand(part: Condition | Value) -> Value:
    """``part`` where a value is needed."""
    if isinstance(part, Not):
        raise FqlError(part.column, "! holds for one value only here; put what it negates in parentheses: !( ... )")
    if isinstance(part, Compare | Within | Several):
        raise FqlError(part.column, "a whole condition cannot be compared or given to a function; use and, or, !")
    return part


def check_comparison(part: Compare) -> Compare:
    sides = (part.left, part.right)
    if part.operator in ("=", "!="):
        _check_types(sides)
        return part
    for side in sides:
        if type_of(side) not in ("number", "any"):
            raise FqlError(side.column, f"{part.operator} compares numbers, and this is {_WORDS[type_of(side)]}")
    return part


def check_container(part: Condition | Value) -> ListOf | Path:
    if not isinstance(part, ListOf | Path):
        raise FqlError(part.column, "in needs a list on its right side: [ ... ] or a field that holds one")
    return part


def check_call(call: Call) -> Call:
    wanted = ARGUMENTS[call.function]
    if len(call.arguments) != len(wanted):
        raise FqlError(call.column, f"{call.function} takes {len(wanted)} values, and {len(call.arguments)} are given")
    for given, allowed in zip(call.arguments, wanted, strict=True):
        if type_of(given) not in (*allowed, "any"):
            kinds = " or ".join(_WORDS[kind] for kind in allowed)
            raise FqlError(
                given.column, f"{call.function} takes {kinds} or a field here, and not {_WORDS[type_of(given)]}"
            )
    if call.function == "match" and isinstance(call.arguments[1], Literal):
        _check_pattern(call.arguments[1])
    return call


def _check_types(sides: tuple[Value, Value]) -> None:
    """A text that is no type's name never equals a ``typeof``: that is a slip of the pen."""
    for one, other in (sides, sides[::-1]):
        asked = isinstance(one, Call) and one.function == "typeof"
        if asked and isinstance(other, Literal) and other.value not in TYPES:
            raise FqlError(other.column, f"typeof never is {other.value!r}; allowed: {', '.join(TYPES)}")


def _check_pattern(pattern: Literal) -> None:
    r"""Glob patterns as tsub reads them: * ? [abc] [a-z] [^abc], and \ before what is meant literally."""
    text = str(pattern.value)
    position = 0
    while position < len(text):
        if text[position] == "\\":
            position += 1
            if position == len(text):
                raise FqlError(pattern.column, r"the pattern ends with a lone \; write \\ for one that is meant")
        elif text[position] == "[":
            position = _end_of_class(pattern.column, text, position + 1)
        position += 1


def _end_of_class(column: int, text: str, position: int) -> int:
    """Where the ``]`` of a class is that begins at ``position``."""
    position += text.startswith("^", position)
    members = 0
    while position < len(text) and not (text[position] == "]" and members):
        position = _member(column, text, position)
        if text.startswith("-", position):
            position = _member(column, text, position + 1)
        members += 1
    if position >= len(text):
        raise FqlError(column, r"the pattern has a [ without its ]; write \[ for one that is meant")
    return position


def _member(column: int, text: str, position: int) -> int:
    """The place after one character of a class."""
    if position < len(text) and text[position] in "-]":
        raise FqlError(column, r"in the [ ] of a pattern write \- and \] for these characters themselves")
    position += text.startswith("\\", position)
    return position + 1
