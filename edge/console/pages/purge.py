"""Purging: what, with which verb and why; a preview of what it reaches; then the purge, and its receipt.

One form in three steps, each of which sends all of it: what is confirmed is what was shown.
"""

from dataclasses import dataclass

from starlette.responses import Response

from edge.console.call import Call
from edge.console.forms import Form, filled
from edge.console.navigation import Entry
from edge.console.page import Page, Row
from edge.manage import purges, sources
from edge.manage.problem import ProblemError
from edge.manage.purge_reach import reach
from edge.manage.purges import VERBS, PurgeVerb
from edge.model.tags import ALL, LOADER, workspace_tag
from edge.model.token import EVERY_WORKSPACE
from edge.store.lookup import Page as Stretch

FIRST = Stretch(limit=101)
"""The sources that can be ticked, and one more that tells of others, for which there are tags."""
FIELDS = {"tags": "tags", "sources": "sources", "verb": "verb", "reason": "reason"}
BROAD = {"everywhere": ALL, "loader": LOADER}
"""Toggles that only an instance token is offered, and their tags."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for, as the operation takes it."""

    tags: tuple[str, ...]
    sources: tuple[str, ...]
    verb: PurgeVerb
    reason: str


async def form(call: Call) -> Response:
    return await _form(call, filled(verb="invalidate"))


async def ask(call: Call) -> Response:
    step = call.form.text("step", "preview")
    asked = _asked(call)
    if step == "edit" or asked is None:
        return await _form(call, call.form, wrong=step != "edit")
    try:
        if step == "purge":
            return await _purge(call, asked)
        return await _preview(call, asked)
    except ProblemError as problem:
        if problem.kind == "not_found":
            # As unknown as another workspace's: it stays on the form, where it can be put right.
            call.form.refuse("tags", "One of these is nothing that this token sees: check the spelling.")
        elif problem.kind == "forbidden" and problem.text.startswith("tags: "):
            call.form.refuse("tags", problem.text.removeprefix("tags: "))
        else:
            call.form.take(problem, FIELDS)
        return await _form(call, call.form, wrong=True)


async def _preview(call: Call, asked: Asked) -> Response:
    manage = call.deps.manage
    found = await reach(
        manage, call.principal, tags=asked.tags, sources=asked.sources, verb=asked.verb, reason=asked.reason
    )
    there = await call.deps.receipts.attendance()
    hosts = {row.host for row in there.live}
    return call.render(
        "purge/preview.html",
        asked=asked,
        reach=found,
        nodes=len(there.live),
        hosts=len(hosts),
        fronts=sum(host.front != "none" and host.host in hosts for host in there.hosts),
        reads=call.principal.may("workspace:read"),
        elsewhere=found.elsewhere(call.workspace.slug),
    )


async def _purge(call: Call, asked: Asked) -> Response:
    position = await purges.purge(
        call.deps.manage,
        call.principal,
        tags=asked.tags,
        sources=asked.sources,
        verb=asked.verb,
        reason=asked.reason,
    )
    url = call.here("live.show", position=str(position))
    text = f"The purge in workspace {call.workspace.display_name} is written. Here is where it is live."
    return await call.changed_at(position, url, text)


async def _form(call: Call, given: Form, *, wrong: bool = False) -> Response:
    reads = call.principal.may("workspace:read")
    found = await sources.listed(call.deps.manage, call.principal, call.workspace.slug, FIRST) if reads else []
    return call.render(
        "purge/form.html",
        status=422 if wrong else 200,
        form=given,
        reads=reads,
        sources=found[: FIRST.limit - 1],
        more=len(found) == FIRST.limit,
        chosen=set(given.all("source")),
        instance=call.principal.workspace == EVERY_WORKSPACE,
    )


def _asked(call: Call) -> Asked | None:
    """``None`` where something is wrong, which the form then says."""
    form, workspace = call.form, call.workspace
    verb = form.choice("verb", VERBS)
    tags = form.text("tags").replace(",", " ").split()
    if form.flag("workspace"):
        tags.append(workspace_tag(workspace.slug))
    tags += [tag for name, tag in BROAD.items() if form.flag(name)]
    chosen = [_named(workspace.slug, slug) for slug in form.all("source")]
    if not tags and not chosen:
        form.refuse("sources", "Choose at least one source, or name a tag.")
    if not form.ok or verb is None:
        return None
    return Asked(tuple(dict.fromkeys(tags)), tuple(dict.fromkeys(chosen)), verb, form.text("reason"))


def _named(workspace: str, slug: str) -> str:
    return f"workspaces/{workspace}/sources/{slug}"


ROUTES: tuple[Row, ...] = (
    Page("GET", "/w/{workspace}/purge", "purge.form", form, ("cache:purge",)),
    Page("POST", "/w/{workspace}/purge", "purge.form", ask, ("cache:purge",)),
)
ENTRY = Entry("Purge", "purge.form", 50, "purge.", "cache:purge")
