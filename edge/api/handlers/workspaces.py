"""Workspaces over HTTP."""

from edge.api import render
from edge.api.bodies import WorkspaceBody, WorkspacePatchBody
from edge.api.call import Call, Reply
from edge.api.names import masked_fields, slug_in
from edge.manage import workspaces
from edge.manage.paging import cut, page_of
from edge.manage.problem import invalid


async def index(call: Call) -> Reply:
    page = page_of(call.query)
    found = await workspaces.listed(call.deps.manage, call.principal, page)
    shown, following = cut(found, page, lambda one: one.name)
    return Reply({"workspaces": [render.workspace(one) for one in shown], "next_page_token": following})


async def show(call: Call) -> Reply:
    return Reply(render.workspace(await workspaces.show(call.deps.manage, call.principal, call.path["w"])))


async def create(call: Call) -> Reply:
    body: WorkspaceBody = call.body
    slug = slug_in(body.workspace.name, "workspaces", "workspace.name")
    done = await workspaces.create(call.deps.manage, call.principal, slug, body.workspace.display_name)
    return Reply(render.workspace(done.document), position=done.position)


async def change(call: Call) -> Reply:
    body: WorkspacePatchBody = call.body
    mask = body.update_mask or body.workspace.update_mask
    if mask is None or not mask.paths:
        raise invalid("update_mask.paths: name the fields to change; allowed: workspace.display_name")
    fields = masked_fields(mask.paths, "workspace", ("display_name",))
    name = body.workspace.display_name or "" if "display_name" in fields else None
    done = await workspaces.change(call.deps.manage, call.principal, call.path["w"], name)
    return Reply(render.workspace(done.document), position=done.position)


async def delete(call: Call) -> Reply:
    done = await workspaces.delete(call.deps.manage, call.principal, call.path["w"])
    return Reply({}, position=done.position)
