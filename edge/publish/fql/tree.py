"""A condition as a tree. Each node knows the column where it begins."""

from dataclasses import dataclass

Scalar = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    column: int
    value: Scalar


@dataclass(frozen=True, slots=True)
class Path:
    """A field of the event, by the names on the way to it."""

    column: int
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    column: int
    items: tuple["Literal | Path", ...]


@dataclass(frozen=True, slots=True)
class Call:
    column: int
    function: str
    arguments: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """``operator``: = != < <= > >="""

    column: int
    operator: str
    left: "Value"
    right: "Value"


@dataclass(frozen=True, slots=True)
class Within:
    """``in``"""

    column: int
    item: "Value"
    container: "ListOf | Path"


@dataclass(frozen=True, slots=True)
class Not:
    column: int
    operand: "Condition"


@dataclass(frozen=True, slots=True)
class Several:
    """``operator``: and, or"""

    column: int
    operator: str
    operands: tuple["Condition", ...]


Value = Literal | Path | ListOf | Call
Condition = Literal | Path | Call | Compare | Within | Not | Several
