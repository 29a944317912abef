"""A host whose wall clock is stepped: its nodes and its nginx read it from one file. Durations keep their length.

Under libfaketime Python asks for the time at every turn of a lock, and spends most of its own on that: so a node is
given its clock, by the same parameter by which the composition root hands it out, and only nginx is under libfaketime.
"""

import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from starlette.applications import Starlette

from edge.app import create_app
from edge.cli import main, serving
from edge.model.instant import Instant, system_clock
from edge.settings import Settings
from loadtest.fleet.edgewise import NodeOptions
from loadtest.fleet.plan import Plan
from loadtest.fleet.process import Process
from tests.fleet.wired import WiredFleet
from tests.support.clocks import FILE, SharedClock

COMMAND = (sys.executable, "-c", "from tests.fleet.stepped import run; run()")
"""`edgewise`, as a process whose node has the stepped wall clock."""


class SteppedFleet(WiredFleet):
    """``clock`` is that of the host with nginx; every other node has the machine's."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        self.clock = SharedClock(directory / "clock")
        super().__init__(plan, directory)
        assert self.nginx is not None
        program, clock = self.nginx.process.program, self.clock.nginx()
        # nginx hides its environment from its workers, but for what is named.
        named = "".join(f" env {name};" for name in clock)
        words = (*program.words[:-1], f"{program.words[-1]}{named}")
        self.nginx.process = Process(replace(program, words=words, environment={**os.environ, **clock}))

    def altered(self, options: NodeOptions) -> NodeOptions:
        wired = super().altered(options)
        if options.settings.get("EDGE_FRONT") != "nginx":
            return wired
        return replace(wired, command=COMMAND, extra=self.clock.edge())


def run() -> None:
    stepped = partial(serving.run, factory=_application)
    serving.run = stepped
    main.run()


def _application(settings: Settings) -> Starlette:
    return create_app(settings, _clock)


def _clock() -> Instant:
    now, ahead = system_clock(), float(Path(os.environ[FILE]).read_text().removesuffix("s"))
    return Instant(now.wall + ahead, now.boot)
