"""The catalog as an admin looks through it: definitions by words, category and mode."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.catalog.sources import SOURCE_TYPES, SourceType
from edge.manage.operation import Manage, require
from edge.manage.problem import not_found
from edge.model.definition import ConnectionMode, Definition
from edge.model.token import Principal


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty or ``None``: whatever it is. Of ``words``, each must be somewhere in it."""

    words: str = ""
    category: str = ""
    mode: ConnectionMode | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """``found``, of ``total``, by name; ``categories`` are those of all."""

    found: tuple[Definition, ...]
    total: int
    categories: tuple[str, ...]


async def search(manage: Manage, principal: Principal, wanted: Wanted) -> Shelf:
    require(principal, "workspace:read")
    definitions = await manage.store.catalog()
    ordered = sorted(definitions.values(), key=lambda one: (one.name.casefold(), one.slug))
    return Shelf(
        found=tuple(one for one in ordered if fits(one, wanted)),
        total=len(ordered),
        categories=tuple(sorted({category for one in ordered for category in categories_of(one)})),
    )


async def definition(manage: Manage, principal: Principal, slug: str) -> Definition:
    require(principal, "workspace:read")
    async with manage.store.view() as view:
        found = await view.definition(slug)
    if found is None:
        raise not_found(f"catalog/destinations/{slug}")
    return found


def fits(definition: Definition, wanted: Wanted) -> bool:
    if wanted.category and wanted.category not in categories_of(definition):
        return False
    if wanted.mode and not any(wanted.mode in modes for modes in definition.modes.values()):
        return False
    text = " ".join((definition.name, definition.slug, definition.description, *categories_of(definition))).casefold()
    return all(word in text for word in wanted.words.casefold().split())


def categories_of(definition: Definition) -> tuple[str, ...]:
    return (definition.category, *definition.additional_categories)


def source_like(definition: Definition) -> SourceType | None:
    """The source type that is the same tool, for those that are both."""
    return next((one for one in SOURCE_TYPES.values() if _is_same(one, definition)), None)


def destination_like(source_type: SourceType, definitions: Sequence[Definition]) -> Definition | None:
    return next((one for one in definitions if _is_same(source_type, one)), None)


def _is_same(source_type: SourceType, definition: Definition) -> bool:
    names = {definition.slug, definition.name.casefold()}
    return source_type.slug in names or source_type.display_name.casefold() in names
