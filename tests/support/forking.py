"""This process's fork server: started for the first who needs it, asked for processes, ended by ``end``."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from tests.support.fork_server import LONGEST, PR_SET_CHILD_SUBREAPER, PROGRAM, Asked, prctl

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds until the fork server is given up; reached only by a failure."""
BY_ALL = {"NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
"""What every program of Edgewise is given that a test starts, besides this process's own environment."""
FIXED = ("GLIBC_", "LANG", "LC_", "LD_", "MALLOC_", "OPENSSL_", "PYTHON", "SSL_", "TZ")
"""How the variables begin that Python itself and the libraries beneath it look at when they start."""


class ForkServerError(AssertionError):
    """The fork server ended, or does not answer. The text has what it said."""


class ForkServer:
    """Not for several threads at once. ``environment`` is what its programs would find, but for their own settings."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server runs
        self._line, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(other.fileno())],
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                env=self._environment,
                cwd=ROOT,
            )
        self._looked_at: list[str] = json.loads(self._answer())

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Whether a program with this environment would load the same as the server has."""
        return same_start(self._environment, environment, self._looked_at)

    def fork(self, asked: Asked, files: Sequence[int]) -> int:
        """The id of a new child of this process. ``files`` are its standard input, output and error."""
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        try:
            socket.send_fds(self._line, [asked.packed()], files)
            return int(self._answer())
        except OSError as error:
            raise self._failure(str(error)) from error
        finally:
            prctl(PR_SET_CHILD_SUBREAPER, 0)

    def end(self) -> None:
        """It ends with its line; the programs go on."""
        self._line.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._said.close()

    def _answer(self) -> bytes:
        try:
            self._line.settimeout(PATIENCE)
            answer = self._line.recv(LONGEST)
        except OSError as error:
            raise self._failure(str(error)) from error
        if not answer:
            raise self._failure("it ended")
        return answer

    def _failure(self, what: str) -> ForkServerError:
        # Of no use any more, and it may be anywhere: frozen, for one.
        self.process.kill()
        self.process.wait()
        self._said.seek(0)
        said = self._said.read().decode(errors="replace")
        return ForkServerError(f"the fork server (process {self.process.pid}): {what}\n{said}".rstrip())


def same_start(here: Mapping[str, str], there: Mapping[str, str], looked_at: Sequence[str]) -> bool:
    """Whether what is loaded with ``here`` for an environment would be the same with ``there``.

    ``looked_at`` are the variables at which somebody looks while it is loaded. Modules come from ``here``'s path: where
    ``there`` has none it is the same, for whoever asks has loaded Edgewise from there.
    """
    names = {name for name in (*here, *there) if name.startswith(FIXED)} | set(looked_at)
    return all(there.get(name, here.get(name) if name == "PYTHONPATH" else None) == here.get(name) for name in names)


class Forking:
    """The server of this process, if there is one; for several threads. It finds the environment as it was when this
    was made, whatever a test has changed for itself."""

    def __init__(self) -> None:
        self._environment = {**os.environ, **BY_ALL}
        self._lock = threading.Lock()
        self._server: ForkServer | None = None

    @property
    def pid(self) -> int | None:
        """The server's own."""
        return self._server.process.pid if self._server is not None else None

    def fork(self, asked: Asked, files: Sequence[int]) -> int | None:
        """The id of a new child; ``None`` where it would differ from one that loads for itself. After an error another
        server is started for the next."""
        with self._lock:
            if self._server is None:
                self._server = ForkServer(self._environment)
            if not self._server.suits(asked.environment):
                return None
            try:
                return self._server.fork(asked, files)
            except ForkServerError:
                self._server = None
                raise

    def end(self) -> None:
        with self._lock:
            if self._server is not None:
                self._server.end()
                self._server = None


forking = Forking()
