"""``--set name=value``: text from a shell into the value that the definition's setting is made of.

    --set apiKey=abc        the text itself, for string, password, select and color
    --set sampled=true      JSON, for boolean, number, array, map and text-map
    --set apiKey=@key.txt   the content of a file      --set apiKey=@-   of standard input
    --set handle=@@edge     a text that begins with an @

A secret given as a file or on standard input stays out of the shell's history and the process list.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from edge.cli.errors import USAGE, CliError

TEXTS = ("string", "password", "select", "color")
EXAMPLES = {
    "boolean": "true or false",
    "number": "a number, as 42",
    "array": 'a JSON array, as ["a", "b"]',
    "map": 'a JSON object, as {"from": "to"}',
    "text-map": 'a JSON object, as {"from": "to"}',
}
SHAPES: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "number": (int, float),
    "array": list,
    "map": dict,
    "text-map": (dict, list),
}


def parse_sets(sets: Iterable[str], types: Mapping[str, str]) -> dict[str, Any]:
    """Setting name -> value. ``types`` are the definition's; a name that is not in it goes to the API as text, which
    says what there is. Raises CliError for what cannot be read."""
    values: dict[str, Any] = {}
    for given in sets:
        name, equals, text = given.partition("=")
        name = name.strip()
        if not equals or not name:
            raise CliError(f'--set "{given}" has no name or no "="', "Write --set name=value.", USAGE)
        if name in values:
            raise CliError(f'--set names "{name}" twice', "Give each setting once.", USAGE)
        values[name] = value_of(name, _fetched(name, text), types.get(name, "string"))
    return values


def value_of(name: str, text: str, kind: str) -> Any:
    """``text`` as a value of the setting type ``kind``. An error never repeats the text: it may be a secret."""
    if kind in TEXTS:
        return text
    try:
        value = json.loads(text, parse_constant=_refuse)
    except ValueError:
        if kind == "mixed":
            return text
        value = None
    if kind in SHAPES and (not isinstance(value, SHAPES[kind]) or (kind == "number" and isinstance(value, bool))):
        raise CliError(f'"{name}" is a {kind}, and the value given is not', f"Write {EXAMPLES[kind]}.", USAGE)
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _fetched(name: str, text: str) -> str:
    """What ``@...`` stands for; a single newline at the end of a file belongs to the file, not to the value."""
    if text.startswith("@@"):
        return text[1:]
    if not text.startswith("@"):
        return text
    return _content(name, text[1:]).removesuffix("\n").removesuffix("\r")


def read_document(name: str, place: str) -> dict[str, Any]:
    """The JSON object in the file at ``place``, or on standard input for ``-``; ``name`` says what it is for."""
    try:
        document = json.loads(_content(name, place), parse_constant=_refuse)
    except ValueError as error:
        raise CliError(f'the file for "{name}" is not JSON: {place}: {error}', code=USAGE) from error
    if not isinstance(document, dict):
        raise CliError(f'the file for "{name}" holds no JSON object: {place}', code=USAGE)
    return document


def _content(name: str, place: str) -> str:
    try:
        return sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8")
    except OSError as error:
        raise CliError(f'the file for "{name}" cannot be read: {place}: {error.strerror}', code=USAGE) from error
    except UnicodeDecodeError as error:
        raise CliError(f'the file for "{name}" is not UTF-8 text: {place}', code=USAGE) from error
