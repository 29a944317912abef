"""One destination: its state, mode, settings, consent and filters; two admins at once; its end."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from edge.console.call import Call
from edge.console.destination_form import NAMES, asked, filled_of, modes_of, settings_in
from edge.console.forms import WHOLE, Form
from edge.console.meanwhile import Change, changes, merged, position_in
from edge.console.page import Page, Row
from edge.console.pages.catalog import home_of
from edge.console.setting_fields import Field, fields_of, refuse
from edge.manage import connecting, destinations, filters, sources
from edge.manage.advice import advise, advise_filters
from edge.manage.connecting import Placed, chosen
from edge.manage.destinations import Described, DestinationPatch
from edge.manage.explain import LOST
from edge.manage.operation import Done
from edge.manage.problem import ProblemError, invalid
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source
from edge.store.documents import is_lost
from edge.store.lookup import FIRST_PAGE

CHANGED_BEFORE_DELETION = (
    "Nothing was deleted: somebody else changed this destination meanwhile. It is below as it is now."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The destination as it is now, with what stands around it. ``others`` are those whose settings can be copied."""

    source: Source
    described: Described
    filters: tuple[Filter, ...]
    others: tuple[Placed, ...]

    @property
    def destination(self) -> Destination:
        return self.described.destination


async def show(call: Call) -> Response:
    seen = await _seen(call)
    copied = chosen(seen.others, call.query.get("copy", ""))
    return _render(call, seen, copied, _filled(seen, copied))


async def change(call: Call) -> Response:
    seen, form = await _seen(call), call.form
    definition = _definition(seen)
    copied = chosen(seen.others, form.text("copy"))
    base = await _base(call, seen)
    patch = asked(form, definition, base or seen.destination, copied)
    if not form.ok:
        return _render(call, seen, copied, form, status=422)
    if base is None or _differs(base, seen.destination):
        return _told(call, seen, copied, base, patch)
    try:
        done = await _commit(call, seen, patch)
    except ProblemError as problem:
        if problem.kind == "changed":
            return _told(call, await _seen(call), copied, base, patch)
        refuse(form, problem, NAMES)
        return _render(call, seen, copied, form, status=422)
    name = done.document.destination.display_name
    where = f"on {seen.source.display_name} in the workspace {call.workspace.display_name}"
    text = (
        f"{name} {where} is changed{_switched(patch)}." if done.changed else f"Nothing had to change of {name} {where}."
    )
    return await call.changed(done, _home(call), text)


async def delete(call: Call) -> Response:
    """Refused where somebody else changed the destination since the page was made."""
    manage, principal, workspace, path = call.deps.manage, call.principal, call.workspace.slug, call.path
    source, expected = await sources.show(manage, principal, workspace, path["source"]), position_in(call.form)
    try:
        done = await destinations.delete(
            manage, principal, workspace, path["source"], path["destination"], expected=expected
        )
    except ProblemError as problem:
        if problem.kind != "changed":
            raise
        seen = await _seen(call)
        form = _filled(seen, None)
        form.refuse(WHOLE, CHANGED_BEFORE_DELETION)
        return _render(call, seen, None, form, status=409)
    name = done.document.destination.display_name
    text = f"{name} is deleted from {source.display_name} in the workspace {call.workspace.display_name}."
    return await call.changed(done, home_of(call, source.slug), text)


async def _seen(call: Call) -> Seen:
    manage, principal, workspace, path = call.deps.manage, call.principal, call.workspace.slug, call.path
    source = await sources.show(manage, principal, workspace, path["source"])
    described = await destinations.show(manage, principal, workspace, path["source"], path["destination"])
    place = filters.Place(workspace, path["source"], path["destination"])
    there = await connecting.placed(manage, principal, workspace, described.destination.definition)
    return Seen(
        source,
        described,
        tuple(await filters.listed(manage, principal, place, FIRST_PAGE)),
        tuple(one for one in there if one.destination.id != described.destination.id and not is_lost(one.destination)),
    )


