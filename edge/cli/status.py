"""`edgewise status`."""

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from edge.cli.desk import open_desk
from edge.cli.errors import USAGE, CliError
from edge.cli.options import AsJson, place_of
from edge.cli.output import console, emit, grid_of, pairs_of, plain, remark, say, show

EVERY = 1.0
"""Seconds between two looks of ``--watch``: nodes report as often."""

Found = Mapping[str, Any]


def status(
    ctx: typer.Context,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Look again every second, until Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the fleet: its nodes and how far each has come, its hosts with their fronts, and what is wrong."""
    if watch and as_json:
        raise CliError("--watch is for people, --json for programs", "Give one of them.", USAGE)
    with open_desk(place_of(ctx)) as desk:
        if watch:
            _watch(lambda: desk.get("/status"))
            return
        found = desk.get("/status")
    if as_json:
        emit(found)
        return
    for part in parts(found):
        show(part)
    if not found["nodes"]:
        remark("No node is running: edgewise serve")


def _watch(look: Callable[[], Found]) -> None:
    """On a terminal in place; elsewhere one state below the other."""
    screen = console()
    if not screen.is_terminal:
        for state in _states(look):
            show(state)
            say()
    with Live(console=screen, auto_refresh=False) as live:
        for state in _states(look):
            live.update(state, refresh=True)


def _states(look: Callable[[], Found]) -> Iterator[RenderableType]:
    """One state every second. An edge that does not answer the first time is an error; later it may come back."""
    yield Group(*parts(look()))
    while True:
        time.sleep(EVERY)
        try:
            yield Group(*parts(look()))
        except CliError as error:
            yield Text(plain(f"! {error.message}"))


def parts(found: Found) -> Iterator[RenderableType]:
    """The fleet as a person reads it, part by part."""
    builds, auditor = found["builds"], found["auditor"]
    yield pairs_of(
        {
            "version": found["version"],
            "head": found["head"],
            "epoch": found["epoch"],
            "store": found["store"],
            "Redis": found["redis"],
            "auditor": f"{auditor['state']} {auditor['node'][:8]}".strip(),
            **(
                {"versions": [f"{build}: {number} nodes" for build, number in builds.items()]}
                if len(builds) > 1
                else {}
            ),
        }
    )
    for grid in chain(_nodes(found), _hosts(found)):
        yield Text()
        yield grid
    yield Text()
    if not found["problems"]:
        yield Text("Nothing is wrong." if found["nodes"] else "Nothing answers.")
    for problem in found["problems"]:
        yield Text(plain(f"! {problem['message']}"))


def _nodes(found: Found) -> Iterator[RenderableType]:
    rows = [
        [
            node["host"],
            node["node"][:8],
            node["role"],
            node["build"],
            node["state"],
            node["cursor"],
            f"{node['lag']} ({node['lag_seconds']:.0f} s)" if node["lag"] else 0,
            f"{node['heard_seconds']:.0f} s ago",
        ]
        for node in found["nodes"]
    ]
    if rows:
        yield grid_of(["host", "node", "role", "version", "state", "cursor", "lag", "heard"], rows)


def _hosts(found: Found) -> Iterator[RenderableType]:
    rows = [
        [host["host"], host["front"], host["nodes"], host["acked"], host["pending"], host["last_error"]]
        for host in found["hosts"]
        if host["front"] != "none"
    ]
    if rows:
        yield grid_of(["host", "front", "nodes", "shows", "pending", "last error"], rows)
