"""The words of FQL (Segment's "Destination Filter Query Language" page)."""

import re
from dataclasses import dataclass
from typing import Literal

from edge.publish.fql.errors import FqlError

Kind = Literal["text", "number", "path", "word", "mark", "end"]

WORDS = ("and", "or", "not", "in", "true", "false", "null")
FUNCTIONS = ("contains", "match", "length", "lowercase", "typeof")
_MARK = re.compile(r"!=|<=|>=|[=<>!()\[\],]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_\\.-])")
_PATH = re.compile(r"(?:[A-Za-z0-9_]|\\.)(?:[A-Za-z0-9_-]|\\.)*(?:\.(?:[A-Za-z0-9_-]|\\.)+)*", re.DOTALL)
_SEGMENT = re.compile(r"(?:[^.\\]|\\.)+", re.DOTALL)
_BLANK = re.compile(r"\s+")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "'": "'", '"': '"', "\\": "\\"}
_HINTS = {
    "&": "write and",
    "|": "write or",
    "$": r"outside a text a field's name needs a \ before any character but a-z A-Z 0-9 _ -",
    "\u201c": "texts stand between ' or \"",
    "\u2018": "texts stand between ' or \"",
}
MEANT = "allowed are field paths, texts in ' or \", numbers, true, false, null, lists in [ ], ( ), ! and operators"


@dataclass(frozen=True, slots=True)
class Token:
    """``value`` is a text's content, a number's value, a path's segments, else the token as it is written."""

    kind: Kind
    column: int
    written: str
    value: str | float | tuple[str, ...] = ""


def tokens(text: str) -> list[Token]:
    """``text`` in words, the last of them the end. Raises FqlError."""
    found: list[Token] = []
    position = 0
    while position < len(text):
        if blank := _BLANK.match(text, position):
            position = blank.end()
            continue
        token = _token(text, position)
        found.append(token)
        position += len(token.written)
    return [*found, Token("end", len(text) + 1, "")]


def _token(text: str, position: int) -> Token:
    column = position + 1
    if text[position] in "'\"":
        return _text(text, position)
    if number := _NUMBER.match(text, position):
        return Token("number", column, number[0], _number(number[0], column))
    if mark := _MARK.match(text, position):
        if text.startswith("==", position):
            raise FqlError(column, "there is no ==; write =")
        return Token("mark", column, mark[0])
    if path := _PATH.match(text, position):
        if path[0] in WORDS:
            return Token("word", column, path[0])
        segments = tuple(re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in _SEGMENT.findall(path[0]))
        return Token("path", column, path[0], segments)
    raise FqlError(column, f"{text[position]!r} has no meaning here; {_HINTS.get(text[position], MEANT)}")


def _number(written: str, column: int) -> float:
    whole = written.lstrip("-").isdigit()
    value = float(written)
    if abs(value) > 2**53:
        raise FqlError(column, "the number is too large; allowed are numbers up to 9007199254740992")
    return int(written) if whole else value


def _text(text: str, start: int) -> Token:
    r"""A text in quotes. ``\`` before a quote, a ``\``, n, t or r is an escape; before anything else it stays, as in
    the pattern 'a\*'."""
    quote, position = text[start], start + 1
    parts: list[str] = []
    while position < len(text) and text[position] != quote:
        if text[position] == "\\" and position + 1 < len(text):
            following = text[position + 1]
            parts.append(_ESCAPES.get(following, "\\" + following))
            position += 2
        else:
            parts.append(text[position])
            position += 1
    if position >= len(text):
        raise FqlError(start + 1, f"the text that begins here does not end; close it with {quote}")
    return Token("text", start + 1, text[start : position + 1], "".join(parts))
