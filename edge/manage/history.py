"""History: who changed what when, and what a source published at any position."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from edge.manage.differences import KINDS, Action, Difference, Kind, action_of, differences, kind_of_name
from edge.manage.masks import BULLETS
from edge.manage.operation import Manage, require, seen_source, seen_workspace
from edge.manage.origins import Image
from edge.manage.problem import invalid, not_found
from edge.manage.published import PublishedSource, publish_image
from edge.model.change import Entry, Verb
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.wire import Origin
from edge.store.documents import is_lost
from edge.store.entries import Span, is_within
from edge.store.view import View

Wanted = Literal["source", "destination", "filter", "workspace", "purge"]
"""Of which kind of thing an entry has to be."""
WANTED: tuple[Wanted, ...] = get_args(Wanted)
BATCH = 100
BATCHES = 20
"""How many entries one page looks through for those that are wanted, before it says where to go on."""


@dataclass(frozen=True, slots=True)
class Edited:
    """One document's part of a change. ``name`` is its resource name, ``slugs`` the path to it in its workspace;
    ``there``: whether that very document is still there, not one that was made anew under its name."""

    name: str
    kind: Kind
    action: Action
    there: bool
    differences: tuple[Difference, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(self.name.split("/")[3::2])


@dataclass(frozen=True, slots=True)
class Event:
    """An entry as far as it is about what was asked for. ``note`` is a purge's reason, or why a change was made."""

    position: int
    at: float
    actor: str
    verb: Verb
    note: str
    edits: tuple[Edited, ...]
    purged: tuple[str, ...] = ()
    """Of a purge, the names of what it was of."""


@dataclass(frozen=True, slots=True)
class Events:
    """Newest first. ``following`` is the position before which to go on; 0 at the end. ``oldest`` is the first
    position that is remembered."""

    events: tuple[Event, ...]
    following: int
    oldest: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: before a position (0: from the newest), not before ``since``, of one actor, of one kind."""

    before: int = 0
    since: int = 0
    actor: str = ""
    kind: Wanted | None = None
    size: int = 20


async def of_workspace(manage: Manage, principal: Principal, workspace: str, asked: Asked) -> Events:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        found = await seen_workspace(view, principal, workspace)
        # Not what a workspace of the same slug did before this one was made.
        return await _events(view, found.name, max(asked.since, await view.begun("workspace", found.id)), asked)


async def of_source(manage: Manage, principal: Principal, workspace: str, slug: str, asked: Asked) -> Events:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, slug)
        return await _events(view, source.name, max(asked.since, await view.begun("source", source.id)), asked)


async def _events(view: View, name: str, since: int, asked: Asked) -> Events:
    found: list[Entry] = []
    before, batches, more = asked.before, 0, True
    while more and len(found) <= asked.size and batches < BATCHES:
        batch = await view.entries(Span(name, before, since, asked.actor, BATCH))
        found += [entry for entry in batch if _is_wanted(entry, name, asked.kind)]
        more, batches = len(batch) == BATCH, batches + 1
        before = batch[-1].position if batch else before
    shown = found[: asked.size]
    following = 0
    if len(found) > asked.size:
        following = shown[-1].position
    elif more:
        following = before
    definitions = await _definitions(view, shown)
    lives = await _lives(view, shown, name)
    events = tuple(_event(entry, name, definitions, lives) for entry in shown)
    return Events(events, following, await view.oldest())


def _is_wanted(entry: Entry, name: str, kind: Wanted | None) -> bool:
    own = [resource for resource in entry.resources if is_within(resource, name)]
    if kind is None or not own:
        return bool(own)
    if kind == "purge":
        return entry.verb != "change"
    return entry.verb == "change" and any(kind_of_name(resource) == kind for resource in own)


async def _lives(view: View, entries: Sequence[Entry], name: str) -> dict[str, int]:
    """Of each document that is there now, by resource name, where its life began."""
    wanted = {one for entry in entries for one in entry.diff if is_within(one, name)}
    lives = {}
    for resource in sorted(wanted):
        stored = await view.named(kind_of_name(resource), resource)
        if stored is not None:
            lives[resource] = await view.begun(kind_of_name(resource), stored.document.id)
    return lives


def _event(entry: Entry, name: str, definitions: Mapping[str, Definition], lives: Mapping[str, int]) -> Event:
    own = [resource for resource in entry.resources if is_within(resource, name)]
    edits = [
        Edited(
            resource,
            kind_of_name(resource),
            action_of(entry.diff[resource]),
            resource in lives and entry.position >= lives[resource],
            differences(entry.diff[resource], definitions.get(resource)),
        )
        for resource in own
        if resource in entry.diff
    ]
    purged = tuple(own) if entry.verb != "change" else ()
    edits.sort(key=lambda one: (KINDS.index(one.kind), one.name))
    note = entry.reason if entry.verb != "change" or entry.reason.startswith(ROLLED_BACK) else ""
    return Event(entry.position, entry.at, entry.actor, entry.verb, note, tuple(edits), purged)


ROLLED_BACK = "roll back "
"""How the reason of a change begins that rolls a source back."""


async def _definitions(view: View, entries: Sequence[Entry]) -> dict[str, Definition]:
    """By resource name of a destination, its definition of today; of one that is gone only where the entry names it."""
    slugs: dict[str, str] = {}
    for entry in entries:
        for resource, diff in entry.diff.items():
            if kind_of_name(resource) != "destination":
                continue
            named = next((side for side in diff.get("definition", ()) if isinstance(side, str)), None)
            stored = await view.named("destination", resource) if named is None and resource not in slugs else None
            if named is not None:
                slugs[resource] = named
            elif stored is not None:
                slugs[resource] = stored.document.definition
    known = await view.definitions(sorted(set(slugs.values())))
    return {resource: known[slug].document for resource, slug in slugs.items() if slug in known}


async def published_at(
    manage: Manage, principal: Principal, workspace: str, slug: str, *, position: int, origin: Origin
) -> PublishedSource:
    """What the source published at ``position``, made anew from the documents as they were then.

    With this edge's addresses of today. Values of settings that today's definitions do not publish are masked.
    """
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, slug)
        image = await image_at(view, source, position)
        today = await view.definitions([one.definition for one in image.destinations])
        known = {name: stored.document for name, stored in today.items()}
    shown = [_masked(one, known.get(one.definition)) for one in image.destinations]
    return publish_image(replace(image, destinations=shown), position, origin)


async def image_at(view: View, source: Source, position: int) -> Image:
    """The documents of ``source`` as they were at ``position``. Refuses a position of which they are not known."""
    head, oldest = view.as_of.position, await view.oldest()
    if position > head:
        raise not_found(f"position {position}")
    if position < oldest:
        raise invalid(f"position: {position} is forgotten; history is kept from position {oldest} on")
    past = view.past(position)
    then: Source | None = await past.document("source", source.id)
    if then is None:
        raise not_found(f"{source.name} at position {position}")
    destinations: list[Destination] = await past.under("destination", [source.id])
    filters = await past.under("filter", [one.id for one in destinations])
    definitions: list[Definition] = await past.several("definition", [one.definition for one in destinations])
    return Image(then, destinations, {one.slug: one for one in definitions}, filters)


def _masked(destination: Destination, today: Definition | None) -> Destination:
    if is_lost(destination):
        return destination

    def shown(name: str, value: Any) -> Any:
        setting = today.setting(name) if today is not None else None
        public = setting is not None and setting.expose and not setting.secret
        return value if public else BULLETS

    return replace(destination, settings={name: shown(name, value) for name, value in destination.settings.items()})
