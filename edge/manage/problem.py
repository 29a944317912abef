"""What can go wrong with an operation, as one type; the text is for the person who asked."""

from collections.abc import Mapping
from typing import Literal

Kind = Literal[
    "invalid",
    "unauthenticated",
    "forbidden",
    "not_found",
    "conflict",
    "changed",
    "too_large",
    "rate_limited",
    "unavailable",
]
"""``changed``: what the caller based a change on is not what is there any more."""

CODES: dict[Kind, tuple[int, int]] = {
    "invalid": (400, 3),
    "unauthenticated": (401, 16),
    "forbidden": (403, 7),
    "not_found": (404, 5),
    "conflict": (409, 6),
    "changed": (412, 10),
    "too_large": (413, 3),
    "rate_limited": (429, 8),
    "unavailable": (503, 14),
}
"""Kind -> HTTP status and code, as the Config API has them."""


class ProblemError(Exception):
    """A refused operation: nothing was written. The text names the field, what is wrong and what is allowed.

    ``fields`` says the same of each part of it by name (a destination's settings), for who shows them one by one.
    """

    def __init__(self, kind: Kind, text: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.fields = fields or {}

    @property
    def status(self) -> int:
        return CODES[self.kind][0]

    @property
    def code(self) -> int:
        return CODES[self.kind][1]


def invalid(text: str, fields: Mapping[str, str] | None = None) -> ProblemError:
    return ProblemError("invalid", text, fields)


def not_found(name: str) -> ProblemError:
    """Also for what exists in a workspace that the caller does not see: the two must not be told apart."""
    return ProblemError("not_found", f"{name} was not found: list what there is with a GET on its parent")


def conflict(text: str) -> ProblemError:
    return ProblemError("conflict", text)
