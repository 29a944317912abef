"""Who changed what when, of a workspace and of a source; and what a source published at a position."""

import re
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.responses import Response

from edge.console.call import Call
from edge.console.forms import Form, filled
from edge.console.navigation import Entry
from edge.console.page import Page, Row
from edge.console.pages.source import AT, READ
from edge.manage import history, sources
from edge.manage.history import WANTED, Asked
from edge.manage.problem import ProblemError, not_found

SHORT = re.compile(r"[1-9][0-9]{0,14}\Z")
LABELS = {
    "source": "Sources and keys",
    "destination": "Destinations",
    "filter": "Filters",
    "workspace": "The workspace",
    "purge": "Purges",
}


NO_MANIFEST = (
    "There is none of this source at this position: it is no position yet, or is from before the source was made."
)


def position_of(text: str) -> int:
    if SHORT.match(text) is None:
        raise not_found(f"position {text[:40]}")
    return int(text)


async def index(call: Call) -> Response:
    asked = _asked(call)
    found = await history.of_workspace(call.deps.manage, call.principal, call.workspace.slug, asked)
    return call.render("history/index.html", found=found, **_shown(call, asked, found, call.here("history.index")))


async def of_source(call: Call, form: Form | None = None) -> Response:
    """``form``: where a position was asked for that is none."""
    slug = call.path["source"]
    source = await sources.show(call.deps.manage, call.principal, call.workspace.slug, slug)
    asked = _asked(call)
    found = await history.of_source(call.deps.manage, call.principal, call.workspace.slug, slug, asked)
    base = call.here("sources.history", source=slug)
    return call.render(
        "history/source.html",
        status=200 if form is None else 422,
        source=source,
        found=found,
        form=form or Form(),
        **_shown(call, asked, found, base),
    )


async def seek(call: Call) -> Response:
    """On to the manifest at the position that was typed; where there is none, the history says why."""
    slug, text = call.path["source"], call.query.get("position", "").strip()
    form = filled(position=text)
    try:
        position = position_of(text)
        await history.published_at(
            call.deps.manage, call.principal, call.workspace.slug, slug, position=position, origin=call.deps.origin
        )
    except ProblemError as problem:
        if problem.kind == "not_found":
            form.refuse("position", NO_MANIFEST)
        else:
            form.take(problem, {"position": "position"})
        return await of_source(call, form)
    return call.redirect(call.here("sources.at", source=slug, position=str(position)))


async def at(call: Call) -> Response:
    slug, position = call.path["source"], position_of(call.path["position"])
    source = await sources.show(call.deps.manage, call.principal, call.workspace.slug, slug)
    found = await history.published_at(
        call.deps.manage, call.principal, call.workspace.slug, slug, position=position, origin=call.deps.origin
    )
    raw = orjson.dumps(found.document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()
    return call.render("history/at.html", source=source, found=found, raw=raw)


def _asked(call: Call) -> Asked:
    """Whatever the address says that is no filter is none."""
    before = call.query.get("before", "")
    return Asked(
        before=int(before) if SHORT.match(before) else 0,
        actor=call.query.get("actor", "").strip()[:256],
        kind=next((kind for kind in WANTED if kind == call.query.get("kind")), None),
    )


def _shown(call: Call, asked: Asked, found: history.Events, base: str) -> dict[str, Any]:
    chosen = {"actor": asked.actor, "kind": asked.kind or ""}
    kept = {name: value for name, value in chosen.items() if value}
    following = f"{base}?{urlencode({**kept, 'before': found.following})}" if found.following else ""
    return {
        "asked": asked,
        "base": base,
        "kinds": LABELS,
        "first": f"{base}?{urlencode(kept)}" if kept else base,
        "following": following,
        "started": asked.before > 0,
        "by_actor": lambda actor: f"{base}?{urlencode({**kept, 'actor': actor})}",
    }


ROUTES: tuple[Row, ...] = (
    Page("GET", "/w/{workspace}/history", "history.index", index, READ),
    Page("GET", f"{AT}/history", "sources.history", of_source, READ),
    Page("GET", f"{AT}/at", "sources.seek", seek, READ),
    Page("GET", f"{AT}/at/{{position}}", "sources.at", at, READ),
)
ENTRY = Entry("History", "history.index", 30, "history.")
