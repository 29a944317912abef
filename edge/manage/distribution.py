"""The cloud router's question: who gets a source's events, with which credentials?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from edge.manage.operation import Manage, require, seen_source
from edge.model.filter import Filter, FilterAction
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.fql.matcher import matcher_of
from edge.publish.routing import obstacle_of

MAX_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Applied:
    """A filter for the router to apply. ``ir`` is the condition as tsub reads it: empty for every event, ``None`` where
    tsub cannot evaluate what is meant."""

    name: str
    condition: str
    ir: str | None
    actions: tuple[FilterAction, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One enabled cloud-mode destination; ``settings`` with its credentials in clear. ``filters`` are the enabled ones,
    the oldest first."""

    name: str
    slug: str
    definition: str
    creation_name: str
    settings: Mapping[str, Any]
    filters: tuple[Applied, ...] = ()
    consent_categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Distribution:
    source: Source
    position: int
    destinations: tuple[Delivery, ...]


class Reached(Protocol):
    """Waits until this node has applied a position; ``False`` when that took longer than ``seconds``."""

    async def __call__(self, position: int, seconds: float, /) -> bool: ...


async def show(
    manage: Manage, principal: Principal, workspace: str, slug: str, *, after: int | None, wait: float, reached: Reached
) -> Distribution:
    """The list as of now; with ``after``, once the journal is beyond that position or ``wait`` seconds have passed."""
    require(principal, "distribution:read")
    async with manage.store.view() as view:
        await seen_source(view, principal, workspace, slug)
    if after is not None and wait > 0:
        await reached(after + 1, min(wait, MAX_WAIT))
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, slug)
        found = [one for one in await view.destinations(source.id) if one.enabled and one.mode == "cloud"]
        definitions = await view.definitions([one.definition for one in found])
        filters = sorted(await view.filters(found), key=lambda one: (one.created_at, one.id))
        deliveries = []
        for one in found:
            if one.definition not in definitions:
                continue
            definition = definitions[one.definition].document
            defaults = {s.name: s.default for s in definition.settings if s.default is not None}
            settings = defaults | dict(one.settings)
            mine = tuple(_applied(each) for each in filters if each.destination_id == one.id and each.enabled)
            name = definition.creation_name
            deliveries.append(
                Delivery(one.name, one.slug, one.definition, name, settings, mine, one.consent_categories)
            )
        return Distribution(source, view.as_of.position, tuple(deliveries))


def _applied(found: Filter) -> Applied:
    ir = matcher_of(found.condition).ir if not obstacle_of(found.condition) else None
    return Applied(found.name, found.condition, ir, found.actions)
