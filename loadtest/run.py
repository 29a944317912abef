"""A load test from nothing: starts a fleet, loads it with Locust, ends it. ``python -m loadtest.run`` (``make load``).

The exit code is Locust's: 0 when every answer was one that may be, 1 when one was not, or when nothing was checked.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from loadtest.fleet.edgewise import ROOT
from loadtest.fleet.fleet import running
from loadtest.fleet.nginx import missing
from loadtest.fleet.plan import SMALL, Plan
from loadtest.targets import VARIABLE, Targets

LOCUSTFILE = Path("loadtest") / "locustfile.py"
GRACE = 60.0
"""Seconds beyond its time until Locust is taken for hanging."""
# Short shares, so that a minute has everything that half an hour has: browsers' copies grow stale, are used once more
# while they are revalidated, and end; nginx's copies expire.
SHARES = {
    "EDGE_BROWSER_MAX_AGE": "2",
    "EDGE_BROWSER_REVALIDATE": "8",
    "EDGE_SHARED_MAX_AGE": "2",
    "EDGE_SHARED_REVALIDATE": "8",
    "EDGE_FRONT_FRESH": "15",
}


@dataclass(frozen=True, slots=True)
class Load:
    """``users`` are all of them together, in ``processes`` of Locust. With ``until_fault`` the first fault ends it."""

    seconds: float
    users: int
    admins: int = 2
    purgers: int = 1
    processes: int = 1
    until_fault: bool = False


def start(load: Load, targets: Targets, file: Path, output: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Locust on ``targets``, without its web page. ``file`` will hold them; ``output`` gets all that it says."""
    words = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--loglevel", "WARNING"]
    words += ["--users", str(load.users), "--spawn-rate", str(load.users), "--run-time", f"{load.seconds:g}s"]
    words += ["--stop-timeout", "15", "--only-summary"]
    words += ["--processes", str(load.processes)] if load.processes > 1 else []
    variables: Mapping[str, str] = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        VARIABLE: str(targets.write(file)),
        "LOAD_ADMINS": str(load.admins),
        "LOAD_PURGERS": str(load.purgers),
        "LOAD_PROCESSES": str(load.processes),
        "LOAD_ENDS_AT_FIRST": str(int(load.until_fault)),
    }
    return subprocess.Popen(
        words, env=variables, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
    )


def finish(locust: subprocess.Popen[bytes], seconds: float) -> int:
    """Wait for its end; one that hangs is killed, with the processes that it started, and has failed."""
    try:
        return locust.wait(seconds + GRACE)
    except (subprocess.TimeoutExpired, KeyboardInterrupt) as reason:
        os.killpg(locust.pid, signal.SIGKILL)
        locust.wait()
        sys.stderr.write(f"load test ended before its time: {type(reason).__name__}\n")
        return 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to load")
    parser.add_argument("--users", type=int, default=60, help="browsers, admins and purgers together")
    parser.add_argument("--admins", type=int, default=2)
    parser.add_argument("--purgers", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1, help="processes of Locust")
    parser.add_argument("--sources", type=int, default=100)
    parser.add_argument("--fleet", choices=("whole", "small"), default="whole")
    options = parser.parse_args()
    whole = options.fleet == "whole"
    if whole and (problem := missing()) is not None:
        sys.stderr.write(f"{problem}; --fleet small (make load FLEET=small) needs nothing but this project\n")
        return 2
    plan = replace(Plan() if whole else SMALL, sources=options.sources, settings=SHARES)
    sys.stderr.write(f"starting a fleet with {options.sources} sources ...\n")
    with running(plan) as fleet:
        sys.stderr.write(f"loading {', '.join(fleet.fronts)} for {options.seconds:g} s with {options.users} users\n")
        load = Load(options.seconds, options.users, options.admins, options.purgers, options.processes)
        code = finish(start(load, fleet.targets(), fleet.directory / "targets.json"), options.seconds)
        if code != 0:
            sys.stderr.write(f"\n{fleet.evidence()}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
