"""Purges: journal entries like any change, asked for by an admin."""

import re
from collections.abc import Sequence
from typing import Literal

from edge.manage.operation import Manage, commit, require, seen_source
from edge.manage.problem import ProblemError, invalid, not_found
from edge.model.source import Source
from edge.model.tags import INSTANCE_ONLY, is_tag, source_tag
from edge.model.token import EVERY_WORKSPACE, Principal
from edge.store.store import Draft
from edge.store.view import View

PurgeVerb = Literal["invalidate", "revoke"]
VERBS: tuple[PurgeVerb, ...] = ("invalidate", "revoke")
MAX_TAGS = 256
MAX_REASON = 500
TAG_FORMS = "source:<id>, key:<write key>, workspace:<slug>, definition:<slug>, loader, all"

_SOURCE_NAME = re.compile(r"workspaces/([a-z0-9_-]{1,63})/sources/([a-z0-9_-]{1,63})\Z")


async def purge(
    manage: Manage,
    principal: Principal,
    *,
    tags: Sequence[str],
    sources: Sequence[str],
    verb: PurgeVerb,
    reason: str,
) -> int:
    """Purge ``tags`` and the sources named by resource name; the position of the entry, which is the purge's id."""
    check(principal, tags, sources, verb, reason)

    async def plan(view: View) -> Draft:
        found = await concerned(view, principal, tags, sources)
        purged = {*tags, *(source_tag(source.id) for source in found[: len(sources)])}
        keys = {key for source in found for key in (*source.write_keys, *source.retired_keys)}
        names = {source.name for source in found} | {f"workspaces/{slug}" for slug in workspaces_of(tags)}
        return Draft(
            verb=verb,
            tags=tuple(sorted(purged)),
            keys=tuple(sorted(keys)),
            resources=tuple(sorted(names)),
            reason=reason,
        )

    position, _ = await commit(manage, principal, plan)
    return position


def check(principal: Principal, tags: Sequence[str], sources: Sequence[str], verb: str, reason: str) -> None:
    """Refuses what is no purge, whatever the store has."""
    require(principal, "cache:purge")
    if verb not in VERBS:
        raise invalid(f"verb: allowed: {', '.join(VERBS)}")
    if not tags and not sources:
        raise invalid(f"tags: name at least one tag or source; tags are {TAG_FORMS}")
    if len(tags) + len(sources) > MAX_TAGS:
        raise invalid(f"tags: at most {MAX_TAGS} tags and sources are allowed in one purge")
    if len(reason) > MAX_REASON:
        raise invalid(f"reason: {len(reason)} characters; at most {MAX_REASON} are allowed")
    for tag in tags:
        if not is_tag(tag):
            raise invalid(f"tags: {tag[:80]!r} is no tag; allowed are {TAG_FORMS}")


async def concerned(view: View, principal: Principal, tags: Sequence[str], sources: Sequence[str]) -> list[Source]:
    """The sources of ``sources``, in that order, then those that ``tags`` are of."""
    found = [await _named(view, principal, name) for name in sources]
    return found + [owner for tag in tags if (owner := await _owner(view, principal, tag)) is not None]


def workspaces_of(tags: Sequence[str]) -> list[str]:
    return [tag.removeprefix("workspace:") for tag in tags if tag.startswith("workspace:")]


async def _named(view: View, principal: Principal, name: str) -> Source:
    match = _SOURCE_NAME.match(name)
    if match is None:
        raise invalid(f"sources: {name[:120]!r} is no source; allowed is workspaces/<workspace>/sources/<source>")
    return await seen_source(view, principal, match[1], match[2])


async def _owner(view: View, principal: Principal, tag: str) -> Source | None:
    """Refuses a tag that is not the caller's to purge; the source that the tag is of, if it is of one."""
    kind, _, name = tag.partition(":")
    if principal.workspace != EVERY_WORKSPACE and tag.startswith(INSTANCE_ONLY):
        text = f"tags: {tag} reaches beyond a workspace: use an instance token (`edgewise token create --instance`)"
        raise ProblemError("forbidden", text)
    if kind == "workspace":
        if not principal.sees(name) or await view.workspace(name) is None:
            raise not_found(tag)
        return None
    if kind not in ("source", "key"):
        return None
    stored = await (view.stored("source", name) if kind == "source" else view.source_that_had_key(name))
    # An instance token may purge what is not there (any more): copies may outlive what they are copies of.
    if stored is None and principal.workspace == EVERY_WORKSPACE:
        return None
    if stored is None or not principal.sees(stored.document.workspace):
        raise not_found(tag)
    source: Source = stored.document
    return source
