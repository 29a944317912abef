"""docs/filters-and-consent.md against the code: the numbers and names are the code's."""

from pathlib import Path
from typing import get_args

from edge.manage.consent import MAX_CATEGORIES, MAX_LENGTH
from edge.manage.filter_rules import MAX_ACTIONS, MAX_FIELDS, MAX_FILTERS, MAX_RULES_BYTES, PLACES, TYPES
from edge.manage.tracking_plan import MAX_EVENTS, MAX_PLAN_BYTES
from edge.model.filter import FilterActionType
from edge.publish.fql.checks import ARGUMENTS
from edge.publish.fql.checks import TYPES as FQL_TYPES
from edge.publish.fql.parser import COMPARISONS, LONGEST

DOCS = (Path(__file__).parents[2] / "docs" / "filters-and-consent.md").read_text(encoding="utf-8")
ON_ONE_LINE = " ".join(DOCS.split())


def test_every_limit_is_that_of_the_code() -> None:
    for promise in (
        f"at most {MAX_FILTERS} filters, a filter {MAX_ACTIONS} actions, an action {MAX_FIELDS} field names",
        f"a condition has at most {LONGEST} characters",
        f"on its pages is at most {MAX_RULES_BYTES:,} bytes",
        f"at most {MAX_CATEGORIES} of at most {MAX_LENGTH} characters",
        f"at most {MAX_EVENTS} events, and comes to at most {MAX_PLAN_BYTES:,} bytes",
    ):
        assert promise in ON_ONE_LINE


def test_every_action_place_function_operator_and_type_is_named() -> None:
    names = {*get_args(FilterActionType), *TYPES, *PLACES}
    assert {name for name in names if f"`{name}`" not in DOCS} == set()
    assert {name for name in ARGUMENTS if f"`{name}(" not in DOCS} == set()
    assert {operator for operator in COMPARISONS if f"`{operator}`" not in DOCS} == set()
    assert {name for name in FQL_TYPES if f'"{name}"' not in DOCS} == {"boolean"}
