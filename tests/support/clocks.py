"""Clocks of processes, moved from outside: an edge is given one, nginx gets its by libfaketime; both read one file."""

import os
import sys
import time
from functools import partial
from pathlib import Path

from starlette.applications import Starlette

from edge.app import create_app
from edge.cli import main, serving
from edge.model.instant import Instant, system_clock
from edge.settings import Settings

LIBRARIES = ("usr/lib/*/faketime/libfaketimeMT.so.1", "usr/lib/faketime/libfaketimeMT.so.1")
FILE = "TESTS_CLOCK"
PROGRAM = (sys.executable, "-c", "from tests.support.clocks import run; run()")
"""`edgewise`, as a process whose nodes have the clock of ``SharedClock.edge()``.

Under libfaketime Python asks for the time at every turn of a lock, and spends most of its own on that.
"""


def library() -> Path:
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern)]
    assert found, "libfaketime is missing: install the packages of scripts/system-packages.txt"
    return found[0]


class SharedClock:
    """A clock ahead of the machine's, for this test and the processes that it starts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.ahead = 0.0
        self._write()

    def __call__(self) -> float:
        """Unix time, as the processes have it."""
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
        self._write()

    def edge(self) -> dict[str, str]:
        """The environment of a ``PROGRAM``."""
        return {FILE: str(self._file)}

    def nginx(self) -> dict[str, str]:
        """The environment of an nginx. Its timers keep their real lengths: only the wall clock is moved."""
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def _write(self) -> None:
        # Renamed into place: a process that reads while this writes must not see half a number.
        written = self._file.with_suffix(".new")
        written.write_text(f"{self.ahead:+.3f}s")
        os.replace(written, self._file)


def run() -> None:
    """`edgewise` with the arguments of this process, on the clock of its environment."""
    moved = partial(serving.run, factory=_application)
    serving.run = moved
    main.run()


def _application(settings: Settings) -> Starlette:
    return create_app(settings, _clock)


def _clock() -> Instant:
    now, ahead = system_clock(), float(Path(os.environ[FILE]).read_text().removesuffix("s"))
    return Instant(now.wall + ahead, now.boot + ahead)
