"""What a browser with a write key is answered at this moment, for who may know of the key's source."""

from dataclasses import dataclass

from edge.manage.operation import Manage, require
from edge.manage.problem import invalid, not_found
from edge.model.source import WRITE_KEY, Source
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.observe.probe import Probe, Sight
from edge.publish.publication import Kind, Wanted


@dataclass(frozen=True, slots=True)
class Debugged:
    """``source`` has or had the key; ``None`` where none is there. ``known``: whether the key was ever given out.
    ``revised_at``: when the public bytes were last altered, as far as the store says so, Unix seconds."""

    source: Source | None
    retired: bool
    known: bool
    revised_at: float | None
    sight: Sight


async def debug(manage: Manage, principal: Principal, probe: Probe, key: str, kind: Kind) -> Debugged:
    """A key of a workspace that the caller does not see is not found, exactly as one that there never was: then nobody
    is asked, so that not even the time that it takes tells. An instance token is shown the answer to any key."""
    require(principal, "workspace:read")
    if WRITE_KEY.match(key) is None:
        raise invalid("write_key: it is no write key; allowed are 8 to 64 letters, digits, - and _")
    async with manage.store.view() as view:
        stored = await view.source_that_had_key(key)
        known = await view.key_is_known(key)
    source: Source | None = stored.document if stored is not None else None
    if principal.workspace != EVERY_WORKSPACE and (source is None or not principal.sees(source.workspace)):
        raise not_found(f"write key {key}")
    sight = await probe.look(Wanted(kind, key))
    revised_at = None
    if sight.published is not None and sight.published.revision:
        async with manage.store.view() as view:
            entry = await view.entry(sight.published.revision)
        revised_at = entry.at if entry is not None else None
    return Debugged(source, source is not None and key in source.retired_keys, known, revised_at, sight)
