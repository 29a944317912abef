"""The catalog: destinations to connect, sources to create."""

import re
from typing import get_args

from starlette.responses import Response

from edge.catalog.sources import SOURCE_TYPES, SourceType
from edge.console.call import Call
from edge.console.forms import Form, filled
from edge.console.navigation import Entry
from edge.console.page import Page, Row
from edge.manage import catalog, connecting, sources
from edge.manage.catalog import Wanted
from edge.manage.problem import ProblemError, not_found
from edge.manage.rules import obstacle
from edge.manage.sources import SourcePatch
from edge.model.definition import ConnectionMode
from edge.model.source import Platform, Source

LONGEST = 200
PLATFORMS: tuple[Platform, ...] = get_args(Platform)


async def index(call: Call) -> Response:
    return await _shelf(call, None)


async def add(call: Call) -> Response:
    """The same, for a source that is chosen already."""
    source = await sources.show(call.deps.manage, call.principal, call.workspace.slug, call.path["source"])
    return await _shelf(call, source)


async def _shelf(call: Call, source: Source | None) -> Response:
    modes: tuple[ConnectionMode, ...] = get_args(ConnectionMode)
    mode = next((one for one in modes if one == call.query.get("mode")), None)
    wanted = Wanted(call.query.get("q", "")[:LONGEST], call.query.get("category", "")[:LONGEST], mode)
    shelf = await catalog.search(call.deps.manage, call.principal, wanted)
    obstacles = {one.slug: obstacle(source, one) if source is not None else "" for one in shelf.found}
    template = "catalog/results.html" if call.is_htmx else "catalog/index.html"
    return call.render(
        template,
        shelf=shelf,
        source=source,
        obstacles=obstacles,
        wanted=wanted,
        form=filled(q=wanted.words, category=wanted.category, mode=mode or ""),
    )


async def show(call: Call) -> Response:
    """A definition's panel: for htmx alone, else as a page."""
    definition = await catalog.definition(call.deps.manage, call.principal, call.path["definition"])
    slug = call.query.get("source", "")
    source = None
    if slug:
        source = await sources.show(call.deps.manage, call.principal, call.workspace.slug, slug)
    return call.render(
        "catalog/panel.html" if call.is_htmx else "catalog/show.html",
        definition=definition,
        source=source,
        obstacle=obstacle(source, definition) if source is not None else "",
        also=catalog.source_like(definition),
        placed=await connecting.placed(call.deps.manage, call.principal, call.workspace.slug, definition.slug),
    )


async def source_types(call: Call) -> Response:
    groups = [(platform, [one for one in SOURCE_TYPES.values() if one.platform == platform]) for platform in PLATFORMS]
    return call.render("catalog/sources.html", groups=groups)


async def source_type(call: Call) -> Response:
    return await _source_type(call, _type(call), Form(), 200)


async def create_source(call: Call) -> Response:
    kind, form = _type(call), call.form
    name = form.required("display_name", "A name")
    slug = form.text("slug") or slug_of(name)
    if form.ok:
        patch = SourcePatch(display_name=name)
        try:
            done = await sources.create(
                call.deps.manage, call.principal, call.workspace.slug, slug, kind.slug, patch=patch, write_key=None
            )
        except ProblemError as problem:
            form.take(problem, {"source.name": "slug", "display_name": "display_name"})
        else:
            text = f"The source {name} is created in the workspace {call.workspace.display_name}."
            return await call.changed(done, home_of(call, slug), text)
    return await _source_type(call, kind, form, 422)


async def _source_type(call: Call, kind: SourceType, form: Form, status: int) -> Response:
    shelf = await catalog.search(call.deps.manage, call.principal, Wanted())
    return call.render(
        "catalog/source_panel.html" if call.is_htmx else "catalog/source.html",
        status=status,
        kind=kind,
        also=catalog.destination_like(kind, shelf.found),
        form=form,
    )


def home_of(call: Call, source: str) -> str:
    """A source's own page; where this console has none, the list of them."""
    try:
        return call.here("sources.show", source=source)
    except KeyError:
        return call.here("sources.index")


def slug_of(name: str) -> str:
    """``Shop of Acme`` -> ``shop-of-acme``; what no slug can be made of is left to be refused."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-")


def _type(call: Call) -> SourceType:
    found = SOURCE_TYPES.get(call.path["type"])
    if found is None:
        raise not_found(f"catalog/sources/{call.path['type']}")
    return found


_CATALOG = "/w/{workspace}/catalog"
ROUTES: tuple[Row, ...] = (
    Page("GET", _CATALOG, "catalog.index", index, ("workspace:read",)),
    Page("GET", "/w/{workspace}/sources/{source}/add", "catalog.add", add, ("workspace:write",)),
    Page("GET", _CATALOG + "/destinations/{definition}", "catalog.show", show, ("workspace:read",)),
    Page("GET", _CATALOG + "/sources", "catalog.sources", source_types, ("workspace:read",)),
    Page("GET", _CATALOG + "/sources/{type}", "catalog.source", source_type, ("workspace:read",)),
    Page("POST", _CATALOG + "/sources/{type}", "catalog.source", create_source, ("workspace:write",)),
)
ENTRY = Entry("Catalog", "catalog.index", 10, "catalog.")
