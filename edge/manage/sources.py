"""Sources: list, show, create, change, delete."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from edge.catalog.sources import SOURCE_TYPES
from edge.manage.advice import Advice, advise
from edge.manage.loaders import LoaderPatch, patched_loader
from edge.manage.names import check_display_name, check_slug
from edge.manage.operation import Done, Manage, commit, hold, put, require, seen_source, seen_workspace
from edge.manage.problem import conflict, invalid
from edge.manage.write_keys import check_new_key
from edge.model.plan import TrackingPlan
from edge.model.source import LibraryConfig, Source
from edge.model.token import Principal
from edge.store.lookup import Page
from edge.store.store import Draft
from edge.store.view import View

API_HOST = re.compile(
    r"(?:https?://)?(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[A-Za-z0-9._~-]+)*\Z"
)


@dataclass(frozen=True, slots=True)
class SourcePatch:
    """What a change of a source may set; ``None`` leaves a field alone.

    Empty, ``api_host`` is the instance's default, ``display_name`` the slug, and ``tracking_plan`` none.
    """

    display_name: str | None = None
    api_host: str | None = None
    metrics_enabled: bool | None = None
    retry_queue: bool | None = None
    cross_domain_id_enabled: bool | None = None
    tracking_plan: TrackingPlan | None = None
    loader: LoaderPatch = field(default_factory=LoaderPatch)


def check_api_host(host: str) -> None:
    found = API_HOST.match(host)
    if found is None or int(found["port"] or 0) > 65535:
        raise invalid(
            f"api_host: {host[:80]!r} is no API host; allowed is a host, with a port and a path if need be, "
            "as in events.example.com/v1 (https) or http://127.0.0.1:9000/v1"
        )


async def listed(manage: Manage, principal: Principal, workspace: str, page: Page) -> list[Source]:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        found = await seen_workspace(view, principal, workspace)
        return [stored.document for stored in await view.listed("source", found.name, page)]


async def show(manage: Manage, principal: Principal, workspace: str, slug: str) -> Source:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        return await seen_source(view, principal, workspace, slug)


async def placed(manage: Manage, principal: Principal, workspace: str, slug: str) -> tuple[Source, int]:
    """With the position of its last change, which a change can be held to (``expected``)."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, slug)
        return source, await _position(view, source)


async def official_versions(manage: Manage, principal: Principal) -> Sequence[str]:
    """The versions of the official client that this edge has, the newest first: what a source may be set to."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        return await view.official_versions()


async def create(
    manage: Manage,
    principal: Principal,
    workspace: str,
    slug: str,
    source_type: str,
    *,
    patch: SourcePatch,
    write_key: str | None,
) -> Done[Source]:
    """A source with one write key, made or adopted."""
    require(principal, "workspace:write")
    check_slug("source.name", slug)
    if source_type not in SOURCE_TYPES:
        raise invalid(
            f"catalog_name: {source_type[:60]!r} is no source type; allowed: {', '.join(sorted(SOURCE_TYPES))}"
        )
    key = manage.new_key() if write_key is None else write_key
    check_new_key(key)
    blank = Source(manage.new_id(), workspace, slug, source_type, slug, (key,), manage.clock().wall)
    result: list[Source] = []

    async def plan(view: View) -> Draft:
        await seen_workspace(view, principal, workspace)
        source = patched(blank, patch, await view.official_versions())
        result.append(source)
        if await view.source(workspace, slug) is not None:
            raise conflict(f"{source.name} exists already: choose another slug")
        if await view.key_is_known(key):
            raise conflict("write_key: it is, or was, another source's; a write key is never used twice")
        return put(source, reason=f"create {source.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0], position, changed)


async def change(
    manage: Manage,
    principal: Principal,
    workspace: str,
    slug: str,
    patch: SourcePatch,
    *,
    expected: int | None = None,
) -> Done[Source]:
    """``expected`` is the position of the source that the change was made for; refused if it is another now."""
    require(principal, "workspace:write")
    result: list[Done[Source]] = []

    async def plan(view: View) -> Draft:
        stored = await seen_source(view, principal, workspace, slug)
        position = await _position(view, stored)
        hold(stored.name, position, expected)
        source = patched(stored, patch, await view.official_versions())
        result.append(Done(source, 0, changed=False, advice=await _advice(view, source), own=position))
        return put(source, reason=f"change {source.name}")

    position, changed = await commit(manage, principal, plan)
    return replace(result[-1], position=position, changed=changed, own=position if changed else result[-1].own)


async def delete(
    manage: Manage, principal: Principal, workspace: str, slug: str, *, expected: int | None = None
) -> Done[Source]:
    """With its destinations; its write keys are retired and never used again. ``expected`` as in ``change``,
    where a change of one of its destinations is none of its own."""
    require(principal, "workspace:write")
    result: list[Source] = []

    async def plan(view: View) -> Draft:
        source = await seen_source(view, principal, workspace, slug)
        hold(source.name, await _position(view, source), expected)
        result.append(source)
        destinations = await view.destinations(source.id)
        filters = await view.filters(destinations)
        return Draft(deletes=(*filters, *destinations, source), reason=f"delete {source.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0], position, changed)


def patched(source: Source, patch: SourcePatch, versions: Sequence[str]) -> Source:
    """``source`` with the patch applied; refuses values that are not allowed. ``versions``: of the official client."""
    library = source.library
    # A slash at the end is what people copy from an address bar; clients append "/t" and the like.
    host = patch.api_host.removesuffix("/") if patch.api_host is not None else None
    if host is not None and patch.api_host:
        check_api_host(host)
    if patch.display_name:
        check_display_name(patch.display_name)
    return replace(
        source,
        loader=patched_loader(source, patch.loader, versions),
        display_name=source.display_name if patch.display_name is None else patch.display_name or source.slug,
        library=LibraryConfig(
            api_host=library.api_host if host is None else host or None,
            metrics_enabled=_or(patch.metrics_enabled, library.metrics_enabled),
            retry_queue=_or(patch.retry_queue, library.retry_queue),
            cross_domain_id_enabled=_or(patch.cross_domain_id_enabled, library.cross_domain_id_enabled),
        ),
        tracking_plan=source.tracking_plan if patch.tracking_plan is None else patch.tracking_plan or None,
    )


async def _position(view: View, source: Source) -> int:
    found = await view.stored("source", source.id)
    return found.position if found is not None else 0


async def _advice(view: View, source: Source) -> tuple[Advice, ...]:
    """What the app of a mobile source must or may package for the destinations that it has."""
    if source.platform != "mobile":
        return ()
    destinations = await view.destinations(source.id)
    found = await view.definitions([destination.definition for destination in destinations])
    known = [destination for destination in destinations if destination.definition in found]
    return tuple(one for each in known for one in advise(source, each, found[each.definition].document))


def _or(given: bool | None, stored: bool) -> bool:
    return stored if given is None else given
