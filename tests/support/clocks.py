"""Clocks of processes, moved from outside: libfaketime, which every process under it reads from one file."""

import os
import time
from pathlib import Path

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


def library() -> Path:
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern.removeprefix("/"))]
    assert found, "libfaketime is missing: install the packages of scripts/system-packages.txt"
    return found[0]


class SharedClock:
    """A wall clock ahead of the machine's by ``ahead`` seconds, for this test and every process that ``env`` is given.

    Monotonic clocks are left alone: timers of servers and event loops keep their real lengths.
    """

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

    def env(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def _write(self) -> None:
        # Renamed into place: a process that reads while this writes must not see half a number.
        written = self._file.with_suffix(".new")
        written.write_text(f"+{self.ahead:.3f}s")
        os.replace(written, self._file)
