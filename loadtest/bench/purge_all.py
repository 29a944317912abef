"""Purging everything while there are many sources: ``python -m loadtest.bench.purge_all``.

Reported: how long until the purge is live everywhere, what the store was asked meanwhile (statements, rows, its
processor time) and what every process used. A first purge warms up, for nothing is in any cache before.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace

import httpx

from loadtest.fleet.fleet import Fleet, running
from loadtest.fleet.plan import SMALL, Plan

SECONDS = 600.0
WAIT = "30s"
# Of this database only; what the bench asks itself is one statement.
STATEMENTS = "SELECT coalesce(sum(calls), 0), coalesce(sum(rows), 0) FROM pg_stat_statements"


@dataclass(frozen=True, slots=True)
class Load:
    """What was used so far: statements and rows of the store, CPU seconds by process."""

    statements: int
    rows: int
    cpu: dict[str, float]

    def since(self, before: "Load") -> "Load":
        cpu = {name: used - before.cpu.get(name, 0.0) for name, used in self.cpu.items()}
        return Load(self.statements - before.statements, self.rows - before.rows, cpu)


def load_of(fleet: Fleet) -> Load:
    processes = {node.name: node.process for node in (fleet.control, *fleet.nodes)}
    statements = rows = 0
    if fleet.postgres is not None:
        processes["postgres"] = fleet.postgres.process
        statements, rows = (int(number) for number in fleet.postgres.query(STATEMENTS).split("|"))
    if fleet.nginx is not None:
        processes["nginx"] = fleet.nginx.process
    if fleet.redis is not None:
        processes["redis"] = fleet.redis.process
    return Load(statements, rows, {name: process.cpu_seconds() for name, process in processes.items()})


def purge(api: httpx.Client) -> float:
    """Purge ``all``; seconds until it was live."""
    started = time.perf_counter()
    answer = api.post("/v1beta/purges", json={"tags": ["all"], "reason": "bench", "wait": WAIT})
    receipt = answer.raise_for_status().json()
    while receipt["state"] == "pending":
        if time.perf_counter() - started > SECONDS:
            sys.exit(f"not live within {SECONDS:g} s: {json.dumps(receipt)}")
        receipt = api.get(f"/v1beta/purges/{receipt['position']}", params={"wait": WAIT}).raise_for_status().json()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fleet", choices=("whole", "small"), default="whole")
    options = parser.parse_args()
    plan = replace(Plan(durable=True) if options.fleet == "whole" else SMALL, sources=options.sources)
    started = time.perf_counter()
    with running(plan) as fleet, fleet.api() as api:
        took = time.perf_counter() - started
        sys.stdout.write(f"{options.sources} sources, {options.fleet} fleet (seeded and started in {took:.1f} s)\n")
        if fleet.postgres is not None:
            fleet.postgres.query("CREATE EXTENSION pg_stat_statements")
        sys.stdout.write(f"first purge, caches empty: live after {purge(api):.2f} s\n")
        for _ in range(options.rounds):
            before = load_of(fleet)
            seconds = purge(api)
            sys.stdout.write(told(seconds, load_of(fleet).since(before)))


def told(seconds: float, used: Load) -> str:
    cpu = ", ".join(f"{name} {spent:.2f}" for name, spent in used.cpu.items())
    asked = f"{used.statements} statements, {used.rows} rows; " if used.statements else ""
    return f"live after {seconds:.2f} s; {asked}CPU seconds: {cpu}\n"


if __name__ == "__main__":
    main()
