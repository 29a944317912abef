"""What a HIT costs nginx, beside a file of the same bytes: ``python -m loadtest.bench.nginx_hits``.

One nginx with the project's nginx.conf and two servers more in it: one serves the bytes as a file, one does so with the
headers that a HIT has. In every round each is loaded in turn, so that a machine whose speed drifts drifts for
all. Reported: medians and spreads, and ratios taken round by round.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from loadtest.bench.figures import spread
from loadtest.bench.pound import client, pound
from loadtest.checks import ACCEPTED
from loadtest.documents import PATHS, Kind, path_of
from loadtest.fleet.fleet import running
from loadtest.fleet.nginx import Nginx, missing
from loadtest.fleet.plan import SMALL
from loadtest.fleet.ports import free_port
from loadtest.sources import load_source

SOURCE = load_source(1)
# What nginx writes by itself for a file.
ITS_OWN = frozenset({"server", "date", "connection", "content-length", "content-type", "etag", "accept-ranges"})


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Round:
    """Requests a second, and microseconds of nginx's processor time for a request."""

    rps: float
    cost: float


def files_beside(nginx: Nginx, bodies: dict[Kind, httpx.Response]) -> tuple[int, int]:
    """Make nginx serve ``bodies`` as files too: the ports of the plain server and of the one with a HIT's headers."""
    directory = nginx.directory / "files"
    directory.mkdir()
    for kind, answer in bodies.items():
        (directory / kind).write_bytes(answer.extensions["raw"])
    plain, dressed = free_port(), free_port()
    lines = {kind: _headers(answer) for kind, answer in bodies.items()}
    locations = "".join(f"location = /{kind} {{ {added} }}\n" for kind, added in lines.items())
    nginx.more = _server(plain, directory, "") + _server(dressed, directory, locations)
    nginx.end()
    nginx.start()
    return plain, dressed


def _server(port: int, directory: Path, locations: str) -> str:
    return f"server {{ listen 127.0.0.1:{port} backlog=2048; root {directory}; {locations} }}\n"


def _headers(answer: httpx.Response) -> str:
    return " ".join(
        f"add_header {name} '{value}' always;" for name, value in answer.headers.items() if name not in ITS_OWN
    )


def ask(nginx: Nginx, kind: Kind) -> httpx.Response:
    """A HIT, with the bytes as they were sent."""
    url = f"{nginx.url}{path_of(kind, SOURCE.key)}"
    with httpx.Client(headers={"Accept-Encoding": ACCEPTED["br"]}, trust_env=False) as http:
        for _ in range(2):
            with http.stream("GET", url) as answer:
                answer.raise_for_status()
                answer.extensions["raw"] = b"".join(answer.iter_raw())
    if "nginx; hit" not in answer.headers.get("cache-status", ""):
        raise RuntimeError(f"not a HIT: {answer.headers.get('cache-status')!r}")
    return answer


def measured(nginx: Nginx, contender: Contender, seconds: float) -> Round:
    before = nginx.process.cpu_seconds()
    result = pound(contender.port, contender.path, ACCEPTED["br"], seconds)
    return Round(result.rps, (nginx.process.cpu_seconds() - before) / result.requests * 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    if (problem := missing()) is not None:
        sys.exit(f"skipped: {problem}")
    with running(replace(SMALL, behind=1, alone=0, sources=2)) as fleet:
        nginx = fleet.nginx
        assert nginx is not None
        bodies = {kind: ask(nginx, kind) for kind in PATHS}
        plain, dressed = files_beside(nginx, bodies)
        sys.stdout.write(f"with {client()}; {options.rounds} rounds of {options.seconds:g} s\n")
        for kind in PATHS:
            contenders = (
                Contender("HIT", nginx.port, path_of(kind, SOURCE.key)),
                Contender("file", plain, f"/{kind}"),
                Contender("file, same headers", dressed, f"/{kind}"),
            )
            rounds: dict[str, list[Round]] = {one.name: [] for one in contenders}
            for _ in range(options.rounds):
                ask(nginx, kind)
                for one in contenders:
                    rounds[one.name].append(measured(nginx, one, options.seconds))
            sys.stdout.write(told(kind, len(bodies[kind].extensions["raw"]), rounds))


def told(kind: Kind, size: int, rounds: dict[str, list[Round]]) -> str:
    lines = [f"{kind}, br, {size} bytes"]
    for name, results in rounds.items():
        rps, cost = spread([one.rps for one in results]), spread([one.cost for one in results])
        lines.append(f"  {name:20} rps {rps}   nginx's CPU {cost} us a request")
    for name in list(rounds)[1:]:
        pairs = list(zip(rounds["HIT"], rounds[name], strict=True))
        rps, cost = (spread([a.rps / b.rps for a, b in pairs]), spread([a.cost / b.cost for a, b in pairs]))
        lines.append(f"  HIT / {name:18} rps {rps}   CPU {cost}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
