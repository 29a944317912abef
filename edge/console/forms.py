"""A form as it was sent: its values, and what is wrong with which field, so that it can be shown again as it was."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from edge.manage.problem import ProblemError, invalid

MAX_BYTES = 1024 * 1024
MAX_FIELDS = 2000
ENCODED = "application/x-www-form-urlencoded"
WHOLE = ""
"""The name under which an error stands that is about no one field."""

T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True)
class Form:
    """``values`` by field, in the order sent; ``errors`` by field, a sentence each."""

    values: Mapping[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """The field's value without blanks around it; the last one if it was sent several times."""
        return self.values[name][-1].strip() if name in self.values else default

    def all(self, name: str) -> list[str]:
        return list(self.values.get(name, ()))

    def flag(self, name: str) -> bool:
        """Whether a checkbox or toggle was on: browsers send those that are off as nothing."""
        return name in self.values

    def choice(self, name: str, allowed: Collection[T]) -> T | None:
        """The value if it is one of ``allowed``; else ``None``, with an error at the field."""
        found = next((one for one in allowed if one == self.text(name)), None)
        if found is None:
            self.refuse(name, f"Choose one of: {', '.join(allowed)}.")
        return found

    def required(self, name: str, label: str) -> str:
        """The value; where it is empty, with an error at the field."""
        if not self.text(name):
            self.refuse(name, f"{label} is required.")
        return self.text(name)

    def refuse(self, name: str, sentence: str) -> None:
        """The first thing wrong with a field is the one that is shown."""
        self.errors.setdefault(name, sentence)

    def take(self, problem: ProblemError, fields: Mapping[str, str]) -> None:
        """Put an operation's refusal at the field that it names. ``fields``: the operation's name of a field -> ours.

        What is neither about the input (``invalid``) nor about what is there already (``conflict``) is raised again.
        """
        if problem.kind not in ("invalid", "conflict"):
            raise problem
        named, _, sentence = problem.text.partition(": ")
        if sentence and named in fields:
            self.refuse(fields[named], sentence[:1].upper() + sentence[1:])
        else:
            self.refuse(WHOLE, problem.text[:1].upper() + problem.text[1:])

    @property
    def ok(self) -> bool:
        return not self.errors


def filled(**values: str) -> Form:
    """A form to be shown for the first time, with these values in it; leave out a toggle that is off."""
    return Form({name: [value] for name, value in values.items()})


async def read_form(request: Request) -> Form:
    """The body of a POST. Raises ProblemError for what no form of ours sends, before all of it is read."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in (ENCODED, ""):
        raise invalid(f"the form must be sent as {ENCODED}")
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BYTES:
                raise ProblemError("too_large", f"the form is too large: at most {MAX_BYTES} bytes are allowed")
    except ClientDisconnect:
        raise invalid("the form ended before its announced length") from None
    values: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS):
            # Browsers send line ends as CR LF (HTML, "constructing the entry list").
            values.setdefault(name, []).append(value.replace("\r\n", "\n"))
    except (UnicodeDecodeError, ValueError):
        raise invalid(f"the form cannot be read: UTF-8 and at most {MAX_FIELDS} fields are allowed") from None
    return Form(values)
