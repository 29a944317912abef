"""A device-mode destination's filters as one routing rule, in the form that tsub reads in browsers and apps.

    {"scope": "destinations", "target_type": "workspace::project::destination::config", "destinationName": ...,
     "matchers": [{"type": "fql", "ir": ...}, ...], "transformers": [[{"type": "drop"}], ...]}

One rule a destination, for analytics-react-native keeps one of a name; a matcher and its transformers for each
action, in the order in which Segment applies them: drop, sample, block, allow. Each condition sees the event as the
steps before left it. One that no client can evaluate drops everything: what it was to hold back must not get out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.model.filter import Filter, FilterAction, FilterActionType
from edge.publish.fql.errors import FqlError
from edge.publish.fql.matcher import Matcher, matcher_of

ORDER: tuple[FilterActionType, ...] = ("drop_event", "sample_event", "blacklist_fields", "whitelist_fields")
EVERYTHING = Matcher("")
DROP: Mapping[str, Any] = {"type": "drop"}


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to the events for which ``matcher`` holds; ``transformer`` is tsub's."""

    matcher: Matcher
    transformer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """``plugin_name`` tells destinations of one definition apart, for our own client; others know creation names."""

    creation_name: str
    plugin_name: str
    steps: tuple[Step, ...]


def steps_of(filters: Sequence[Filter]) -> tuple[Step, ...]:
    """All that a destination's enabled filters do, in order; none for none."""
    return tuple(_step(one.condition, action) for one, action in taken_of(filters))


def taken_of(filters: Sequence[Filter]) -> list[tuple[Filter, FilterAction]]:
    """The actions of a destination's enabled filters in the order in which they are taken, each with its filter."""
    in_order = sorted(filters, key=lambda one: (one.created_at, one.id))
    enabled = [(one, action) for one in in_order if one.enabled for action in one.actions]
    enabled.sort(key=lambda pair: ORDER.index(pair[1].type))
    return enabled


def obstacle_of(condition: str) -> str:
    """Why a device cannot evaluate ``condition``; empty where it can."""
    try:
        return matcher_of(condition).obstacle
    except FqlError as error:
        # Of a newer release, or written past the rules.
        return f"this is no condition: {error}"


def _step(condition: str, action: FilterAction) -> Step:
    if obstacle_of(condition):
        return Step(EVERYTHING, DROP)
    return Step(matcher_of(condition), transformer_of(action))


def transformer_of(action: FilterAction) -> Mapping[str, Any]:
    match action.type:
        case "drop_event":
            return DROP
        case "sample_event":
            lot = {"path": action.path} if action.path else {}
            return {"type": "sample_event", "config": {"sample": {"percent": action.percent, **lot}}}
        case "blacklist_fields":
            return {"type": "drop_properties", "config": {"drop": dict(_named(action))}}
        case "whitelist_fields":
            return {"type": "allow_properties", "config": {"allow": dict(_named(action))}}


def _named(action: FilterAction) -> Iterator[tuple[str, list[str]]]:
    for place, names in action.fields.items():
        yield place, list(names)


def rule_as_json(rule: Rule) -> dict[str, Any]:
    return {
        "scope": "destinations",
        "target_type": "workspace::project::destination::config",
        "destinationName": rule.creation_name,
        "pluginName": rule.plugin_name,
        "matchers": [step.matcher.as_json() for step in rule.steps],
        "transformers": [[dict(step.transformer)] for step in rule.steps],
    }
