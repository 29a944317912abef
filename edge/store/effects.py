"""What a change touches: one function from before- and after-image to tags, keys and revisions (DESIGN section 4.1).

| change                                             | tags                          | revised            |
|----------------------------------------------------|-------------------------------|--------------------|
| what a source publishes differs before and after   | source:<id>                   | the source         |
| a write key begins or ceases to be live            | key:<key>                     | the key            |
| a definition, and with it what a source publishes  | definition:<slug>             | each such source   |
| the same, where the definition published nothing   | definition:<slug>, source:<id>| the source         |
| a client's code, or a file of it, differs          | loader                        | the client         |
| anything else (names, secrets, disabled drafts)    | none: audited, purging nothing| nothing            |
| a purge                                            | as asked                      | nothing            |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from edge.model.client import Client
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source
from edge.model.tags import LOADER, definition_tag, key_tag, source_tag
from edge.store.keyring import SecretUnreadableError


class Published(Protocol):
    """The pure functions of ``publish`` that say whether two images publish the same bytes."""

    def source_image(
        self,
        source: Source,
        destinations: Sequence[Destination],
        definitions: Mapping[str, Definition],
        filters: Sequence[Filter],
    ) -> object: ...

    def definition_image(self, definition: Definition) -> object: ...


@dataclass(frozen=True, slots=True)
class SourceImage:
    """One source at one moment, with all that its manifest is made of."""

    source: Source
    destinations: tuple[Destination, ...]
    definitions: Mapping[str, Definition]
    filters: tuple[Filter, ...] = ()


@dataclass(slots=True)
class Effects:
    tags: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    revised: set[tuple[str, str]] = field(default_factory=set)
    """(kind, id) of each document through which public bytes changed."""


def source_effects(published: Published, before: SourceImage | None, after: SourceImage | None) -> Effects:
    effects = Effects()
    live_before = set(before.source.write_keys) if before else set()
    live_after = set(after.source.write_keys) if after else set()
    for image in (before, after):
        if image is not None:
            effects.keys |= {*image.source.write_keys, *image.source.retired_keys}
    effects.tags |= {key_tag(key) for key in live_before ^ live_after}
    # Without a live key nobody sees a source; what is not there has no copies either.
    if before is not None and live_before and (after is None or _differ(published, before, after)):
        effects.tags.add(source_tag(before.source.id))
        if after is not None:
            effects.revised.add(("source", after.source.id))
    return effects


def _differ(published: Published, before: SourceImage, after: SourceImage) -> bool:
    images = [_image(published, side) for side in (before, after)]
    return None in images or images[0] != images[1]


def _image(published: Published, image: SourceImage) -> object | None:
    """What the source publishes; ``None`` when nobody knows, since settings cannot be opened: there may be copies from
    when they could, so it counts as another one than any."""
    try:
        return published.source_image(image.source, image.destinations, image.definitions, image.filters)
    except SecretUnreadableError:
        return None


def changed_definitions(
    published: Published, pairs: Sequence[tuple[Definition | None, Definition | None]]
) -> dict[str, Definition | None]:
    """The earlier definition, by slug, where the published part of one differs."""
    changed: dict[str, Definition | None] = {}
    for before, after in pairs:
        newest = after or before
        images = [published.definition_image(side) if side is not None else None for side in (before, after)]
        if newest is not None and images[0] != images[1]:
            changed[newest.slug] = before
    return changed


def catalog_effects(published: Published, after: SourceImage, changed: Mapping[str, Definition | None]) -> Effects:
    """What changed definitions do to a source whose own documents stay as they are."""
    if not after.source.write_keys:
        return Effects()
    earlier = {slug: one for slug, one in {**after.definitions, **changed}.items() if one is not None}
    before = replace(after, definitions=earlier)
    shown = _image(published, before)
    if shown is not None and shown == _image(published, after):
        return Effects()
    used = {destination.definition for destination in after.destinations} & changed.keys()
    effects = Effects({definition_tag(slug) for slug in used}, set(), {("source", after.source.id)})
    # A destination that published nothing came without a purge: there may be copies from before it, which do not
    # carry its definition's tag.
    if any(shown in (None, _image(published, _without(before, slug))) for slug in used):
        effects.tags.add(source_tag(after.source.id))
    return effects


def _without(image: SourceImage, slug: str) -> SourceImage:
    return replace(image, destinations=tuple(one for one in image.destinations if one.definition != slug))


def client_effects(before: Client | None, after: Client | None) -> Effects:
    newest = after or before
    if newest is None or (before is not None and after is not None and _same_code(before, after)):
        return Effects()
    return Effects({LOADER}, set(), {("client", newest.slug)})


def _same_code(one: Client, other: Client) -> bool:
    return one.hash == other.hash and dict(one.files) == dict(other.files)


def merged(parts: Sequence[Effects]) -> Effects:
    total = Effects()
    for part in parts:
        total.tags |= part.tags
        total.keys |= part.keys
        total.revised |= part.revised
    return total
