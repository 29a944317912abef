"""What a change touches: one function from before- and after-image to tags, keys and revisions (DESIGN section 4.1).

| change                                             | tags                          | revised            |
|----------------------------------------------------|-------------------------------|--------------------|
| what a source publishes differs before and after   | source:<id>                   | the source         |
| a write key begins or ceases to be live            | key:<key>                     | the source         |
| the published part of a definition differs         | definition:<slug>             | the definition     |
| the client's code differs                          | loader                        | the client         |
| anything else (names, secrets, disabled drafts)    | none: audited, purging nothing| nothing            |
| a purge                                            | as asked                      | nothing            |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edge.model.client import Client
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.model.tags import LOADER, definition_tag, key_tag, source_tag


class Published(Protocol):
    """The pure functions of ``publish`` that say whether two images publish the same bytes."""

    def source_image(
        self, source: Source, destinations: Sequence[Destination], definitions: Mapping[str, Definition]
    ) -> object: ...

    def definition_image(self, definition: Definition) -> object: ...


@dataclass(frozen=True, slots=True)
class SourceImage:
    """One source at one moment, with all that its manifest is made of."""

    source: Source
    destinations: tuple[Destination, ...]
    definitions: Mapping[str, Definition]


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
    if before is not None and (after is None or _differ(published, before, after)):
        effects.tags.add(source_tag(before.source.id))
    if after is not None and effects.tags:
        effects.revised.add(("source", after.source.id))
    return effects


def _differ(published: Published, before: SourceImage, after: SourceImage) -> bool:
    return published.source_image(before.source, before.destinations, before.definitions) != published.source_image(
        after.source, after.destinations, after.definitions
    )


def definition_effects(published: Published, before: Definition | None, after: Definition | None) -> Effects:
    image_before = published.definition_image(before) if before else None
    image_after = published.definition_image(after) if after else None
    if image_before == image_after:
        return Effects()
    slugs = {definition.slug for definition in (before, after) if definition is not None}
    return Effects({definition_tag(slug) for slug in slugs}, set(), {("definition", slug) for slug in slugs})


def client_effects(before: Client | None, after: Client | None) -> Effects:
    if after is None or (before is not None and before.hash == after.hash):
        return Effects()
    return Effects({LOADER}, set(), {("client", after.slug)})


def merged(parts: Sequence[Effects]) -> Effects:
    total = Effects()
    for part in parts:
        total.tags |= part.tags
        total.keys |= part.keys
        total.revised |= part.revised
    return total
