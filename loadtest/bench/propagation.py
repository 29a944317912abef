"""From a write's answer to the first new byte: ``python -m loadtest.bench.propagation``.

Each change turns one destination on or off, which all documents show. After the write's answer every connection
asks until its revision is another one; what is reported is when the head of that answer was there. Two parts, each idle
and under load: every node by itself (settings, identity), and everything that nginx keeps (four documents in three
encodings). The client and the load are on the same cores as the fleet, and part of what is measured.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx
import uvloop

from edge.publish.variants import ENCODINGS, Encoding
from loadtest.bench.figures import percentiles
from loadtest.bench.reader import Place, Reader
from loadtest.documents import PATHS, Kind
from loadtest.fleet.edgewise import ROOT
from loadtest.fleet.fleet import Fleet, running
from loadtest.fleet.plan import SMALL, Plan
from loadtest.fleet.process import Process, Program
from loadtest.sources import TOGGLED, load_source

SOURCE = load_source(1)
"""The first source that has the destination which is turned on and off."""
SETTLING = 0.02
"""Seconds between two changes: each is everywhere before the next is made."""
SPACING = 0.5
"""Milliseconds from one question of the client to the next, whichever connection it is on."""

WARMING = 8.0
"""Seconds of changes before any is measured. While a whole fleet starts on the same cores, a call to Redis may take
longer than its time, and a node then leaves the copies there alone for 5 s (``edge/cache/circuit.py``)."""

Variant = tuple[Kind, Encoding]
NODES_SHOW: tuple[Variant, ...] = (("settings", "identity"),)
NGINX_SHOWS: tuple[Variant, ...] = tuple((kind, encoding) for kind in PATHS for encoding in ENCODINGS)


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds: at each place, at the first and the last of all, and at the last since the write was sent."""

    places: dict[str, list[float]]
    first: list[float]
    last: list[float]
    since_sent: list[float]

    def told(self, title: str) -> str:
        rows = {**self.places} if len(self.places) > 1 else {}
        rows |= {"first of all": self.first, "last of all": self.last, "last, since sent": self.since_sent}
        return "\n".join([title, *(f"  {name:18} {percentiles(times)}" for name, times in rows.items())])


@dataclass(frozen=True, slots=True)
class Effort:
    """How many changes, and the spacing of the client's questions in milliseconds."""

    changes: int
    spacing: float = SPACING


async def measure(places: Sequence[Place], variants: Sequence[Variant], fleet: Fleet, effort: Effort) -> Measured:
    readers = [await Reader(place, SOURCE.key, *variant).open() for place in places for variant in variants]
    measured = Measured({place.name: [] for place in places}, [], [], [])
    headers = {"Authorization": f"Bearer {fleet.tokens.admin}"}
    async with httpx.AsyncClient(base_url=fleet.control.admin_url, headers=headers, trust_env=False) as api:
        for number in range(effort.changes):
            sent = time.perf_counter()
            await turn(api, on=number % 2 == 1)
            answered = time.perf_counter()
            came = await all_changed(readers, effort.spacing / 1000)
            times = [max(0.0, at - answered) * 1000 for at in came]
            for place in places:
                mine = [one for one, reader in zip(times, readers, strict=True) if reader.place is place]
                measured.places[place.name].append(max(mine))
            measured.first.append(min(times))
            measured.last.append(max(times))
            measured.since_sent.append((max(came) - sent) * 1000)
            await asyncio.sleep(SETTLING)
        await turn(api, on=True)
    for reader in readers:
        reader.close()
    return measured


async def all_changed(readers: Sequence[Reader], spacing: float) -> list[float]:
    """When each had its change. ``spacing``: seconds from one question to the next; those that have it ask no more, so
    that the last ones, on which it depends, are seen the soonest."""
    waiting = len(readers)

    async def changed(reader: Reader) -> float:
        nonlocal waiting
        came = await reader.changed(lambda: spacing * waiting)
        waiting -= 1
        return came

    return await asyncio.gather(*(changed(reader) for reader in readers))


async def warm(fleet: Fleet) -> None:
    until = time.perf_counter() + WARMING
    while time.perf_counter() < until:
        await measure(nodes_of(fleet), NODES_SHOW, fleet, Effort(10))


async def turn(api: httpx.AsyncClient, *, on: bool) -> None:
    body = {"destination": {"enabled": on}, "update_mask": {"paths": ["destination.enabled"]}}
    (await api.patch(f"/v1beta/{SOURCE.name}/destinations/{TOGGLED}", json=body)).raise_for_status()


@contextmanager
def loaded(fleet: Fleet, rate: float) -> Iterator[None]:
    """A steady load on what browsers reach."""
    ports = ",".join(front.rpartition(":")[2] for front in fleet.fronts)
    words = (sys.executable, "-m", "loadtest.bench.background", ports, str(fleet.plan.sources), str(rate))
    process = Process(Program("background", words, fleet.logs / "background.log", directory=ROOT))
    process.start()
    try:
        yield
        if not process.running:
            raise RuntimeError(f"the load ended by itself\n{process.tail()}")
    finally:
        process.kill()


def nodes_of(fleet: Fleet) -> list[Place]:
    return [Place(node.name, port=node.options.port, uds=node.options.uds) for node in fleet.nodes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--spacing", type=float, default=SPACING, help="milliseconds from one question to the next")
    parser.add_argument("--load", type=float, default=300.0, help="requests a second of the load behind it")
    parser.add_argument("--sources", type=int, default=100)
    parser.add_argument("--fleet", choices=("whole", "small"), default="whole")
    options = parser.parse_args()
    effort = Effort(options.changes, options.spacing)
    plan = replace(Plan(durable=True) if options.fleet == "whole" else SMALL, sources=options.sources)
    with running(plan) as fleet:
        parts = {"every node": (nodes_of(fleet), NODES_SHOW)}
        if fleet.nginx is not None:
            parts["through nginx, every variant"] = ([Place("nginx", port=fleet.nginx.port)], NGINX_SHOWS)
        sys.stdout.write(f"{options.changes} changes each, {options.fleet} fleet, {options.sources} sources\n")
        uvloop.run(warm(fleet))
        for name, (places, variants) in parts.items():
            idle = uvloop.run(measure(places, variants, fleet, effort))
            sys.stdout.write(idle.told(f"{name}, idle") + "\n")
            with loaded(fleet, options.load):
                busy = uvloop.run(measure(places, variants, fleet, effort))
            sys.stdout.write(busy.told(f"{name}, under {options.load:g} requests a second") + "\n")


if __name__ == "__main__":
    main()
