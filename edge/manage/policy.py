"""What the pages of a source must allow."""

from edge.manage.operation import Manage, require
from edge.manage.problem import not_found
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.policy import PagePolicy, page_policy
from edge.publish.wire import Origin


async def for_key(manage: Manage, principal: Principal, key: str, origin: Origin, inline: str) -> PagePolicy:
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
    return page_policy(source, destinations, definitions, origin, inline)
