"""Definitions of an instance's own, beside those that its release ships (`edgewise catalog add`)."""

from dataclasses import replace

from edge.catalog.errors import CatalogError
from edge.catalog.package import Package
from edge.manage.operation import Done, Manage, commit, require
from edge.manage.problem import ProblemError, conflict, invalid, not_found
from edge.model.definition import ADDED, Definition
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.store.store import Draft
from edge.store.view import View


async def add(manage: Manage, principal: Principal, package: Package) -> Done[Definition]:
    """Add the definition with its browser code, or replace what was added under its slug before.

    What a release ships is not replaced: the next start would undo it. Only an instance token may: the catalog is
    every workspace's.
    """
    _require_instance(principal)
    try:
        definition, asset = package.read()
    except CatalogError as error:
        raise invalid("; ".join(f"{one.origin}: {one.text}" for one in error.problems)) from None
    definition = replace(definition, release=ADDED)

    async def plan(view: View) -> Draft:
        for other in await view.every("definition", ""):
            if other.slug == definition.slug and other.release != ADDED:
                raise conflict(f"catalog/destinations/{other.slug} is part of this release: choose another slug")
            if other.slug != definition.slug and other.creation_name == definition.creation_name:
                text = f'creation_name: "{other.creation_name}" is that of {other.slug}; each definition has its own'
                raise conflict(text)
        assets = (asset,) if asset is not None else ()
        return Draft(puts=(definition,), assets=assets, reason=f"add catalog/destinations/{definition.slug}")

    position, changed = await commit(manage, principal, plan)
    return Done(definition, position, changed)


async def remove(manage: Manage, principal: Principal, slug: str) -> Done[Definition]:
    """Take an added definition out of the catalog; not while a destination uses it."""
    _require_instance(principal)
    removed: list[Definition] = []

    async def plan(view: View) -> Draft:
        found = await view.definition(slug)
        if found is None:
            raise not_found(f"catalog/destinations/{slug}")
        if found.release != ADDED:
            raise conflict(f"catalog/destinations/{slug} is part of this release: it cannot be removed")
        users = await view.users_of(slug)
        if users:
            raise conflict(f"catalog/destinations/{slug} is used by {', '.join(users[:3])}: delete these first")
        removed.append(found)
        return Draft(deletes=(found,), reason=f"remove catalog/destinations/{slug}")

    position, changed = await commit(manage, principal, plan)
    return Done(removed[0], position, changed)


def _require_instance(principal: Principal) -> None:
    require(principal, "workspace:write")
    if principal.workspace != EVERY_WORKSPACE:
        text = "the catalog is every workspace's: use an instance token (`edgewise token create --instance`)"
        raise ProblemError("forbidden", text)
