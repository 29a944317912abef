"""What the pages of a source must allow, and what they may ask for early."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.manage.operation import Manage, require
from edge.manage.problem import not_found
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.loader import Loaders
from edge.publish.manifest import build
from edge.publish.pieces import ClientMissingError, Pieces
from edge.publish.policy import PagePolicy, page_policy
from edge.publish.preload import Preload, preloads_of
from edge.publish.wire import Origin


@dataclass(frozen=True, slots=True)
class PageNeeds:
    """``preloads`` as of now: they name code by its content."""

    policy: PagePolicy
    preloads: Sequence[Preload]


async def for_key(manage: Manage, principal: Principal, key: str, origin: Origin, inline: str) -> PageNeeds:
    """By a live write key of the source; ``inline`` is what the snippet's script element holds."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        stored = await view.source_of_key(key)
        if stored is None or not principal.sees(stored.document.workspace):
            raise not_found(f"write key {key}")
        source: Source = stored.document
        destinations = await view.destinations(source.id)
        found = await view.definitions([one.definition for one in destinations])
    definitions = {slug: one.document for slug, one in found.items()}
    plugins = build(source, destinations, definitions, ()).plugins
    try:
        ahead = await Loaders(Pieces(manage.store), origin).ahead(source.loader, plugins)
    except ClientMissingError:
        # Nor is there a loader that would ask for it.
        ahead = []
    return PageNeeds(page_policy(source, destinations, definitions, origin, inline), preloads_of(ahead, origin))
