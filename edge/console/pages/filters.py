"""The filters of a destination: which events, or which of their fields, it does not get."""

from dataclasses import dataclass

from starlette.responses import Response

from edge.console.call import Call
from edge.console.filter_form import KINDS, MOST, asked, blank, filled_of, rows_in
from edge.console.filter_meanwhile import changes, differs, merged
from edge.console.forms import WHOLE, Form
from edge.console.meanwhile import Change, position_in
from edge.console.page import Page, Row
from edge.manage import destinations, filters, sources
from edge.manage.filters import FilterPatch, Place
from edge.manage.operation import Done
from edge.manage.problem import ProblemError
from edge.model.filter import Filter


@dataclass(frozen=True, slots=True)
class Seen:
    """The filter as it is now, and the position of its last change."""

    filter: Filter
    position: int


NAMES = {"if": "condition", "title": "title", "description": "description"}
"""The operations' names of fields -> the form's."""


async def new(call: Call) -> Response:
    return await _render(call, None, blank())


async def create(call: Call) -> Response:
    return await _saved(call, None)


async def show(call: Call) -> Response:
    seen = await _seen(call)
    return await _render(call, seen, filled_of(seen.filter, seen.position))


async def change(call: Call) -> Response:
    return await _saved(call, await _seen(call))


async def delete(call: Call) -> Response:
    """Refused where somebody else changed the filter since the page was made."""
    expected = position_in(call.form)
    try:
        done = await filters.delete(
            call.deps.manage, call.principal, _place(call), call.path["filter"], expected=expected
        )
    except ProblemError as problem:
        if problem.kind != "changed":
            raise
        seen = await _seen(call)
        form = filled_of(seen.filter, seen.position)
        form.refuse(
            WHOLE, "Nothing was deleted: somebody else changed this filter meanwhile. It is below as it is now."
        )
        return await _render(call, seen, form, 409)
    text = f"The filter {_called(done.document)} is deleted in the workspace {call.workspace.display_name}."
    return await call.changed(done, _home(call), text)


async def _saved(call: Call, seen: Seen | None) -> Response:
    form = call.form
    if form.flag("more"):
        return await _render(call, seen, Form({**form.values, "actions": [str(min(rows_in(form) + 1, MOST))]}))
    patch = asked(form)
    if form.ok:
        base = await _base(call, seen) if seen is not None else None
        if seen is not None and (base is None or differs(base, seen.filter)):
            return await _told(call, seen, base, patch)
        try:
            done = await _commit(call, seen, patch)
        except ProblemError as problem:
            if problem.kind == "changed":
                return await _told(call, await _seen(call), base, patch)
            form.take(problem, NAMES)
        else:
            verb = "changed" if seen is not None else "added"
            text = f"The filter {_called(done.document)} is {verb} in the workspace {call.workspace.display_name}."
            return await call.changed(done, _home(call), text)
    return await _render(call, seen, form, 422)


async def _seen(call: Call) -> Seen:
    return Seen(*await filters.placed(call.deps.manage, call.principal, _place(call), call.path["filter"]))


async def _base(call: Call, seen: Seen) -> Filter | None:
    """The filter that the form was made from; ``None`` where that is forgotten, or never was."""
    position = position_in(call.form)
    if position == seen.position:
        return seen.filter
    return await filters.was(call.deps.manage, call.principal, _place(call), seen.filter.id, position=position)


async def _commit(call: Call, seen: Seen | None, patch: FilterPatch) -> Done[Filter]:
    manage, principal, place = call.deps.manage, call.principal, _place(call)
    if seen is None:
        return await filters.create(manage, principal, place, patch)
    return await filters.change(manage, principal, place, seen.filter.id, patch, expected=seen.position)


async def _told(call: Call, seen: Seen, base: Filter | None, patch: FilterPatch) -> Response:
    """The form again, with what somebody else changed, to be confirmed."""
    found = changes(base, seen.filter, patch) if base is not None else ()
    form = merged(call.form, base, seen.filter, patch, seen.position)
    form.refuse(WHOLE, "Nothing was saved: somebody else changed this filter while you did.")
    return await _render(call, seen, form, 409, found)


async def _render(
    call: Call, seen: Seen | None, form: Form, status: int = 200, meanwhile: tuple[Change, ...] = ()
) -> Response:
    manage, principal, place = call.deps.manage, call.principal, _place(call)
    described = await destinations.show(manage, principal, place.workspace, place.source, place.destination)
    return call.render(
        "filters/show.html",
        status=status,
        found=seen.filter if seen is not None else None,
        position=seen.position if seen is not None else 0,
        meanwhile=meanwhile,
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
