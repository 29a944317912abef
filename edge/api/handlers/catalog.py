"""The catalog over HTTP: any valid token may read it, an instance token may add to it."""

from edge.api import render
from edge.api.bodies import CatalogDestinationBody
from edge.api.call import Call, Reply
from edge.catalog.package import Package
from edge.catalog.sources import SOURCE_TYPES
from edge.manage import definitions
from edge.manage.operation import require
from edge.manage.paging import cut, page_of
from edge.manage.problem import not_found


async def sources(call: Call) -> Reply:
    require(call.principal, "workspace:read")
    page = page_of(call.query)
    found = [one for _, one in sorted(SOURCE_TYPES.items()) if one.name > page.after]
    shown, following = cut(found[: page.limit], page, lambda one: one.name)
    return Reply({"sources": [render.source_type(one) for one in shown], "next_page_token": following})


async def source(call: Call) -> Reply:
    require(call.principal, "workspace:read")
    found = SOURCE_TYPES.get(call.path["slug"])
    if found is None:
        raise not_found(f"catalog/sources/{call.path['slug']}")
    return Reply(render.source_type(found))


async def destinations(call: Call) -> Reply:
    require(call.principal, "workspace:read")
    page = page_of(call.query)
    async with call.deps.manage.store.view() as view:
        found = [stored.document for stored in await view.listed("definition", "", page)]
    shown, following = cut(found, page, lambda one: f"catalog/destinations/{one.slug}")
    return Reply({"destinations": [render.definition(one) for one in shown], "next_page_token": following})


async def destination(call: Call) -> Reply:
    require(call.principal, "workspace:read")
    async with call.deps.manage.store.view() as view:
        found = await view.definition(call.path["slug"])
    if found is None:
        raise not_found(f"catalog/destinations/{call.path['slug']}")
    return Reply(render.definition(found))


async def add(call: Call) -> Reply:
    body: CatalogDestinationBody = call.body
    name, code = (body.bundle.library_name, body.bundle.code) if body.bundle is not None else ("", "")
    package = Package(call.path["slug"], body.definition, name, code)
    done = await definitions.add(call.deps.manage, call.principal, package)
    return Reply(render.definition(done.document), position=done.position)


async def remove(call: Call) -> Reply:
    done = await definitions.remove(call.deps.manage, call.principal, call.path["slug"])
    return Reply({}, position=done.position)
