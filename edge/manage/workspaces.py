"""Workspaces: list, show, create, change, delete."""

from dataclasses import replace

from edge.manage.names import check_display_name, check_slug
from edge.manage.operation import Done, Manage, commit, put, require, require_any, seen_workspace
from edge.manage.problem import ProblemError, conflict
from edge.model.source import Workspace
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.store.lookup import Page
from edge.store.store import Draft
from edge.store.view import View


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


async def named(manage: Manage, principal: Principal, slug: str) -> Workspace:
    """The workspace for who may purge in it too, and read nothing else of it: its name has to stand on the page."""
    require_any(principal, ("workspace:read", "cache:purge"))
    async with manage.store.view() as view:
        return await seen_workspace(view, principal, slug)


async def create(manage: Manage, principal: Principal, slug: str, display_name: str | None) -> Done[Workspace]:
    """Only an instance token may: a workspace's own sees no other."""
    require(principal, "workspace:write")
    _require_instance(principal, "created")
    check_slug("workspace.name", slug)
    if display_name:
        check_display_name(display_name)
    workspace = Workspace(manage.new_id(), slug, display_name or slug, manage.clock().wall)

    async def plan(view: View) -> Draft:
        if await view.workspace(slug) is not None:
            raise conflict(f"workspaces/{slug} exists already: choose another slug")
        return put(workspace, reason=f"create {workspace.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(workspace, position, changed)


async def change(manage: Manage, principal: Principal, slug: str, display_name: str | None) -> Done[Workspace]:
    """Its name for people; ``None`` leaves it alone, empty it is the slug."""
    require(principal, "workspace:write")
    if display_name:
        check_display_name(display_name)
    result: list[Workspace] = []

    async def plan(view: View) -> Draft:
        workspace = await seen_workspace(view, principal, slug)
        if display_name is not None:
            workspace = replace(workspace, display_name=display_name or slug)
        result.append(workspace)
        return put(workspace, reason=f"change {workspace.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0], position, changed)


async def delete(manage: Manage, principal: Principal, slug: str) -> Done[Workspace]:
    """Only an empty one: deleting sources one by one keeps each of their pages' changes in the journal.

    Its tokens end with it: a workspace that gets the same slug later is somebody else's.
    """
    require(principal, "workspace:write")
    result: list[Workspace] = []

    async def plan(view: View) -> Draft:
        workspace = await seen_workspace(view, principal, slug)
        _require_instance(principal, "deleted")
        result.append(workspace)
        if await view.listed("source", workspace.name, Page(limit=1)):
            raise conflict(f"{workspace.name} still has sources: delete them first")
        tokens = await view.every("token", slug)
        return Draft(deletes=(workspace, *tokens), reason=f"delete {workspace.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0], position, changed)


def _require_instance(principal: Principal, done: str) -> None:
    if principal.workspace != EVERY_WORKSPACE:
        text = f"a workspace is {done} with an instance token: `edgewise token create --instance`"
        raise ProblemError("forbidden", text)
