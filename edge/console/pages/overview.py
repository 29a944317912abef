"""A workspace at a glance."""

from starlette.responses import Response

from edge.console.call import Call
from edge.console.navigation import Entry
from edge.console.page import Page, Row
from edge.manage.overview import overview
from edge.manage.paging import cut
from edge.store.lookup import Page as Stretch

FIRST = Stretch(limit=7)
"""The sources that are shown here, and one more that tells of others; all are on their own page."""


async def show(call: Call) -> Response:
    found = await overview(call.deps.manage, call.principal, call.workspace.slug, FIRST)
    shown, more = cut(found, FIRST, lambda one: one.source.name)
    return call.render("overview/show.html", found=shown, more=bool(more))


ROUTES: tuple[Row, ...] = (Page("GET", "/w/{workspace}/", "overview.show", show, ("workspace:read",)),)
ENTRY = Entry("Overview", "overview.show", 0, "overview.")
