"""What a read can come to, as three types, from the store to the answer.

A failure is never an empty document: ``Missing`` is knowledge (no such key), ``Unavailable`` is the lack of it.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from edge.model.position import AsOf

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """The document, the position it was read at, and the tags whose floors decide over it."""

    value: T_co
    as_of: AsOf
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Missing:
    """The store was asked and knows no such key."""

    as_of: AsOf
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing is known; ``reason`` is a short token for logs and ``Cache-Status``, never a secret or a query."""

    reason: str


Known = Found[T_co] | Missing
Outcome = Found[T_co] | Missing | Unavailable
