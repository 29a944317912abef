"""Where in a TOML text a key was written.

``tomllib`` keeps no positions. But the parser knows where a statement ends: a text cut off inside a statement does not
parse, one cut off after it does. So a key's statement is the first cut that shows the key, back to the cut before it.
That is exact for strings and arrays over many lines, dotted keys and inline tables, without a second grammar to keep
true. It costs one parse per line, and only for a file that is already known to be wrong.
"""

import tomllib
from typing import Any

Path = tuple[str | int, ...]
"""The way to a value: keys of tables, indexes of arrays."""

_FIRST_LINE = 1


class Positions:
    """Line numbers for the paths of one TOML text that parses."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")  # not splitlines(): only a line feed ends a line of TOML
        self._cuts: list[tuple[int, dict[str, Any]]] = []
        statement = _FIRST_LINE
        for count in range(1, len(lines) + 1):
            try:
                document = tomllib.loads("\n".join(lines[:count]) + "\n")
            except tomllib.TOMLDecodeError:
                continue
            self._cuts.append((statement, document))
            statement = count + 1

    def line(self, path: Path) -> int:
        """The line where ``path``, or the innermost part of it that is written at all, first appears."""
        for length in range(len(path), 0, -1):
            for statement, document in self._cuts:
                if _contains(document, path[:length]):
                    return statement
        return _FIRST_LINE


def _contains(document: Any, path: Path) -> bool:
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
