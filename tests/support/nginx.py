"""The project's nginx.conf run by the real nginx: in a directory of its own, on a free port, ended by its own id."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from edge.observe.asking import NO_TLS
from loadtest.fleet.ports import free_port, give_back
from tests.cli.processes import children, is_running, until

CONFIGURATION = Path(__file__).parents[2] / "nginx.conf"
PUBLIC = "listen 8080 backlog=2048;"
DIRECTORIES = ("run", "cache", "assets", "temp", "logs")
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "nginx"
"""Debian keeps it where not everybody's PATH leads."""
DEADLINE = 30.0
"""Seconds until a test gives up; reached only by a failure."""


@contextmanager
def short_directory() -> Iterator[Path]:
    """A directory whose name leaves room for the 107 bytes that a socket's path may have."""
    made = Path(tempfile.mkdtemp(prefix="edge-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def rendered(port: int, changes: Mapping[str, str] | None = None) -> str:
    """The configuration with ``port`` as its public one and some lines changed; each must be there exactly once."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for line, instead in {PUBLIC: f"listen 127.0.0.1:{port} backlog=2048;", **(changes or {})}.items():
        assert text.count(line) == 1, f"nginx.conf has {line!r} {text.count(line)} times"
        text = text.replace(line, instead)
    return text


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer to bytes sent as they are."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx; ``directory`` is what it was started in."""

    process: subprocess.Popen[bytes]
    directory: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def public(self) -> httpx.Client:
        """A client as any browser. httpx's own defaults would ask for compressed answers and keep cookies."""
        return httpx.Client(
            base_url=self.url,
            trust_env=False,
            verify=NO_TLS,
            headers={"Accept-Encoding": "identity"},
            timeout=DEADLINE,
        )

    def refreshing(self) -> httpx.Client:
        """A client as a node of this host: through the refresh socket."""
        transport = httpx.HTTPTransport(uds=str(self.directory / "run" / "refresh.sock"), verify=NO_TLS)
        return httpx.Client(
            base_url="http://nginx", transport=transport, headers={"Accept-Encoding": "identity"}, timeout=DEADLINE
        )

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)

    def raw(self, request: bytes) -> Raw:
        """One answer to ``request`` on a connection of its own."""
        with self.connect() as caller:
            caller.sendall(request)
            return _answer(caller, request)

    def volley(self, requests: list[bytes], sent: Callable[[], None] = lambda: None) -> list[Raw]:
        """All requests at once, each on a connection of its own, and all answers in their order.

        ``sent`` is called when nginx has all of them.
        """
        callers = [self.connect() for _ in requests]
        try:
            for caller, request in zip(callers, requests, strict=True):
                caller.sendall(request)
            # Connections are taken up in the order in which they were made.
            self.raw(get("/"))
            sent()
            return [_answer(caller, request) for caller, request in zip(callers, requests, strict=True)]
        finally:
            for caller in callers:
                caller.close()

    def access_log(self, lines: int) -> list[dict[str, Any]]:
        """The access log once it has as many ``lines``; nginx writes it a second late."""
        path = self.directory / "logs" / "access.log"
        deadline = time.monotonic() + DEADLINE
        while len(written := path.read_text(encoding="utf-8").splitlines()) < lines:
            assert time.monotonic() < deadline, f"{len(written)} lines of {lines} in the access log"
            time.sleep(0.05)
        return [json.loads(line) for line in written]

    def error_log(self) -> str:
        return (self.directory / "logs" / "error.log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it and its workers as nothing that cleans up would: its sockets and its copies stay."""
        pids = [self.process.pid, *children(self.process.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(DEADLINE)
        until(lambda: not any(is_running(pid) for pid in pids), "nginx's workers end")

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(DEADLINE)


def get(path: str, *headers: str, method: str = "GET") -> bytes:
    """A whole request, whose connection ends with its answer."""
    lines = [f"{method} {path} HTTP/1.1", "Host: cdn.example", "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _answer(caller: socket.socket, request: bytes) -> Raw:
    response = http.client.HTTPResponse(caller, method=request.split(b" ", 1)[0].decode())
    response.begin()
    return Raw(response.status, response.headers, response.read())


@contextmanager
def nginx(
    directory: Path,
    *,
    changes: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
) -> Iterator[Nginx]:
    """nginx in ``directory``, answering. ``changes`` are lines of the configuration; ``env`` may hold a clock.

    ``user`` is the id of an ordinary user who owns the directory and runs it in place of this one.
    """
    for name in DIRECTORIES:
        (directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        if user is not None:
            os.chown(directory / name, user, -1)
    for name in ("refresh.sock", "misses.sock"):
        # Those of one that was killed; nginx binds to no path that is taken.
        (directory / "run" / name).unlink(missing_ok=True)
    port = free_port()
    configuration = directory / "nginx.conf"
    configuration.write_text(rendered(port, changes), encoding="utf-8")
    # nginx hides its environment from its workers, but for what is named.
    passed_on = "".join(f"env {name};" for name in env or {})
    process = subprocess.Popen(
        [PROGRAM, "-p", ".", "-c", str(configuration), "-g", f"daemon off; {as_user(user)} {passed_on}"],
        cwd=directory,
        user=user,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    running = Nginx(process, directory, port)
    try:
        _wait_answering(running)
        yield running
    finally:
        if process.poll() is None:
            running.end()
        if process.stderr is not None:
            process.stderr.close()
        give_back(port)


def as_user(user: int | None) -> str:
    """The directive by which workers of a root's nginx are who the test is."""
    return "user root;" if user is None and os.geteuid() == 0 else ""


def _wait_answering(running: Nginx) -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        if running.process.poll() is not None:
            assert running.process.stderr is not None
            raise AssertionError(f"nginx ended: {running.process.stderr.read().decode()}")
        try:
            running.raw(get("/"))
        except OSError:
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.02)
        else:
            return
