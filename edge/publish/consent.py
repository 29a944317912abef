"""Which consent a source's destinations need, as Segment's consent wrappers read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consent:
    """``categories``: those of any published destination. ``by_name``: creation name -> the categories of all its
    device-mode destinations together, since the wrappers know no finer name and ask for every one of a list.

    ``unmapped``: whether a published destination needs none; then a visitor who refuses all still sends events.
    """

    categories: tuple[str, ...]
    by_name: Mapping[str, tuple[str, ...]]
    unmapped: bool


@dataclass(frozen=True, slots=True)
class Needed:
    """What one published destination needs."""

    creation_name: str
    categories: tuple[str, ...]
    on_device: bool


def consent_of(published: Iterable[Needed]) -> Consent | None:
    """``None`` where no destination needs any: then nothing is said of consent."""
    needs = list(published)
    categories = {category for one in needs for category in one.categories}
    if not categories:
        return None
    by_name: dict[str, set[str]] = {}
    for one in needs:
        if one.on_device and one.categories:
            by_name.setdefault(one.creation_name, set()).update(one.categories)
    return Consent(
        tuple(sorted(categories)),
        {name: tuple(sorted(found)) for name, found in by_name.items()},
        any(not one.categories for one in needs),
    )
