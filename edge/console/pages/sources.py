"""The sources of a workspace."""

from starlette.responses import Response

from edge.console.call import Call
from edge.console.navigation import Entry
from edge.console.page import Page, Row
from edge.manage.overview import overview
from edge.manage.paging import cut, page_of


async def index(call: Call) -> Response:
    page = page_of(call.query)
    found = await overview(call.deps.manage, call.principal, call.workspace.slug, page)
    shown, following = cut(found, page, lambda one: one.source.name)
    return call.render("sources/index.html", found=shown, following=following)


ROUTES: tuple[Row, ...] = (Page("GET", "/w/{workspace}/sources", "sources.index", index, ("workspace:read",)),)
ENTRY = Entry("Sources", "sources.index", 20, "sources.")
