"""What a load test is aimed at: written by who runs the fleet, read by Locust's processes."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from loadtest.sources import LoadSource, load_source

VARIABLE = "LOAD_TARGETS"
"""The environment variable that names the file."""


@dataclass(frozen=True, slots=True)
class Targets:
    """``fronts`` and ``api`` are base URLs, of public listeners and of the Config API; ``token`` is an instance token
    with workspace:read, workspace:write and cache:purge. ``wait`` is how long a change may take until it is live, in
    seconds; later than that fails the run."""

    fronts: tuple[str, ...]
    api: str
    token: str
    numbers: tuple[int, ...]
    wait: float = 10.0

    def sources(self) -> list[LoadSource]:
        return [load_source(number) for number in self.numbers]

    def write(self, path: Path) -> Path:
        """Only this user may read it: it holds a token."""
        path.touch(mode=0o600)
        path.write_bytes(orjson.dumps(asdict(self)))
        return path


def read_targets() -> Targets:
    """Raises KeyError when nobody said where the file is."""
    return TypeAdapter(Targets).validate_json(Path(os.environ[VARIABLE]).read_bytes())
