"""Workspaces over HTTP."""

from edge.api import render
from edge.api.bodies import WorkspaceBody
from edge.api.call import Call, Reply
from edge.api.names import slug_in
from edge.api.paging import cut, page_of
from edge.manage import workspaces


async def index(call: Call) -> Reply:
    page = page_of(call.query)
    found = await workspaces.listed(call.deps.manage, call.principal, page)
    shown, following = cut(found, page, lambda one: one.name)
    return Reply({"workspaces": [render.workspace(one) for one in shown], "next_page_token": following})


async def show(call: Call) -> Reply:
    return Reply(render.workspace(await workspaces.show(call.deps.manage, call.principal, call.path["w"])))


async def create(call: Call) -> Reply:
    body: WorkspaceBody = call.body
    slug = slug_in(body.workspace.name, "workspaces")
    done = await workspaces.create(call.deps.manage, call.principal, slug, body.workspace.display_name)
    return Reply(render.workspace(done.document), position=done.position)


async def delete(call: Call) -> Reply:
    done = await workspaces.delete(call.deps.manage, call.principal, call.path["w"])
    return Reply({}, position=done.position)
