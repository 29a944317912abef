"""What the pages of a source carry, and what they must allow."""

from dataclasses import dataclass, replace

from edge.manage.operation import Manage, require
from edge.manage.problem import not_found
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.division import is_apart
from edge.publish.manifest import build
from edge.publish.pieces import ClientMissingError, Pieces
from edge.publish.policy import PagePolicy, page_policy
from edge.publish.snippet import Snippets, inline_script
from edge.publish.wire import Origin


@dataclass(frozen=True, slots=True)
class PageNeeds:
    """``snippet`` is good for as long as the write key, whatever becomes of the source's destinations."""

    snippet: str
    policy: PagePolicy


async def for_key(
    manage: Manage, principal: Principal, key: str, origin: Origin, *, snippets: Snippets, pieces: Pieces
) -> PageNeeds:
    """By a live write key of the source."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        stored = await view.source_of_key(key)
        if stored is None or not principal.sees(stored.document.workspace):
            raise not_found(f"write key {key}")
        source: Source = stored.document
        destinations = await view.destinations(source.id)
        found = await view.definitions([one.definition for one in destinations])
    definitions = {slug: one.document for slug, one in found.items()}
    try:
        # Where code is does not depend on settings, which may be sealed with a key that is gone.
        plugins = build(source, [replace(one, settings={}) for one in destinations], definitions, ()).plugins
        halves = not source.loader.official and await is_apart(pieces, source.loader, plugins)
    except ClientMissingError:
        # Nor is there a loader that would ask for it.
        halves = False
    text = snippets.text(key, halves=halves)
    return PageNeeds(text, page_policy(source, destinations, definitions, origin, inline_script(text)))
