"""`edgewise serve` as a real process on a free port, ended by its own id.

It is forked from one that has loaded Edgewise (tests/support/forked.py); of tests whose claim is about how the command
starts, ``anew``.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from edge.observe.asking import NO_TLS
from tests.support.forked import Forked, ended

DEADLINE = 60.0
"""Seconds until a test gives up; reached only by a failure."""
COMMAND = (sys.executable, "-c", "from edge.cli.main import run; run()")


def environment(**more: str) -> dict[str, str]:
    """This process's, without what would make a command look elsewhere than the test says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EDGE_", "COLUMNS"))}
    return kept | {"NO_COLOR": "1"} | more


def edgewise(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own, to its end."""
    return ended([*COMMAND, *arguments], environment(**(env or {})), DEADLINE)


@dataclass(frozen=True, slots=True)
class Served:
    """A running edge: its process, what it said of itself, and where its log goes."""

    process: subprocess.Popen[bytes]
    said: dict[str, Any]
    log: Path

    @property
    def url(self) -> str:
        return str(self.said["public_url"])

    def end(self, sign: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(sign)
        return self.process.wait(DEADLINE)


@contextmanager
def served(
    data_dir: Path,
    *options: str,
    env: Mapping[str, str] | None = None,
    command: str = "serve",
    program: tuple[str, ...] = COMMAND,
    well: str | None = "/readyz",
    anew: bool = False,
) -> Iterator[Served]:
    """An edge that answers 200 at ``well``, on a port of its own unless ``options`` say otherwise; ``command`` may be
    ``demo``. With no ``well`` it has only said where it listens.

    ``program`` may be another way to call `edgewise`; ``anew``, it is never forked.
    """
    log = data_dir.with_name(f"{data_dir.name}.log")
    listening = () if {"--uds", "--port", "--front"}.intersection(options) else ("--port", "0")
    words = [*program, command, "--json", "--data-dir", str(data_dir), *listening, *options]
    with log.open("wb") as stderr:
        start: type[subprocess.Popen[Any]] = subprocess.Popen if anew else Forked
        process = start(
            words, stdout=subprocess.PIPE, stderr=stderr, env=environment(**(env or {})), stdin=subprocess.DEVNULL
        )
    try:
        edge = Served(process, _first_document(process, log), log)
        if well is not None:
            _wait_until_well(edge, well)
        yield edge
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        if process.poll() is None:
            process.kill()
            process.wait(DEADLINE)
        if process.stdout is not None:
            process.stdout.close()


def _first_document(process: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    """The one JSON document on standard output, as soon as it is whole."""
    assert process.stdout is not None
    deadline, text = time.monotonic() + DEADLINE, b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if not selector.select(timeout=1):
                continue
            part = os.read(process.stdout.fileno(), 65536)
            text += part
            with contextlib.suppress(json.JSONDecodeError):
                document: dict[str, Any] = json.loads(text)
                return document
            if not part:
                break
    raise AssertionError(f"serve said {text!r} and logged {log.read_text()}")


def _wait_until_well(edge: Served, path: str) -> None:
    transport = httpx.HTTPTransport(uds=edge.said["uds"], verify=NO_TLS)
    base = "http://socket" if edge.said["uds"] else edge.url
    deadline = time.monotonic() + DEADLINE
    with httpx.Client(transport=transport, base_url=base, trust_env=False) as client:
        while time.monotonic() < deadline:
            assert edge.process.poll() is None, f"serve ended: {edge.log.read_text()}"
            with contextlib.suppress(httpx.TransportError):
                if client.get(path).status_code == 200:
                    return
            time.sleep(0.02)
    raise AssertionError(f"{path} is not 200: {edge.log.read_text()}")


def until(holds: Callable[[], bool], what: str) -> None:
    """Look again and again until it is so; AssertionError names ``what`` did not come about."""
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline, f"not within {DEADLINE:g} s: {what}"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether the process exists and has not ended; one that waits to be collected has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def until_ended(pids: list[int]) -> list[int]:
    """Wait for processes that are not ours to collect; those that still ran at the deadline, ended here."""
    deadline = time.monotonic() + DEADLINE
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left
