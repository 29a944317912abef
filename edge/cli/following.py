"""A receipt as it comes about: a table that changes on a terminal, a line for each change elsewhere."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from edge.cli.desk import Desk
from edge.cli.output import console, grid_of, instant, pairs_of, plain, remark

EVERY = 1.0
"""Seconds for which one call waits: how often progress is shown. A token has two hundred calls a minute."""

Found = Mapping[str, Any]
Goal = Literal["live", "settled"]


def reached(found: Found, goal: Goal) -> bool:
    return found["state"] in ("settled", goal)


def follow(desk: Desk, position: int, goal: Goal, seconds: float, *, quiet: bool) -> Found:
    """The receipt when it has reached ``goal``, or as it stands after ``seconds``; shown meanwhile unless ``quiet``."""
    deadline = time.monotonic() + seconds
    found = desk.get(f"/changes/{position}")
    with _screen(found, quiet=quiet) as update:
        while not reached(found, goal) and (left := deadline - time.monotonic()) > 0:
            wait = max(1, round(min(EVERY, left) * 1000))
            found = desk.get(f"/changes/{position}", {"wait": f"{wait}ms", "until": goal})
            update(found)
    return found


def parts(found: Found) -> list[RenderableType]:
    """A receipt as a person reads it, part by part."""
    took = found.get("propagation_ms")
    shown: list[RenderableType] = [
        pairs_of(
            {
                "position": found["position"],
                "state": found["state"],
                "verb": found["verb"],
                "tags": found["tags"],
                "committed": instant(found["committed_at"]),
                "live after": f"{took:.0f} ms" if took is not None else None,
                "browsers until": instant(found.get("browsers_until")),
                "last error": found.get("last_error"),
            }
        )
    ]
    nodes = [
        [host["host"], node["node"], node["cursor"], instant(node.get("applied_at"))]
        for host in found["hosts"]
        for node in host["nodes"]
    ]
    if not nodes:
        return [*shown, Text("No node is running.")]
    shown += [Text(), grid_of(["host", "node", "cursor", "applied"], nodes)]
    fronts = [host for host in found["hosts"] if found["tags"] and host["front"]["kind"] != "none"]
    if fronts:
        columns = ["host", "front", "write keys", "shown after", "again after", "last error"]
        shown += [Text(), grid_of(columns, [_front(host, found["committed_at"]) for host in fronts])]
    if found["unreachable"]:
        columns = ["silent or left", "host", "shows nothing older after"]
        rows = [[one["node"] or "front", one["host"], instant(one["until"])] for one in found["unreachable"]]
        shown += [Text(), grid_of(columns, rows)]
    return shown


def hint(found: Found, goal: Goal) -> str:
    """What to do about a receipt that has not reached ``goal``."""
    again = (
        f"`edgewise receipt {found['position']} --wait 30s{' --settled' if goal == 'settled' else ''}` goes on waiting."
    )
    if not found["hosts"]:
        return f"No node is running: start one with `edgewise serve`. {again}"
    if found.get("last_error"):
        return f"A front does not show it yet, and says why above; docs/fronts.md says what to do. {again}"
    if found["state"] == "live":
        return f"It is live; what is listed above may still show something from before, or its rebound is due. {again}"
    return f"It stands, and goes on by itself; `edgewise status` says which node is behind. {again}"


def _front(host: Found, committed_at: float) -> list[Any]:
    front = host["front"]
    done, total = front["done"], front["total"]
    progress = f"{done} of {total}" if total is not None else f"{done} so far" if done else None
    return [
        host["host"],
        front["kind"],
        progress,
        _after(front["acked_at"], committed_at),
        _after(front["rebound_at"], committed_at),
        front["last_error"],
    ]


def _after(seconds: float | None, committed_at: float) -> str | None:
    return f"{max(0.0, seconds - committed_at):.1f} s" if seconds is not None else None


def _screen(found: Found, *, quiet: bool) -> AbstractContextManager[Callable[[Found], None]]:
    """On standard error: what is shown meanwhile is no part of the answer."""
    if quiet:
        return nullcontext(lambda _found: None)
    stderr = console(stderr=True)
    return _Table(found) if stderr.is_terminal else nullcontext(_Lines(found))


class _Table(AbstractContextManager["_Table"]):
    def __init__(self, found: Found) -> None:
        self._live = Live(Group(*parts(found)), console=console(stderr=True), auto_refresh=False, transient=True)

    def __enter__(self) -> "_Table":
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_error: object) -> None:
        self._live.stop()

    def __call__(self, found: Found) -> None:
        self._live.update(Group(*parts(found)), refresh=True)


class _Lines:
    """Only what is new."""

    def __init__(self, found: Found) -> None:
        self._said = ""
        self(found)

    def __call__(self, found: Found) -> None:
        line = summary(found)
        if line != self._said:
            self._said = line
            remark(line)


def summary(found: Found) -> str:
    """A receipt in one line."""
    nodes = [node for host in found["hosts"] for node in host["nodes"]]
    there = sum(node["applied_at"] is not None for node in nodes)
    words = [f"position {found['position']}: {found['state']}", f"{there} of {len(nodes)} nodes"]
    for host in found["hosts"]:
        front = host["front"]
        if front["kind"] == "none" or not found["tags"]:
            continue
        state = (
            "rebound" if front["rebound_at"] is not None else "shown" if front["acked_at"] is not None else "not shown"
        )
        of = f" ({front['done']} of {front['total']} write keys)" if front["total"] and state == "not shown" else ""
        words.append(f"{front['kind']} of {host['host']} {state}{of}")
    if found.get("last_error"):
        words.append(plain(found["last_error"]))
    return ", ".join(words)
