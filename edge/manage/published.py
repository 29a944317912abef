"""What a source publishes, with where each entry comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge.manage.advice import Advice, advise, advise_filters
from edge.manage.operation import Manage, require, seen_source
from edge.manage.origins import Image, Part, document_of, parts_of
from edge.model.source import Source
from edge.model.token import Principal
from edge.publish.placement import place
from edge.publish.wire import Origin
from edge.store.keyring import SecretUnreadableError
from edge.store.view import View


@dataclass(frozen=True, slots=True)
class Withheld:
    """A destination that is not published, and why."""

    slug: str
    display_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PublishedSource:
    """``document`` is the settings document as of ``position``; ``None`` where stored settings cannot be opened, so
    that nodes go on with what they read last. ``write_key`` is the one in it; empty where the source has none."""

    source: Source
    position: int
    write_key: str
    document: Mapping[str, Any] | None
    parts: tuple[Part, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    advice: tuple[Advice, ...] = ()


async def published(
    manage: Manage, principal: Principal, workspace: str, slug: str, origin: Origin, *, key: str = ""
) -> PublishedSource:
    """As of now. ``key`` is one of the source's live write keys; the first of them otherwise."""
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        source = await seen_source(view, principal, workspace, slug)
        return publish_image(await image_of(view, source), view.as_of.position, origin, key)


async def image_of(view: View, source: Source) -> Image:
    destinations = await view.destinations(source.id)
    found = await view.definitions([destination.definition for destination in destinations])
    definitions = {slug: stored.document for slug, stored in found.items()}
    return Image(source, destinations, definitions, await view.filters(destinations))


def publish_image(image: Image, position: int, origin: Origin, key: str = "") -> PublishedSource:
    source = image.source
    write_key = key if key in source.write_keys else next(iter(source.write_keys), "")
    try:
        document = document_of(image, write_key, origin)
        parts = parts_of(image, document, origin)
    except SecretUnreadableError:
        return PublishedSource(source, position, write_key, None)
    return PublishedSource(source, position, write_key, document, parts, tuple(_withheld(image)), tuple(_advice(image)))


def _withheld(image: Image) -> list[Withheld]:
    found = []
    for one in image.destinations:
        placement = place(image.source.platform, one, image.definitions.get(one.definition))
        if placement.place == "withheld":
            found.append(Withheld(one.slug, one.display_name, placement.reason))
    return found


def _advice(image: Image) -> list[Advice]:
    """What the app of a mobile source must package."""
    found: list[Advice] = []
    for one in image.destinations:
        definition = image.definitions.get(one.definition)
        if definition is not None:
            mine = [each for each in image.filters if each.destination_id == one.id]
            found += [*advise(image.source, one, definition), *advise_filters(image.source, one, mine)]
    return found
