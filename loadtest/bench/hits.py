"""A manifest hit beside a bare Starlette route and a bare ASGI callable: ``python -m loadtest.bench.hits``.

Four servers with the same uvicorn, the same bytes and one worker each; in every round each is loaded in turn, so that
a machine whose speed drifts drifts for all. Reported: medians and spreads, and ratios taken round by round.
"""

import argparse
import functools
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from loadtest.bench.contenders import bare_callable, starlette_route
from loadtest.bench.demo_edge import KEY, edge_app, seed, settings_for
from loadtest.bench.figures import spread
from loadtest.bench.process import served, wait_for
from loadtest.fleet.ports import free_port

PATH = f"/v1/projects/{KEY}/settings"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Run:
    """Requests a second; milliseconds at the median and at the 99th percentile."""

    rps: float
    p50: float
    p99: float


def load(port: int, seconds: int, connections: int) -> Run:
    url = f"http://127.0.0.1:{port}{PATH}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"errors under load:\n{text}")
    rps = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if rps is None:
        sys.exit(f"wrk answered something else than expected:\n{text}")
    return Run(float(rps[1]), _milliseconds(text, "50%"), _milliseconds(text, "99%"))


def _milliseconds(text: str, percentile: str) -> float:
    found = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", text)
    return float(found[1]) * _UNITS[found[2]] if found else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("this bench needs wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        port = free_port()
        settings = settings_for(Path(directory), port)
        seed(settings)
        stack.enter_context(served(functools.partial(edge_app, settings), port, "/readyz"))
        hit = httpx.get(wait_for(f"http://127.0.0.1:{port}{PATH}").url, headers={"accept-encoding": "identity"})
        body, headers = hit.content, {name: value for name, value in hit.headers.items() if name != "date"}
        ports = {"edgewise": port}
        for name, make in (
            ("starlette route", functools.partial(starlette_route, body)),
            ("bare, same headers", functools.partial(bare_callable, body, headers)),
            ("bare callable", functools.partial(bare_callable, body)),
        ):
            ports[name] = stack.enter_context(served(make, free_port(), PATH))
        runs: dict[str, list[Run]] = {name: [] for name in ports}
        for _ in range(options.rounds):
            for name, contender in ports.items():
                runs[name].append(load(contender, options.seconds, options.connections))
    print(f"{len(body)} bytes, {options.connections} connections, {options.rounds} rounds of {options.seconds} s")
    for name, results in runs.items():
        print(f"{name:18} rps {spread([run.rps for run in results])}")
        print(f"{'':18} p50 {spread([run.p50 for run in results])} ms   p99 {spread([run.p99 for run in results])} ms")
    for name in list(ports)[1:]:
        ratios = [ours.rps / theirs.rps for ours, theirs in zip(runs["edgewise"], runs[name], strict=True)]
        print(f"edgewise / {name:18} {spread(ratios)}")


if __name__ == "__main__":
    main()
