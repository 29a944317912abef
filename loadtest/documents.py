"""Reading what an edge publishes, as a client does: whose it is, and which counter it shows."""

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import brotli

from loadtest.sources import COUNTED_SETTING, read_marker

Kind = Literal["settings", "loader", "integrations", "manifest"]
"""Those that show of a source what may change; a loader's other half is code."""

PATHS: dict[Kind, str] = {
    "settings": "/v1/projects/{}/settings",
    "loader": "/analytics.js/v1/{}/analytics.min.js",
    "integrations": "/v1/projects/{}/integrations",
    "manifest": "/analytics.js/v1/{}/manifest.js",
}
_TOLD = r"JSON\.parse\('((?:[^'\\]|\\.)*)'\)"
_INLINED = re.compile(rf"(?://#[^\n]*\n)?\(function\(\)\{{var __EDGEWISE__={_TOLD};\n")
_HALF = re.compile(rf"document\.currentScript\.edgewise=\[\"[0-9a-f]{{8}}\",{_TOLD}\];\n\Z")
_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
_END = "\n})();\n"


class UnreadableError(ValueError):
    """The bytes are not what they say they are; the text says how."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one document shows. ``key`` and ``counter`` are ``None`` where that kind of document holds none.

    ``slugs`` are the sources named by markers in it, ``names`` the creation names of its destinations, sorted.
    """

    key: str | None
    slugs: frozenset[str]
    counter: int | None
    names: tuple[str, ...]


KEPT = 512
"""Of the last so many bytes it is remembered what they show. Whoever asks for a document again and again mostly gets
what came before; to decode, parse and hash it each time was half of what an answer cost its reader."""


def path_of(kind: Kind, key: str) -> str:
    return PATHS[kind].format(key)


def decoded(body: bytes, encoding: str) -> bytes:
    """``body`` without its content coding. Raises UnreadableError when it is not in that coding, or not all of it."""
    try:
        match encoding:
            case "":
                return body
            case "gzip":
                return gzip.decompress(body)
            case "br":
                return bytes(brotli.decompress(body))
            case _:
                raise UnreadableError(f"content coding {encoding!r} was not asked for")
    except (OSError, EOFError, zlib.error, brotli.error) as error:
        raise UnreadableError(f"{len(body)} bytes are not {encoding}: {error}") from error


def shown(kind: Kind, body: bytes) -> Shown:
    """What ``body``, decoded, shows. Raises UnreadableError when it is not a whole document of its kind."""
    try:
        text = body.decode()
        if kind == "integrations":
            return Shown(None, frozenset(), None, tuple(sorted(entry["creationName"] for entry in json.loads(text))))
        if kind == "settings":
            return _of_settings(json.loads(text))
        return _of_told(told_in(text, _HALF) if kind == "manifest" else _of_loader(text))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise UnreadableError(f"no whole {kind} document: {type(error).__name__}: {error}") from error


@lru_cache(KEPT)
def read(kind: Kind, body: bytes, encoding: str) -> Shown:
    """What ``body`` shows, as sent in the content coding ``encoding``. Raises UnreadableError, each time."""
    return shown(kind, decoded(body, encoding))


def inlined(text: str) -> Any:
    """What the loader ``text`` tells its client. Raises UnreadableError where that is not its first line."""
    return told_in(text, _INLINED)


def told_in(text: str, form: re.Pattern[str]) -> Any:
    found = form.match(text)
    if found is None:
        raise UnreadableError("no whole loader: its first line is not there")
    return json.loads(_ESCAPED.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[2], found[1]))


def _of_loader(text: str) -> Any:
    if not text.endswith(_END):
        raise UnreadableError("no whole loader: its last line is not there")
    return inlined(text)


def _of_told(told: dict[str, Any]) -> Shown:
    shown = _of_settings(told["settings"])
    if shown.key != told["writeKey"]:
        raise UnreadableError(f"a loader of {told['writeKey']!r} with settings of {shown.key!r}")
    return shown


def _of_settings(document: dict[str, Any]) -> Shown:
    plugins = document["remotePlugins"]
    texts = [value for plugin in plugins for value in plugin["settings"].values() if isinstance(value, str)]
    slugs = frozenset(found[0] for text in texts if (found := read_marker(text)) is not None)
    counted = [read_marker(plugin["settings"].get(COUNTED_SETTING, "")) for plugin in plugins]
    counters = [found[1] for found in counted if found is not None]
    names = tuple(sorted({plugin["creationName"] for plugin in plugins}))
    return Shown(document["integrations"]["Segment.io"]["apiKey"], slugs, min(counters, default=None), names)
