"""A node that reports that it follows, and heeds nothing: what it has read once it goes on calling fresh."""

import sys

from edge.cache.floors import Floors
from edge.cli import main

COMMAND = (sys.executable, "-c", "from tests.fleet.lying import run; run()")
"""`edgewise`, as a process whose node lies."""


def run() -> None:
    Floors.passes = _passes  # type: ignore[method-assign, assignment]
    main.run()


def _passes(*_: object) -> bool:
    return True
