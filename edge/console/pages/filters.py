"""The filters of a destination: which events, or which of their fields, it does not get."""

from starlette.responses import Response

from edge.console.call import Call
from edge.console.filter_form import KINDS, MOST, asked, blank, filled_of, rows_in
from edge.console.forms import Form
from edge.console.page import Page, Row
from edge.manage import destinations, filters, sources
from edge.manage.filters import Place
from edge.manage.operation import Done
from edge.manage.problem import ProblemError
from edge.model.filter import Filter

NAMES = {"if": "condition", "title": "title", "description": "description"}
"""The operations' names of fields -> the form's."""


async def new(call: Call) -> Response:
    return await _render(call, None, blank())


async def create(call: Call) -> Response:
    return await _saved(call, None)


async def show(call: Call) -> Response:
    found = await filters.show(call.deps.manage, call.principal, _place(call), call.path["filter"])
    return await _render(call, found, filled_of(found))


async def change(call: Call) -> Response:
    found = await filters.show(call.deps.manage, call.principal, _place(call), call.path["filter"])
    return await _saved(call, found)


async def delete(call: Call) -> Response:
    done = await filters.delete(call.deps.manage, call.principal, _place(call), call.path["filter"])
    text = f"The filter {_called(done.document)} is deleted in the workspace {call.workspace.display_name}."
    return await call.changed(done, _home(call), text)


async def _saved(call: Call, found: Filter | None) -> Response:
    form = call.form
    if form.flag("more"):
        return await _render(call, found, Form({**form.values, "actions": [str(min(rows_in(form) + 1, MOST))]}))
    patch = asked(form)
    if form.ok:
        try:
            done = await _commit(call, found, patch)
        except ProblemError as problem:
            form.take(problem, NAMES)
        else:
            verb = "changed" if found is not None else "added"
            text = f"The filter {_called(done.document)} is {verb} in the workspace {call.workspace.display_name}."
            return await call.changed(done, _home(call), text)
    return await _render(call, found, form, 422)


async def _commit(call: Call, found: Filter | None, patch: filters.FilterPatch) -> Done[Filter]:
    if found is None:
        return await filters.create(call.deps.manage, call.principal, _place(call), patch)
    return await filters.change(call.deps.manage, call.principal, _place(call), found.id, patch)


async def _render(call: Call, found: Filter | None, form: Form, status: int = 200) -> Response:
    manage, principal, place = call.deps.manage, call.principal, _place(call)
    described = await destinations.show(manage, principal, place.workspace, place.source, place.destination)
    return call.render(
        "filters/show.html",
        status=status,
        found=found,
        destination=described.destination,
        source=await sources.show(manage, principal, place.workspace, place.source),
        kinds=KINDS,
        rows=range(rows_in(form)),
        most=MOST,
        form=form,
    )


def _place(call: Call) -> Place:
    return Place(call.workspace.slug, call.path["source"], call.path["destination"])


def _home(call: Call) -> str:
    return call.here("destinations.show", source=call.path["source"], destination=call.path["destination"])


def _called(found: Filter) -> str:
    return found.title or found.id


_HERE = "/w/{workspace}/sources/{source}/destinations/{destination}"
ROUTES: tuple[Row, ...] = (
    Page("GET", _HERE + "/new-filter", "filters.new", new, ("workspace:write",)),
    Page("POST", _HERE + "/new-filter", "filters.new", create, ("workspace:write",)),
    Page("GET", _HERE + "/filters/{filter}", "filters.show", show, ("workspace:read",)),
    Page("POST", _HERE + "/filters/{filter}", "filters.show", change, ("workspace:write",)),
    Page("POST", _HERE + "/filters/{filter}/delete", "filters.delete", delete, ("workspace:write",)),
)
