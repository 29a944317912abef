"""Access tokens over HTTP."""

from typing import Any

from edge.api import render
from edge.api.bodies import AccessTokenBody
from edge.api.call import Call, Reply
from edge.api.names import slug_in
from edge.manage.paging import cut, page_of
from edge.manage.problem import invalid
from edge.manage.tokens import DEFAULT_SECONDS
from edge.model.token import EVERY_WORKSPACE


async def index(call: Call) -> Reply:
    page = page_of(call.query)
    found = await call.deps.tokens.listed(call.principal, page)
    shown, following = cut(found, page, lambda one: one.name)
    return Reply({"access_tokens": [render.access_token(one) for one in shown], "next_page_token": following})


async def show(call: Call) -> Reply:
    return Reply(render.access_token(await call.deps.tokens.show(call.principal, call.path["id"])))


async def create(call: Call) -> Reply:
    body: AccessTokenBody = call.body
    given = body.access_token or body
    names = given.workspace_names or []
    if len(names) != 1:
        raise invalid(f"workspace_names: {len(names)} are given; exactly one is allowed")
    scopes = given.scopes.split() if isinstance(given.scopes, str) else given.scopes
    if not scopes:
        raise invalid("scopes: name at least one scope, such as workspace:read")
    workspace = slug_in(names[0], "workspaces", "workspace_names")
    terms: Any = {
        "description": given.description or "",
        "seconds": DEFAULT_SECONDS if given.expires_in is None else given.expires_in,
    }
    tokens, principal = call.deps.tokens, call.principal
    if workspace == EVERY_WORKSPACE and call.deps.local:
        issued = await tokens.issue_instance(principal, scopes, **terms)
    else:
        issued = await tokens.issue(principal, workspace, scopes, **terms)
    return Reply(render.access_token(issued.token) | {"token": issued.jwt}, position=issued.position)


async def revoke(call: Call) -> Reply:
    return Reply({}, position=await call.deps.tokens.revoke(call.principal, call.path["id"]))
