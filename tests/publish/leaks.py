"""Looking for a secret in bytes, in every form in which it could have got there."""

import base64
import gzip
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import brotli

_DECODERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress}
_EDGES = {0: 0, 1: 2, 2: 3}
"""Bytes before a text -> base64 digits that depend on them, too."""


def forms(secret: str) -> dict[str, bytes]:
    """``secret`` as it is and as common encodings write it. Base64 in each of its three alignments."""
    raw = secret.encode()
    escaped = {
        "plain": secret,
        "JSON": _inside(json.dumps(secret, ensure_ascii=False)),
        "JSON, ASCII": _inside(json.dumps(secret)),
        "JSON in JSON": _inside(json.dumps(_inside(json.dumps(secret, ensure_ascii=False)), ensure_ascii=False)),
        "JSON in JSON, ASCII": _inside(json.dumps(_inside(json.dumps(secret)))),
        "JSON in quotes": _in_quotes(_inside(json.dumps(secret, ensure_ascii=False))),
        "JSON in quotes, ASCII": _in_quotes(_inside(json.dumps(secret))),
        "Python": repr(secret)[1:-1],
        "HTML": html.escape(secret),
        "URL": quote(secret, safe=""),
        "URL path": quote(secret),
        "URL query": quote_plus(secret),
        "hex": raw.hex(),
    }
    found = {name: text.encode() for name, text in escaped.items()}
    found |= {f"{name}, in a script": _in_script(text) for name, text in found.items() if name.startswith("JSON")}
    for before, lost in _EDGES.items():
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            digits = encode(bytes(before) + raw)
            partial = (before + len(raw)) % 3
            found[f"{name}, {before} bytes in"] = digits[lost : len(digits) - (0, 3, 2)[partial]]
    return found


def _inside(literal: str) -> str:
    return literal[1:-1]


def _in_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _in_script(text: bytes) -> bytes:
    for character, escape in ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026")):
        text = text.replace(character, escape)
    return text


def leaks(secret: str, haystack: bytes) -> list[str]:
    """The forms of ``secret`` that ``haystack`` contains, upper and lower case alike."""
    low = haystack.lower()
    return [name for name, needle in forms(secret).items() if needle.lower() in low]


def unpacked(body: bytes, encoding: str) -> bytes:
    """``body`` without its content encoding; the answer to a HEAD has none to undo."""
    return _DECODERS.get(encoding, bytes)(body) if body else body


def strings_in(script: bytes) -> Iterator[bytes]:
    """What the string literals of a script say, once their escapes are read; a manifest hides in one."""
    for literal in re.findall(rb'"(?:[^"\\\n]|\\.)*"', script):
        try:
            yield json.loads(literal).encode()
        except ValueError:
            continue
