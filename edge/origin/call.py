"""One origin call: what a handler is given, and what it answers."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from edge.manage.problem import invalid
from edge.origin.sources import Sources
from edge.origin.wire import JSON

MAX_WAIT = 10.0
"""Seconds that a poll may be held: no longer than answers under way are given to end."""
_POSITION = re.compile(r"[0-9]{1,18}\Z")
_PLACE = re.compile(r"([A-Za-z0-9_-]{1,64})\.([0-9]{1,18})\Z")


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """``query`` has each parameter's values; unknown ones are no error, since a newer edge node may ask for more."""

    sources: Sources
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: bytes = b""

    def text(self, name: str) -> str | None:
        """The last value of a parameter."""
        values = self.query.get(name)
        return values[-1] if values else None

    def required(self, name: str) -> str:
        text = self.text(name)
        if text is None:
            raise invalid(f"{name}: it is required")
        return text

    def position(self, name: str) -> int:
        text = self.required(name)
        if not _POSITION.match(text):
            raise invalid(f"{name}: {text[:40]!r} is no position; allowed are whole numbers from 0")
        return int(text)

    def place(self, name: str) -> tuple[str, int] | None:
        """``<epoch>.<position>``, as in ``Edge-As-Of``."""
        text = self.text(name)
        if text is None:
            return None
        found = _PLACE.match(text)
        if found is None:
            raise invalid(f"{name}: {text[:80]!r} is no place in a journal; allowed is <epoch>.<position>")
        return found[1], int(found[2])

    def seconds(self, name: str, most: float) -> float:
        """A number of seconds, 0 where it is not given; no more than ``most``."""
        text = self.text(name)
        try:
            value = float(text) if text is not None else 0.0
        except ValueError:
            value = math.nan
        if not 0 <= value <= most:
            raise invalid(f"{name}: {(text or '')[:40]!r} is not allowed; allowed are seconds from 0 to {most:g}")
        return value

    def json(self, kind: TypeAdapter[Any]) -> Any:
        """The body as ``kind``."""
        try:
            return kind.validate_json(self.body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            field_name = ".".join(str(step) for step in first["loc"]) or "body"
            raise invalid(f"{field_name[:200]}: {first['msg'][:1].lower()}{first['msg'][1:]}") from None


def answered(document: Any) -> Answer:
    return Answer(orjson.dumps(document))
