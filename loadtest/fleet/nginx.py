"""nginx with the project's own nginx.conf, on a free port of loopback, before the processes of one host."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from loadtest.fleet.edgewise import ROOT
from loadtest.fleet.ports import free_port
from loadtest.fleet.process import Process, Program, answers

CONFIGURATION = ROOT / "nginx.conf"
DIRECTORIES = ("run", "logs", "cache", "assets", "temp")
_LISTEN = re.compile(r"^(\s*)listen (?:\[::\]:|[\d.]+:)?8080[^;]*;", re.MULTILINE)
_NODE = re.compile(r"^(\s*)server unix:run/app\.sock([^;]*);", re.MULTILINE)


class ConfigurationError(AssertionError):
    """nginx.conf has not the line that is to be replaced."""


def render(text: str, *, port: int, sockets: Sequence[Path], more: str = "") -> str:
    """``text`` of nginx.conf with the public listener on ``port`` of loopback and one line for each of ``sockets``.

    ``more`` stands at the end of the ``http`` block: another server, for one.
    """
    text, listeners = _LISTEN.subn(rf"\1listen 127.0.0.1:{port} backlog=2048;", text)
    if listeners != 1:
        raise ConfigurationError(f"nginx.conf: expected one `listen 8080;`, found {listeners}")
    lines = "\n".join(rf"\1server unix:{socket}\2;" for socket in sockets)
    text, upstreams = _NODE.subn(lines, text)
    if upstreams != 1:
        raise ConfigurationError(f"nginx.conf: expected one `server unix:run/app.sock;`, found {upstreams}")
    body, brace, rest = text.rpartition("}")
    return f"{body}{more}\n{brace}{rest}"


class Nginx:
    """Runs in ``directory``, which is ``front`` in the data directory of the host's nodes."""

    def __init__(self, directory: Path, sockets: Sequence[Path], more: str = "") -> None:
        self.directory = directory
        self.port = free_port()
        self._sockets = sockets
        self.more = more
        self._file = directory / "rendered.conf"
        log = directory / "logs" / "nginx.log"
        # Started by root its workers would be nobody, who may not enter a directory of mode 0700.
        main = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        words = ("nginx", "-p", ".", "-e", "logs/error.log", "-c", str(self._file), "-g", main)
        self.process = Process(Program("nginx", words, log, directory=directory))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cache(self) -> Path:
        return self.directory / "cache"

    @property
    def refresh_socket(self) -> Path:
        return self.directory / "run" / "refresh.sock"

    def launch(self) -> None:
        """Start without waiting."""
        for name in DIRECTORIES:
            (self.directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        text = CONFIGURATION.read_text(encoding="utf-8")
        self._file.write_text(render(text, port=self.port, sockets=self._sockets, more=self.more), encoding="utf-8")
        # A killed nginx leaves its sockets, on which the next one could not listen.
        for left in (self.directory / "run").glob("*.sock"):
            if left not in self._sockets:
                left.unlink()
        self.process.start()

    def wait_ready(self) -> None:
        """A node answers through it."""
        self.process.wait_until(lambda: answers(f"{self.url}/readyz"), "a node answers through nginx")

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def end(self) -> None:
        self.process.end()

    def kill(self) -> None:
        self.process.kill()


def missing() -> str | None:
    """Why nginx cannot run here; ``None`` when it can."""
    if shutil.which("nginx") is None:
        return "nginx is not installed: apt-get install nginx"
    if not CONFIGURATION.exists():
        return f"this checkout has no {CONFIGURATION.name}"
    return None
