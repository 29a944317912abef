"""Workspaces: list, show, create, delete."""

from edge.manage.operation import Done, Manage, commit, put, require, seen_workspace
from edge.manage.problem import ProblemError, conflict, invalid
from edge.model.source import SLUG, Workspace
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.store.store import Draft
from edge.store.view import Page, View

SLUG_RULE = "1 to 63 characters: a-z, 0-9, - and _, with a letter or digit at both ends"


def check_slug(field: str, slug: str) -> None:
    if SLUG.match(slug) is None:
        raise invalid(f"{field}: {slug[:80]!r} is no slug; allowed are {SLUG_RULE}")


async def listed(manage: Manage, principal: Principal, page: Page) -> list[Workspace]:
    """Those that the caller sees: all of them, or its own."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        if principal.workspace == EVERY_WORKSPACE:
            return [stored.document for stored in await view.listed("workspace", "", page)]
        own = await view.workspace(principal.workspace)
        return [own] if own is not None and own.name > page.after else []


async def show(manage: Manage, principal: Principal, slug: str) -> Workspace:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        return await seen_workspace(view, principal, slug)


async def create(manage: Manage, principal: Principal, slug: str, display_name: str | None) -> Done[Workspace]:
    """Only an instance token may: a workspace's own sees no other."""
    require(principal, "workspace:write")
    if principal.workspace != EVERY_WORKSPACE:
        raise ProblemError(
            "forbidden", "a workspace is created with an instance token: `edgewise token create --instance`"
        )
    check_slug("workspace.name", slug)
    workspace = Workspace(manage.new_id(), slug, display_name or slug, manage.clock().wall)

    async def plan(view: View) -> Draft:
        if await view.workspace(slug) is not None:
            raise conflict(f"workspaces/{slug} exists already: choose another slug")
        return put(workspace, reason=f"create {workspace.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(workspace, position, changed)


async def delete(manage: Manage, principal: Principal, slug: str) -> Done[Workspace]:
    """Only an empty one: deleting sources one by one keeps each of their pages' changes in the journal."""
    require(principal, "workspace:write")

    async def plan(view: View) -> Draft:
        workspace = await seen_workspace(view, principal, slug)
        if await view.listed("source", workspace.name, Page(limit=1)):
            raise conflict(f"{workspace.name} still has sources: delete them first")
        tokens = await view.every("token", slug)
        return Draft(deletes=(workspace, *tokens), reason=f"delete {workspace.name}")

    async with manage.store.view() as view:
        workspace = await seen_workspace(view, principal, slug)
    position, changed = await commit(manage, principal, plan)
    return Done(workspace, position, changed)
