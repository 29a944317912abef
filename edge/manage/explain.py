"""Explain: every destination of a source, published or not, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from edge.catalog.values import is_blank
from edge.manage.explain_privacy import (
    ConsentExplained,
    FilterExplained,
    PlanExplained,
    consent_warnings,
    explain_consent,
    explain_filters,
    explain_plan,
    filter_warnings,
    plan_warnings,
)
from edge.manage.operation import Manage, require, seen_source
from edge.manage.problem import not_found
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.manifest import build, exposed
from edge.publish.placement import Place, Placement, place
from edge.publish.wire import Origin, collector
from edge.store.documents import is_lost
from edge.store.view import View

SHOWING: tuple[Place, ...] = ("plugin", "packaged")
"""Where settings are published."""
LOST = "its settings cannot be decrypted: start the edge with the key that sealed them, or delete it and create it anew"

NOTHING_NEW = "its settings cannot be decrypted: until they can be, nodes go on with what they read last of this source"


@dataclass(frozen=True, slots=True)
class Explained:
    """One destination. ``exposed`` are the names of the settings that a page or app is given."""

    name: str
    definition: str
    mode: str
    enabled: bool
    published: bool
    place: Place
    reason: str
    exposed: tuple[str, ...]
    warnings: tuple[str, ...]
    filters: tuple[FilterExplained, ...] = ()
    consent_categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A source as the public sees it. ``collector`` is the URL that its events go to. ``consent`` and ``plan`` are
    ``None`` where nothing is published of them."""

    source: Source
    position: int
    collector: str
    warnings: tuple[str, ...]
    destinations: tuple[Explained, ...]
    consent: ConsentExplained | None = None
    plan: PlanExplained | None = None


async def explain(manage: Manage, principal: Principal, workspace: str, slug: str, origin: Origin) -> Explanation:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        return await _explain(view, await seen_source(view, principal, workspace, slug), origin)


async def explain_key(manage: Manage, principal: Principal, key: str, origin: Origin) -> Explanation:
    """By live write key; a key of a workspace that the caller does not see is not found."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        stored = await view.source_of_key(key)
        if stored is None or not principal.sees(stored.document.workspace):
            raise not_found(f"write key {key}")
        return await _explain(view, stored.document, origin)


async def _explain(view: View, source: Source, origin: Origin) -> Explanation:
    destinations = await view.destinations(source.id)
    found = await view.definitions([destination.definition for destination in destinations])
    definitions = {slug: stored.document for slug, stored in found.items()}
    filters = await view.filters(destinations)
    target = collector(source.library, origin)
    # Settings play no part in what is asked of it here, and some cannot be opened.
    manifest = build(source, [replace(one, settings={}) for one in destinations], definitions, filters)
    return Explanation(
        source=source,
        position=view.as_of.position,
        collector=f"{target.protocol}://{target.host}",
        warnings=(
            *_source_warnings(source, origin),
            *_loader_warnings(source, await view.official_versions()),
            *plan_warnings(manifest),
            *filter_warnings(manifest),
            *consent_warnings(manifest),
        ),
        destinations=tuple(
            _with_filters(source, destination, _explained(source, destination, definitions), filters)
            for destination in destinations
        ),
        consent=explain_consent(manifest),
        plan=explain_plan(manifest),
    )


def _source_warnings(source: Source, origin: Origin) -> tuple[str, ...]:
    warnings: Sequence[str] = ()
    if source.library.api_host is None and origin.api_host is None:
        warnings = (
            "it has no API host: its events go to this edge's own sink, which counts and discards them; "
            "set api_host on the source, or EDGE_API_HOST",
        )
    if not source.write_keys:
        warnings = (*warnings, "it has no live write key: nothing is published for it")
    return tuple(warnings)


def _loader_warnings(source: Source, versions: Sequence[str]) -> tuple[str, ...]:
    if not source.loader.official or source.loader.version in versions:
        return ()
    return (
        f"this edge does not have version {source.loader.version} of {source.loader.client}, so there is no loader; "
        f"set client_version to one that it has: {', '.join(versions) or 'none'}",
    )


def _explained(source: Source, destination: Destination, definitions: Mapping[str, Definition]) -> Explained:
    definition = definitions.get(destination.definition)
    placement = place(source.platform, destination, definition)
    if is_lost(destination):
        return _explained_lost(destination, placement)
    shown = exposed(destination, definition) if definition and placement.place in SHOWING else {}
    missing = [
        setting.name
        for setting in (definition.settings if definition else ())
        if setting.required and is_blank(destination.settings.get(setting.name, setting.default))
    ]
    return Explained(
        name=destination.name,
        definition=destination.definition,
        mode=destination.mode,
        enabled=destination.enabled,
        published=placement.place != "withheld",
        place=placement.place,
        reason=placement.reason,
        exposed=tuple(shown),
        warnings=(f"required and missing: {', '.join(missing)}",) if missing else (),
    )


def _with_filters(
    source: Source, destination: Destination, explained: Explained, filters: Sequence[Filter]
) -> Explained:
    mine = [one for one in filters if one.destination_id == destination.id]
    told, warnings = explain_filters(source, destination, mine, explained.place)
    return replace(
        explained,
        filters=told,
        consent_categories=destination.consent_categories,
        warnings=(*explained.warnings, *warnings),
    )


def _explained_lost(destination: Destination, placement: Placement) -> Explained:
    """Where its settings are published, nothing new of its source can be until they can be opened."""
    needed = placement.place in SHOWING
    return Explained(
        name=destination.name,
        definition=destination.definition,
        mode=destination.mode,
        enabled=destination.enabled,
        published=placement.place == "named",
        place="withheld" if needed else placement.place,
        reason="its settings cannot be decrypted, and the source stays as it was last read"
        if needed
        else placement.reason,
        exposed=(),
        warnings=(LOST,),
    )
