"""Explain what holds events back: filters, consent, tracking plan; who applies each, and what to mind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from edge.manage.advice import advise_filters
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.plan import DEFAULT_EVENT
from edge.model.source import Source
from edge.publish.manifest import Manifest
from edge.publish.placement import Place
from edge.publish.routing import obstacle_of

Applied = Literal["page", "app", "router", "nowhere"]
"""Who applies a filter. ``nowhere``: it or its destination is disabled or withheld."""
BY_PLACE: dict[Place, Applied] = {"plugin": "page", "packaged": "app", "named": "router"}


@dataclass(frozen=True, slots=True)
class FilterExplained:
    name: str
    title: str
    condition: str
    actions: tuple[str, ...]
    enabled: bool
    applied_by: Applied


@dataclass(frozen=True, slots=True)
class ConsentExplained:
    """As published: the categories of all destinations, and whether some destination needs none."""

    categories: tuple[str, ...]
    has_unmapped_destinations: bool


@dataclass(frozen=True, slots=True)
class PlanExplained:
    """``events`` are those that the plan names; ``others_enabled`` is what it says of all others."""

    events: int
    disabled: tuple[str, ...]
    others_enabled: bool


def explain_filters(
    source: Source, destination: Destination, filters: Sequence[Filter], place: Place
) -> tuple[tuple[FilterExplained, ...], tuple[str, ...]]:
    """Each of a destination's filters, and what to mind about them."""
    told = tuple(
        FilterExplained(
            one.name,
            one.title,
            one.condition,
            tuple(action.type for action in one.actions),
            one.enabled,
            BY_PLACE.get(place, "nowhere") if one.enabled else "nowhere",
        )
        for one in sorted(filters, key=lambda one: (one.created_at, one.id))
    )
    warnings = [advice.message for advice in advise_filters(source, destination, filters)]
    if place in ("plugin", "packaged"):
        warnings += [
            f"the filter {one.id} drops every event, since {obstacle_of(one.condition)}"
            for one in filters
            if one.enabled and obstacle_of(one.condition)
        ]
        # tsub 2.0 takes the digits of a hash for its bytes: see docs/filters-and-consent.md.
        warnings += [
            f"the filter {one.id} samples by a field: the official client lets nearly all of its values through"
            for one in filters
            if one.enabled and any(action.path for action in one.actions)
        ]
    return told, tuple(warnings)


def filter_warnings(manifest: Manifest) -> tuple[str, ...]:
    """Where the official client cannot tell apart what a filter is of."""
    several = {name for name, count in Counter(one.creation_name for one in manifest.plugins).items() if count > 1}
    filtered = dict.fromkeys(rule.creation_name for rule in manifest.rules if rule.creation_name in several)
    return tuple(
        f"several {name} destinations are in device mode: the official client applies the filters of each to all of "
        "them; our own client does not"
        for name in filtered
    )


def explain_consent(manifest: Manifest) -> ConsentExplained | None:
    consent = manifest.consent
    return ConsentExplained(consent.categories, consent.unmapped) if consent is not None else None


def consent_warnings(manifest: Manifest) -> tuple[str, ...]:
    """Where the consent wrappers of the official client cannot tell apart what needs what."""
    by_name = manifest.consent.by_name if manifest.consent is not None else {}
    unlike = {
        one.creation_name for one in manifest.plugins if set(one.consent) != set(by_name.get(one.creation_name, ()))
    }
    return tuple(
        f"destinations of {name} need different consent: with the official client each of them needs all of "
        f"{', '.join(by_name[name])}"
        for name in sorted(unlike & by_name.keys())
    )


def explain_plan(manifest: Manifest) -> PlanExplained | None:
    plan = manifest.plan
    if plan is None:
        return None
    named = {name: planned for name, planned in plan.items() if name != DEFAULT_EVENT}
    default = plan.get(DEFAULT_EVENT)
    return PlanExplained(
        len(named),
        tuple(sorted(name for name, planned in named.items() if not planned.enabled)),
        default is None or default.enabled,
    )


def plan_warnings(manifest: Manifest) -> tuple[str, ...]:
    if manifest.plan is None:
        return ()
    published = {one.creation_name for one in manifest.plugins}
    published |= {one.creation_name for one in manifest.packaged} | {one.creation_name for one in manifest.named}
    known = published | {"Segment.io", "All"}
    named = {name for planned in manifest.plan.values() for name in planned.integrations}
    warnings = [
        f"the tracking plan names {name!r}, which is no published destination's creation name"
        for name in sorted(named - known)
    ]
    if manifest.platform == "web" and not published:
        warnings.append("the official client does not read the tracking plan of a source without destinations")
    if manifest.platform == "mobile":
        warnings.append(
            "no mobile library is known to apply a tracking plan: events reach an app's SDKs whatever it says"
        )
    return tuple(warnings)
