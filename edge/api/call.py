"""One call: what a handler is given, and what it answers."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from edge.manage.deps import Deps
from edge.manage.problem import invalid
from edge.model.token import Principal

MAX_WAIT = 30.0
_WAIT = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|)\Z")


@dataclass(frozen=True, slots=True)
class Call:
    deps: Deps
    principal: Principal
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    """The operation's body model, validated."""
    expected: int | None = None
    """The position that the caller's change was made for (``If-Match``)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """``position`` is set by writes: it becomes the header ``Edge-Position``, and what ``?wait=`` waits for."""

    body: Any
    status: int = 200
    position: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Awaitable[Reply]]
BodyModel = type[BaseModel]


def seconds_of(text: str, name: str = "wait") -> float:
    """``2s``, ``500ms`` or ``2`` as seconds, at most MAX_WAIT."""
    found = _WAIT.match(text)
    if found is None:
        raise invalid(
            f"{name}: {text[:40]!r} is no duration; allowed are forms like 500ms, 2s or 2, up to {MAX_WAIT:.0f}s"
        )
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1)
    if seconds > MAX_WAIT:
        raise invalid(f"{name}: {text[:40]!r} is too long; allowed are at most {MAX_WAIT:.0f}s")
    return seconds


def position_of(if_match: str | None) -> int | None:
    """The position in ``If-Match``; ``None`` where any will do. ``ETag`` of the GET says it (RFC 9110, 13.1.1)."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.match(r'"([0-9]{1,15})"\Z', if_match.strip())
    if found is None:
        raise invalid(f'If-Match: {if_match[:40]!r} is not allowed; allowed are the ETag of a GET, as "42", and *')
    return int(found[1])


def integer_of(text: str, name: str) -> int:
    if not re.match(r"[0-9]{1,15}\Z", text):
        raise invalid(f"{name}: {text[:40]!r} is no position; allowed are whole numbers from 0")
    return int(text)
