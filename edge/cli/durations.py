"""Durations as people write them: ``2s``, ``500ms``, ``15m``, ``12h``, ``90d``."""

import re

from edge.cli.errors import USAGE, CliError

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h|d)\Z")


def seconds(text: str) -> float:
    """Raises CliError for anything that is not a number with a unit."""
    found = _DURATION.match(text.strip())
    if found is None:
        raise CliError(
            f'"{text}" is not a duration', "Write a number with a unit, as 500ms, 2s, 15m, 12h or 90d.", USAGE
        )
    return float(found["number"]) * SECONDS[found["unit"]]
