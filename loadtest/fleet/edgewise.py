"""``edgewise serve`` as a process: a control node, an edge node, or one that is everything."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from loadtest.fleet.process import PATIENCE, Process, ProcessError, Program, answers

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from edge.cli.main import run; run()")
ON_A_SOCKET = "http://node"
"""The base URL that a client of a Unix socket writes; the host in it means nothing."""


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's, without its own settings of Edgewise, and with those of a node."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EDGE_")}
    return kept | {"NO_COLOR": "1"} | dict(settings)


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """Where a node listens and what it is. It listens on ``uds`` instead of ``host`` and ``port`` where that is given.

    ``settings`` are EDGE_ variables; ``build`` is the checkout whose code runs; ``command`` is what runs as
    ``edgewise``; ``before`` are words before it, which must become it: ``ip netns exec`` or ``faketime``.
    """

    name: str
    log: Path
    settings: Mapping[str, str]
    admin_port: int
    host: str = "127.0.0.1"
    port: int = 0
    uds: Path | None = None
    build: Path = ROOT
    before: Sequence[str] = ()
    command: Sequence[str] = COMMAND
    extra: Mapping[str, str] = field(default_factory=dict)
    """Variables besides settings, as libfaketime's."""
    start: type[subprocess.Popen[Any]] = subprocess.Popen
    """As a ``Program`` has it."""


class Node:
    """One worker process with its own address; ``start`` again after ``end`` or ``kill`` takes the same one."""

    def __init__(self, options: NodeOptions) -> None:
        self.options = options
        listens = (
            {"EDGE_UDS": str(options.uds)}
            if options.uds
            else {"EDGE_HOST": options.host, "EDGE_PORT": str(options.port)}
        )
        admin = {"EDGE_ADMIN_BIND": f"{options.host}:{options.admin_port}"}
        settings = {"EDGE_WORKERS": "1", "EDGE_RATE_LIMIT": "0", "EDGE_LOG_LEVEL": "warning"}
        settings |= listens | admin | dict(options.settings)
        # The first place where Python looks for modules is the current directory, with -c.
        code = {"PYTHONPATH": str(options.build)}
        variables = environment(settings) | code | dict(options.extra)
        words = (*options.before, *options.command, "serve", "--json")
        self.process = Process(
            Program(options.name, words, options.log, variables, directory=options.build, start=options.start)
        )

    @property
    def name(self) -> str:
        return self.options.name

    @property
    def url(self) -> str:
        """Base URL of the public listener, for a client made by ``client``."""
        return ON_A_SOCKET if self.options.uds else f"http://{self.options.host}:{self.options.port}"

    @property
    def admin_url(self) -> str:
        return f"http://{self.options.host}:{self.options.admin_port}"

    def client(self, timeout: float = 10.0) -> httpx.Client:
        """A client of the public listener; the caller closes it."""
        uds = self.options.uds
        transport = httpx.HTTPTransport(uds=str(uds)) if uds is not None else httpx.HTTPTransport()
        return httpx.Client(transport=transport, base_url=self.url, timeout=timeout, trust_env=False)

    def launch(self) -> None:
        """Start without waiting, so that several start at once."""
        self.process.start()

    def wait_ready(self, seconds: float = PATIENCE) -> None:
        self.process.wait_until(self.ready, "/readyz is 200", seconds)

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def ready(self) -> bool:
        return answers(f"{self.url}/readyz", self.options.uds)

    def alive(self) -> bool:
        return answers(f"{self.url}/healthz", self.options.uds)

    def end(self) -> None:
        """SIGTERM: a graceful end. Raises ProcessError when it was anything else."""
        code = self.process.end()
        if code not in (0, None):
            raise ProcessError(f"{self.name} ended with {code}\n{self.process.tail()}")

    def kill(self) -> None:
        self.process.kill()

    def freeze(self) -> None:
        self.process.freeze()

    def thaw(self) -> None:
        self.process.thaw()
