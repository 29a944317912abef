"""The debugger: what a browser with a write key is answered at this moment, and how it stands to the store."""

from contextlib import suppress
from dataclasses import dataclass
from typing import get_args

import orjson
from starlette.responses import Response

from edge.console.call import Call
from edge.console.forms import filled
from edge.console.layers import layers, shown_headers
from edge.console.navigation import Entry
from edge.console.page import Page, Row
from edge.manage.debug import Debugged, debug
from edge.manage.overview import overview
from edge.manage.problem import ProblemError
from edge.observe.asking import Answered
from edge.observe.probe import ORDER
from edge.publish.publication import KINDS, Kind
from edge.publish.variants import decoded
from edge.store.lookup import Page as Stretch

FIRST = Stretch(limit=20)
"""Sources whose keys are offered."""
LONGEST = 20_000
"""Characters of a body that are shown."""
NOBODY = "No source of this workspace has this key. Check its spelling; a deleted source's keys are gone with it."


@dataclass(frozen=True, slots=True)
class Body:
    """An answer's body as people read it. ``left`` characters of it are not shown."""

    text: str
    left: int


async def show(call: Call) -> Response:
    key = call.query.get("key", "").strip()
    kind = _kind(call.query.get("document", ""))
    form = filled(key=key)
    found: Debugged | None = None
    status = 200
    if key:
        try:
            found = await debug(call.deps.manage, call.principal, call.deps.probe, key, kind)
        except ProblemError as problem:
            if problem.kind == "not_found":
                form.refuse("key", NOBODY)
            else:
                form.take(problem, {"write_key": "key"})
            status = problem.status
    offered = await overview(call.deps.manage, call.principal, call.workspace.slug, FIRST)
    answered = found.sight.answers.get(ORDER[0]) if found is not None else None
    return call.render(
        "debugger/show.html",
        status=status,
        form=form,
        key=key,
        kind=kind,
        kinds=KINDS,
        found=found,
        answered=answered,
        body=_body(answered) if answered is not None else None,
        layers=layers(answered.headers.get("cache-status", "")) if answered is not None else (),
        headers=shown_headers(answered.headers) if answered is not None else [],
        sizes=[(encoding, len(one.body)) for encoding, one in found.sight.answers.items()] if found else [],
        offered=[one.source for one in offered if one.source.write_keys],
        now=call.deps.manage.clock().wall,
    )


def _kind(text: str) -> Kind:
    return next((one for one in get_args(Kind) if one == text), "settings")


def _body(answered: Answered) -> Body:
    """JSON in lines; a script as it is. What cannot be decoded is said to be so."""
    raw = decoded(answered.body, answered.headers.get("content-encoding", "identity"))
    if raw is None:
        return Body("(these bytes cannot be decoded)", 0)
    if "json" in answered.headers.get("content-type", ""):
        with suppress(orjson.JSONDecodeError):
            raw = orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2)
    text = raw.decode("utf-8", "replace")
    return Body(text[:LONGEST], max(0, len(text) - LONGEST))


ROUTES: tuple[Row, ...] = (Page("GET", "/w/{workspace}/debugger", "debugger.show", show, ("workspace:read",)),)
ENTRY = Entry("Debugger", "debugger.show", 60, "debugger.")