async def _base(call: Call, seen: Seen) -> Destination | None:
    """The destination that the form was made from; ``None`` where that is forgotten, or never was."""
    position = position_in(call.form)
    if position == seen.described.position:
        return seen.destination
    path = call.path
    return await destinations.was(
        call.deps.manage,
        call.principal,
        call.workspace.slug,
        path["source"],
        path["destination"],
        position=position,
    )


async def _commit(call: Call, seen: Seen, patch: DestinationPatch) -> Done[Described]:
    path = call.path
    return await destinations.change(
        call.deps.manage,
        call.principal,
        call.workspace.slug,
        path["source"],
        path["destination"],
        patch=patch,
        expected=seen.described.position,
    )


def _told(call: Call, seen: Seen, copied: Placed | None, base: Destination | None, patch: DestinationPatch) -> Response:
    """The form again, with what somebody else changed, to be confirmed."""
    definition, now = _definition(seen), seen.destination
    found = changes(base, now, definition, patch) if base is not None else ()
    fields = fields_of(definition, settings_in(now))
    form = merged(call.form, _filled(seen, None), patch, seen.described.position, fields)
    form.refuse(WHOLE, "Nothing was saved: somebody else changed this destination while you did.")
    return _render(call, seen, copied, form, status=409, meanwhile=found)


def _render(
    call: Call,
    seen: Seen,
    copied: Placed | None,
    form: Form,
    *,
    status: int = 200,
    meanwhile: tuple[Change, ...] = (),
) -> Response:
    destination, definition, source = seen.destination, seen.described.definition, seen.source
    known = {setting.name for setting in definition.settings} if definition is not None else set()
    advice = (
        (*advise(source, destination, definition), *advise_filters(source, destination, seen.filters))
        if definition is not None
        else ()
    )
    return call.render(
        "destinations/show.html",
        status=status,
        source=source,
        destination=destination,
        position=seen.described.position,
        definition=definition,
        filters=seen.filters,
        others=seen.others,
        copied=copied,
        fields=_fields(seen, copied),
        unknown=sorted(set(settings_in(destination)) - known),
        modes=modes_of(source, definition, destination.mode) if definition is not None else None,
        lost=LOST if is_lost(destination) else "",
        advice=[f"{one.message[:1].upper()}{one.message[1:]}." for one in advice],
        meanwhile=meanwhile,
        form=form,
    )


def _fields(seen: Seen, copied: Placed | None) -> list[Field]:
    definition = seen.described.definition
    begun = settings_in(seen.destination if copied is None else copied.destination)
    return fields_of(definition, begun) if definition is not None else []


def _filled(seen: Seen, copied: Placed | None) -> Form:
    begun = settings_in(seen.destination if copied is None else copied.destination)
    return filled_of(seen.destination, _fields(seen, copied), begun, seen.described.position)


def _definition(seen: Seen) -> Definition:
    if seen.described.definition is None:
        raise invalid("the catalog has no definition of this destination any more; it can only be deleted")
    return seen.described.definition


def _differs(base: Destination, now: Destination) -> bool:
    """But for the time: what was changed and changed back stands in nobody's way."""
    return base != now and replace(base, updated_at=now.updated_at) != now


def _switched(patch: DestinationPatch) -> str:
    return "" if patch.enabled is None else ", and enabled" if patch.enabled else ", and disabled"


def _home(call: Call) -> str:
    path = call.path
    return call.here("destinations.show", source=path["source"], destination=path["destination"])


_HERE = "/w/{workspace}/sources/{source}/destinations/{destination}"
ROUTES: tuple[Row, ...] = (
    Page("GET", _HERE, "destinations.show", show, ("workspace:read",)),
    Page("POST", _HERE, "destinations.show", change, ("workspace:write",)),
    Page("POST", _HERE + "/delete", "destinations.delete", delete, ("workspace:write",)),
)
