"""What a browser with a write key is answered at this moment, for who may know of the key's source."""

import re
from dataclasses import dataclass

from edge.manage.operation import Manage, require
from edge.manage.problem import invalid, not_found
from edge.model.source import WRITE_KEY, Source
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.observe.judge import seen_in
from edge.observe.probe import ORDER, Probe, Sight
from edge.publish.publication import Kind, Wanted
from edge.store.view import View

REVISION = re.compile(r"[0-9]{1,15}\Z")


@dataclass(frozen=True, slots=True)
class ReadTime:
    """After the change at ``position`` and before the next one: ``before`` is ``None`` where there is none yet."""

    position: int
    after: float
    before: float | None


@dataclass(frozen=True, slots=True)
class Debugged:
    """``source`` has or had the key; ``None`` where none is there. ``known``: whether the key was ever given out.
    ``retired_at``: when it was retired. ``altered_at``: when the bytes that are answered were last altered. ``read``:
    when their documents were. Times in Unix seconds, ``None`` where they are not known."""

    source: Source | None
    retired: bool
    known: bool
    retired_at: float | None
    altered_at: float | None
    read: ReadTime | None
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
    retired = source is not None and key in source.retired_keys
    if sight.published is None:
        # The store says nothing at the moment, and so nothing of when its positions were.
        return Debugged(source, retired, known, None, None, None, sight)
    async with manage.store.view() as view:
        retired_at = await _at(view, sight.published.revision) if retired else None
        altered_at, read = await _times(view, sight)
    return Debugged(source, retired, known, retired_at, altered_at, read, sight)


async def _times(view: View, sight: Sight) -> tuple[float | None, ReadTime | None]:
    """When the answer's bytes were altered and read, by its own revision and as-of: the store's may be later ones."""
    answered = sight.answers.get(ORDER[0])
    seen = seen_in(answered) if answered is not None else None
    if answered is None or seen is None or seen.epoch != view.as_of.epoch:
        return None, None
    revision, after = answered.headers.get("edge-revision", ""), await _at(view, seen.position)
    altered_at = await _at(view, int(revision)) if REVISION.match(revision) else None
    read = ReadTime(seen.position, after, await _at(view, seen.position + 1)) if after is not None else None
    return altered_at, read


async def _at(view: View, position: int) -> float | None:
    entry = await view.entry(position) if position else None
    return entry.at if entry is not None else None
