"""One source: its destinations, its write keys, how to install it, what it publishes and why, and its end."""

import orjson
from starlette.responses import Response

from edge.console.call import Call
from edge.console.forms import WHOLE
from edge.console.install import Way, addresses, ways
from edge.console.page import Page, Row
from edge.manage import destinations, explain, page_needs, sources, write_keys
from edge.manage.problem import ProblemError
from edge.manage.published import published
from edge.manage.rules import MAX_DESTINATIONS
from edge.model.budget import TOTAL
from edge.model.source import Source
from edge.model.token import Scope
from edge.store.lookup import Page as Stretch

ALL_DESTINATIONS = Stretch(limit=MAX_DESTINATIONS)
KEY_FIELDS = {"write_key": "key", "key": "key"}


async def show(call: Call, status: int = 200) -> Response:
    workspace, slug = call.workspace.slug, call.path["source"]
    source = await sources.show(call.deps.manage, call.principal, workspace, slug)
    found = await destinations.listed(call.deps.manage, call.principal, workspace, slug, ALL_DESTINATIONS)
    key = call.query.get("key", "")
    shown_key = key if key in source.write_keys else next(iter(source.write_keys), "")
    return call.render(
        "source/show.html",
        status=status,
        source=source,
        found=found,
        shown_key=shown_key,
        ways=await _ways(call, source, shown_key) if shown_key else (),
        budget_minutes=TOTAL // 60,
    )


async def _ways(call: Call, source: Source, key: str) -> tuple[Way, ...]:
    deps = call.deps
    needs = await page_needs.for_key(
        deps.manage, call.principal, key, deps.origin, snippets=deps.snippets, pieces=deps.pieces
    )
    return ways(source, key, deps.origin, needs.snippet)


async def change_keys(call: Call) -> Response:
    """Make, adopt or retire a write key, as the pressed button says."""
    workspace, slug = call.workspace.slug, call.path["source"]
    manage, principal, where = call.deps.manage, call.principal, f"in the workspace {call.workspace.display_name}"
    home = call.here("sources.show", source=slug)
    asked = next((one for one in ("create", "adopt", "retire") if one == call.form.text("do")), None)
    if asked is None:
        call.form.refuse(WHOLE, "Choose one of: create, adopt, retire.")
    key = call.form.required("key", "A write key") if asked in ("adopt", "retire") else None
    if asked is not None and call.form.ok:
        try:
            if asked == "retire":
                done = await write_keys.retire(manage, principal, workspace, slug, key or "")
                text = f"The write key {key} is retired {where}: nobody gets anything for it."
                return await call.changed(done, home, text)
            done = await write_keys.add(manage, principal, workspace, slug, key)
            text = (
                f"The write key {done.document.write_keys[-1]} is live. It is {done.document.display_name}'s, {where}."
            )
            return await call.changed(done, home, text)
        except ProblemError as problem:
            call.form.take(problem, KEY_FIELDS)
    return await show(call, 422)


async def shown_published(call: Call) -> Response:
    found = await published(
        call.deps.manage,
        call.principal,
        call.workspace.slug,
        call.path["source"],
        call.deps.origin,
        key=call.query.get("key", ""),
    )
    return call.render(
        "source/published.html",
        source=found.source,
        found=found,
        raw=orjson.dumps(found.document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode(),
        addresses=addresses(found.write_key, call.deps.origin),
    )


async def explained(call: Call) -> Response:
    workspace, slug = call.workspace.slug, call.path["source"]
    found = await explain.explain(call.deps.manage, call.principal, workspace, slug, call.deps.origin)
    about = await published(call.deps.manage, call.principal, workspace, slug, call.deps.origin)
    listed = await destinations.listed(call.deps.manage, call.principal, workspace, slug, ALL_DESTINATIONS)
    names = {one.destination.name: one.destination.display_name for one in listed}
    return call.render("source/explain.html", source=found.source, found=found, advice=about.advice, names=names)


async def delete(call: Call) -> Response:
    """Only where the source's slug was typed: its keys never come back."""
    workspace, slug = call.workspace.slug, call.path["source"]
    source = await sources.show(call.deps.manage, call.principal, workspace, slug)
    if call.form.text("confirm") != slug:
        raise ProblemError("conflict", f"{source.name} was not deleted: type {slug} to confirm, exactly as it is")
    done = await sources.delete(call.deps.manage, call.principal, workspace, slug)
    where = f"In the workspace {call.workspace.display_name}"
    text = f"{where}, {source.display_name} is deleted, with its destinations; its write keys are retired."
    return await call.changed(done, call.here("sources.index"), text)


AT = "/w/{workspace}/sources/{source}"
READ: tuple[Scope, ...] = ("workspace:read",)
WRITE: tuple[Scope, ...] = ("workspace:write",)
ROUTES: tuple[Row, ...] = (
    Page("GET", AT, "sources.show", show, READ),
    Page("POST", AT, "sources.show", change_keys, WRITE),
    Page("GET", f"{AT}/published", "sources.published", shown_published, READ),
    Page("GET", f"{AT}/explain", "sources.explain", explained, READ),
    Page("POST", f"{AT}/delete", "sources.delete", delete, WRITE),
)
