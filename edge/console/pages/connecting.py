"""Connecting a destination: choose a source, then its settings."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from edge.console.call import Call
from edge.console.destination_form import NAMES, asked, modes_of, settings_in
from edge.console.forms import Form
from edge.console.page import Page, Row
from edge.console.setting_fields import fields_of, refuse, values_of
from edge.manage import catalog, connecting, destinations
from edge.manage.connecting import Outset, Placed, chosen
from edge.manage.paging import cut, page_of
from edge.manage.problem import ProblemError, invalid
from edge.manage.rules import resolve_mode
from edge.model.destination import Destination

FROM, CATALOG = "from", "catalog"
"""In the address of the settings where the source was chosen for them: that is where the way back leads."""


async def choose(call: Call) -> Response:
    """The sources to choose from; with one chosen, on to its settings."""
    workspace = call.workspace.slug
    definition = await catalog.definition(call.deps.manage, call.principal, call.path["definition"])
    page = page_of({name: value for name, value in call.query.items() if name == "page_token"})
    found = await connecting.connectable(call.deps.manage, call.principal, workspace, definition, page)
    form = Form({"source": [call.query["source"]]}) if "source" in call.query else Form()
    if form.text("source"):
        outset = await connecting.outset(
            call.deps.manage, call.principal, workspace, form.text("source"), definition.slug
        )
        if not outset.obstacle:
            url = call.here("connecting.settings", source=outset.source.slug, definition=definition.slug)
            return call.redirect(f"{url}?{FROM}={CATALOG}")
        form.refuse("source", outset.obstacle[:1].upper() + outset.obstacle[1:])
    elif "confirm" in call.query:
        form.refuse("source", "Choose the source to connect it to")
    shown, following = cut(found, page, lambda one: one.source.name)
    return call.render(
        "connecting/source.html",
        status=200 if form.ok else 422,
        definition=definition,
        found=shown,
        following=following,
        form=form,
    )


async def settings(call: Call) -> Response:
    outset = await _outset(call)
    copied = chosen(outset.others, call.query.get("copy", ""))
    begun = settings_in(copied.destination) if copied is not None else {}
    values: dict[str, list[str]] = {
        "display_name": [outset.display_name],
        "slug": [outset.slug],
        "mode": [resolve_mode(outset.source, outset.definition, None)],
        **values_of(fields_of(outset.definition, begun), begun),
    }
    return _render(call, outset, copied, Form(values), 200)


async def connect(call: Call) -> Response:
    outset, form = await _outset(call), call.form
    copied = chosen(outset.others, form.text("copy"))
    name, slug = form.required("display_name", "A name"), form.required("slug", "A slug")
    patch = asked(form, outset.definition, _blank(outset), copied)
    if form.ok:
        try:
            done = await destinations.create(
                call.deps.manage,
                call.principal,
                call.workspace.slug,
                outset.source.slug,
                slug,
                definition_slug=outset.definition.slug,
                patch=patch,
            )
        except ProblemError as problem:
            refuse(form, problem, NAMES)
        else:
            url = call.here("destinations.show", source=outset.source.slug, destination=slug)
            state = "enabled" if done.document.destination.enabled else "still disabled"
            text = (
                f"{name} is connected to {outset.source.display_name} in the workspace "
                f"{call.workspace.display_name}, and {state}."
            )
            return await call.changed(done, url, text)
    return _render(call, outset, copied, form, 422)


def _render(call: Call, outset: Outset, copied: Placed | None, form: Form, status: int) -> Response:
    stored: Mapping[str, Any] = settings_in(copied.destination) if copied is not None else {}
    return call.render(
        "connecting/settings.html",
        status=status,
        source=outset.source,
        definition=outset.definition,
        others=outset.others,
        copied=copied,
        fields=fields_of(outset.definition, stored),
        modes=modes_of(outset.source, outset.definition),
        chosen_first=call.query.get(FROM) == CATALOG,
        form=form,
    )


async def _outset(call: Call) -> Outset:
    path = call.path
    found = await connecting.outset(
        call.deps.manage, call.principal, call.workspace.slug, path["source"], path["definition"]
    )
    if found.obstacle:
        raise invalid(found.obstacle)
    return found


def _blank(outset: Outset) -> Destination:
    """What the form begins from: a destination with nothing set. ``connect`` never writes it."""
    mode = resolve_mode(outset.source, outset.definition, None)
    source = outset.source
    return Destination(
        "", source.id, source.name, "", outset.definition.slug, "", enabled=False, mode=mode, created_at=0, updated_at=0
    )


ROUTES: tuple[Row, ...] = (
    Page(
        "GET",
        "/w/{workspace}/catalog/destinations/{definition}/connect",
        "catalog.connect",
        choose,
        ("workspace:write",),
    ),
    Page(
        "GET",
        "/w/{workspace}/sources/{source}/connect/{definition}",
        "connecting.settings",
        settings,
        ("workspace:write",),
    ),
    Page(
        "POST",
        "/w/{workspace}/sources/{source}/connect/{definition}",
        "connecting.settings",
        connect,
        ("workspace:write",),
    ),
)
