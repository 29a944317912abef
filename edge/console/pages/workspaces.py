"""Choosing a workspace, and making one."""

from starlette.responses import Response

from edge.console.call import Call
from edge.console.forms import filled
from edge.console.page import Page, Row
from edge.manage import workspaces
from edge.manage.paging import cut, page_of
from edge.manage.problem import ProblemError
from edge.model.token import EVERY_WORKSPACE, Principal

FIELDS = {"workspace.name": "slug", "display_name": "display_name"}


def may_create(principal: Principal) -> bool:
    return principal.workspace == EVERY_WORKSPACE and principal.may("workspace:write")


async def home(call: Call) -> Response:
    """To the one workspace that there is for this token, or to the choice; with nothing but purging, to that."""
    if call.principal.workspace != EVERY_WORKSPACE:
        if call.principal.may("cache:purge") and not call.principal.may("workspace:read"):
            return call.redirect(call.url("purge.form", workspace=call.principal.workspace))
        return call.redirect(call.url("overview.show", workspace=call.principal.workspace))
    if len(call.workspaces) == 1:
        return call.redirect(call.url("overview.show", workspace=call.workspaces[0].slug))
    return call.redirect(call.url("workspaces.index"))


async def index(call: Call) -> Response:
    page = page_of(call.query)
    found = await workspaces.listed(call.deps.manage, call.principal, page)
    shown, following = cut(found, page, lambda one: one.name)
    return call.render("workspaces/index.html", found=shown, following=following, may_create=may_create(call.principal))


async def new(call: Call) -> Response:
    return call.render("workspaces/new.html", form=filled())


async def create(call: Call) -> Response:
    slug, name = call.form.required("slug", "A slug"), call.form.text("display_name")
    if call.form.ok:
        try:
            done = await workspaces.create(call.deps.manage, call.principal, slug, name)
        except ProblemError as problem:
            call.form.take(problem, FIELDS)
        else:
            url = call.url("overview.show", workspace=slug)
            return await call.changed(done, url, f"Workspace {done.document.display_name} is created.")
    return call.render("workspaces/new.html", status=422)


ROUTES: tuple[Row, ...] = (
    Page("GET", "/", "home", home),
    Page("GET", "/workspaces", "workspaces.index", index, ("workspace:read",)),
    Page("GET", "/workspaces/new", "workspaces.new", new, ("workspace:write",)),
    Page("POST", "/workspaces/new", "workspaces.new", create, ("workspace:write",)),
)
