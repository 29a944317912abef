"""What a source's clients are told besides its destinations: name, collector, reports, tracking plan."""

import re
from typing import Any

import orjson
from starlette.responses import Response

from edge.console.call import Call
from edge.console.forms import WHOLE, Form
from edge.console.page import Page, Row
from edge.console.pages.source import AT, READ, WRITE
from edge.manage import sources
from edge.manage.loaders import LoaderPatch
from edge.manage.problem import ProblemError, invalid
from edge.manage.sources import SourcePatch
from edge.manage.tracking_plan import read_plan
from edge.model.client import OFFICIAL
from edge.model.plan import TrackingPlan
from edge.model.source import Source
from edge.publish.wire import plan_as_json

FIELDS = {name: name for name in ("display_name", "api_host", "tracking_plan", "client", "client_version", "bundle")}
PLAN = "tracking_plan"
SEEN = "seen"
"""The position of the source for which the form was made."""
SHORT_NUMBER = re.compile(r"[0-9]{1,15}\Z")
MEANWHILE = (
    "Nothing was saved: somebody else changed this source meanwhile. Its history says what. What you typed is below; "
    "save it again if it is still what you want."
)


async def show(call: Call) -> Response:
    source, position = await _placed(call)
    return await _render(call, source, _form_of(source, position))


async def change(call: Call) -> Response:
    """Refused where somebody else changed the source since the form was made; what is typed stays."""
    source, position = await _placed(call)
    try:
        patch = SourcePatch(
            display_name=call.form.text("display_name"),
            api_host=call.form.text("api_host"),
            metrics_enabled=call.form.flag("metrics_enabled"),
            retry_queue=call.form.flag("retry_queue"),
            tracking_plan=_plan(call.form.text(PLAN)),
            loader=_loader(call.form, source),
        )
        expected = int(call.form.text(SEEN)) if SHORT_NUMBER.match(call.form.text(SEEN)) else -1
        done = await sources.change(
            call.deps.manage, call.principal, source.workspace, source.slug, patch, expected=expected
        )
    except ProblemError as problem:
        if problem.kind == "changed":
            call.form.refuse(WHOLE, MEANWHILE)
            again = Form({**call.form.values, SEEN: [str(position)]}, call.form.errors)
            return await _render(call, source, again, status=409)
        call.form.take(problem, FIELDS)
        return await _render(call, source, call.form, status=422)
    name = done.document.display_name
    what = f"the settings of {name} are saved" if done.changed else f"nothing had to change of {name}"
    text = f"In the workspace {call.workspace.display_name}, {what}."
    return await call.changed(done, call.here("sources.settings", source=source.slug), text)


async def _placed(call: Call) -> tuple[Source, int]:
    return await sources.placed(call.deps.manage, call.principal, call.workspace.slug, call.path["source"])


async def _render(call: Call, source: Source, form: Form, *, status: int = 200) -> Response:
    versions = await sources.official_versions(call.deps.manage, call.principal)
    return call.render(
        "source/settings.html",
        status=status,
        source=source,
        origin=call.deps.origin,
        form=form,
        versions=versions,
    )


def _loader(form: Form, source: Source) -> LoaderPatch:
    """Nothing where no page loads the source, and so nothing was asked. A version that stays is not judged again: this
    edge may not have it any more."""
    if source.platform != "web":
        return LoaderPatch()
    client, version = form.text("client"), form.text("client_version")
    kept = client != OFFICIAL or (source.loader.official and version == source.loader.version)
    return LoaderPatch(client, None if kept else version, form.text("bundle"))


def _form_of(source: Source, position: int) -> Form:
    library = source.library
    values = {
        "display_name": source.display_name,
        "api_host": library.api_host or "",
        PLAN: plan_text(source.tracking_plan),
        SEEN: str(position),
        "client": source.loader.client,
        "client_version": source.loader.version or "",
        "bundle": source.loader.bundle or "",
    }
    flags = ("metrics_enabled", "retry_queue")
    values |= {name: "on" for name in flags if getattr(library, name)}
    return Form({name: [value] for name, value in values.items()})


def plan_text(plan: TrackingPlan | None) -> str:
    if not plan:
        return ""
    return orjson.dumps({"track": plan_as_json(plan)}, option=orjson.OPT_INDENT_2).decode()


def _plan(text: str) -> TrackingPlan:
    """Empty for none. Raises ProblemError naming the field."""
    if not text:
        return {}
    try:
        given: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise invalid(f"{PLAN}: this is no JSON: {error.msg}, at line {error.lineno}, column {error.colno}") from None
    if not isinstance(given, dict):
        raise invalid(f'{PLAN}: an object is needed, as {{"track": {{}}}}')
    return read_plan(given)


ROUTES: tuple[Row, ...] = (
    Page("GET", f"{AT}/settings", "sources.settings", show, READ),
    Page("POST", f"{AT}/settings", "sources.settings", change, WRITE),
)
