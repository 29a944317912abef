"""What a purge would be of, before it is asked for: the same refusals, and nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.manage.operation import Manage
from edge.manage.purges import PurgeVerb, check, concerned, workspaces_of
from edge.model.source import Source
from edge.model.tags import INSTANCE_ONLY, source_tag
from edge.model.token import Principal
from edge.publish.publication import KINDS
from edge.store.view import View


@dataclass(frozen=True, slots=True)
class Part:
    """One source, and those of its write keys whose documents are purged, retired ones too."""

    source: Source
    keys: tuple[str, ...]

    @property
    def documents(self) -> int:
        """Those that can be published: a retired key has none, only copies of what it had."""
        return len(KINDS) * len({*self.keys} & {*self.source.write_keys})


@dataclass(frozen=True, slots=True)
class Reach:
    """``parts`` by source name. ``loose``: keys of no source that is there. ``broad``: tags that reach beyond a
    workspace, of which it is not counted what they reach."""

    parts: tuple[Part, ...]
    loose: tuple[str, ...]
    broad: tuple[str, ...]

    @property
    def keys(self) -> int:
        return sum(len(part.keys) for part in self.parts) + len(self.loose)

    @property
    def documents(self) -> int:
        return sum(part.documents for part in self.parts)

    def elsewhere(self, workspace: str) -> tuple[str, ...]:
        """Other workspaces than this one that are concerned."""
        return tuple(sorted({part.source.workspace for part in self.parts} - {workspace}))


async def reach(
    manage: Manage, principal: Principal, *, tags: Sequence[str], sources: Sequence[str], verb: PurgeVerb, reason: str
) -> Reach:
    """Refused as the purge itself would be."""
    check(principal, tags, sources, verb, reason)
    async with manage.store.view() as view:
        found = {one.id: one for one in await concerned(view, principal, tags, sources)}
        owned = await _of_workspaces(view, tags)
    whole = {source_tag(one.id) for one in owned} | {tag for tag in tags if tag.startswith("source:")}
    whole |= {source_tag(one.id) for one in found.values() if one.name in sources}
    named = {tag.removeprefix("key:") for tag in tags if tag.startswith("key:")}
    every = {**found, **{one.id: one for one in owned}}
    parts = tuple(
        Part(source, _keys(source, named, whole=source_tag(source.id) in whole))
        for source in sorted(every.values(), key=lambda one: one.name)
    )
    loose = named - {key for part in parts for key in part.keys}
    broad = [tag for tag in tags if tag.startswith(INSTANCE_ONLY)]
    return Reach(parts, tuple(sorted(loose)), tuple(sorted(broad)))


def _keys(source: Source, named: set[str], *, whole: bool) -> tuple[str, ...]:
    return tuple(key for key in (*source.write_keys, *source.retired_keys) if whole or key in named)


async def _of_workspaces(view: View, tags: Sequence[str]) -> list[Source]:
    return [one for slug in workspaces_of(tags) for one in await view.every("source", f"workspaces/{slug}")]
