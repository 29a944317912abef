from dataclasses import replace

import pytest

from edge.console.filter_form import asked, blank, filled_of, rows_in, told
from edge.console.forms import Form
from edge.model.filter import FilterAction
from tests.support.world import FILTER

ACTIONS = [
    FilterAction("drop_event"),
    FilterAction("sample_event", percent=0.333, path="userId"),
    FilterAction("sample_event", percent=1),
    FilterAction("blacklist_fields", fields={"properties": ("email", "phone"), "context.page": ("url",)}),
    FilterAction("whitelist_fields", fields={"properties": ()}),
    FilterAction("whitelist_fields", fields={"traits": ("a.b", " c ")}),
]


@pytest.mark.parametrize("action", ACTIONS, ids=repr)
def test_a_form_that_is_sent_back_as_it_was_asks_for_the_same(action: FilterAction) -> None:
    form = filled_of(replace(FILTER, actions=(action, ACTIONS[0])), 7)
    patch = asked(form)
    assert form.errors == {}
    assert patch.actions == (action, ACTIONS[0])
    assert (patch.condition, patch.title, patch.enabled) == (FILTER.condition, FILTER.title, True)


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"action.0.type": ["sample_event"], "action.0.percent": ["many"]}, "action.0.percent", "no number"),
        ({"action.0.type": ["sample_event"], "action.0.percent": ["120"]}, "action.0.percent", "0 (no event) to 1"),
        ({"action.0.type": ["sample_event"], "action.0.percent": ["NaN"]}, "action.0.percent", ""),
        ({"action.0.type": ["blacklist_fields"]}, "action.0.fields", "at least one field"),
        ({"action.0.type": ["blacklist_fields"], "action.0.fields": ["email"]}, "action.0.fields", "which object"),
        ({"action.0.type": ["blacklist_fields"], "action.0.fields": ["{"]}, "action.0.fields", "no JSON"),
        ({"action.0.type": ["blacklist_fields"], "action.0.fields": ["a.b"]}, "action.0.fields", "cannot be filtered"),
        ({"action.0.type": ["explode"]}, "action.0.type", "no action"),
        ({"condition": [""]}, "condition", "required"),
    ],
)
def test_what_is_wrong_stands_at_its_field(typed: dict[str, list[str]], field: str, says: str) -> None:
    form = Form({**blank().values, "condition": ["all"], **typed})
    asked(form)
    assert says in form.errors[field]


def test_an_action_that_is_set_to_none_is_taken_away() -> None:
    form = filled_of(replace(FILTER, actions=(ACTIONS[0], ACTIONS[1])), 7)
    patch = asked(Form({**form.values, "action.0.type": [""]}))
    assert patch.actions == (ACTIONS[1],)


def test_a_form_has_room_for_as_many_actions_as_are_allowed() -> None:
    assert [rows_in(Form({"actions": [text]})) for text in ("3", "500", "-1", "x")] == [3, 10, 1, 1]


def test_an_action_is_told_in_words() -> None:
    assert told(ACTIONS[1]) == "lets 33.3 % of the values of userId through"
    assert told(ACTIONS[3]) == "takes out properties.email, properties.phone, context.page.url"
