"""Settings as fields: what is typed is read as the definition means it, and what nobody typed is nobody's change."""

from typing import Any

import pytest

from edge.console.forms import Form
from edge.console.setting_fields import Field, changed, fields_of, read, refuse, values_of
from edge.manage.problem import ProblemError, invalid
from edge.manage.rules import check_settings
from edge.model.definition import Definition, Setting, SettingType
from tests.support.world import DEVICE


def definition(*settings: Setting) -> Definition:
    return Definition("d", "D", "D", "", "https://d.example", "", {"web": ("device",)}, settings, ("track",), {})


def setting(kind: SettingType, **more: Any) -> Setting:
    return Setting("it", "It", kind, **more)


def sent(fields: list[Field], values: dict[str, list[str]], **typed: list[str]) -> Form:
    """The form as a browser sends it: what stood in it, and what somebody typed instead."""
    return Form({**values, **{f"setting.{name}": value for name, value in typed.items()}})


def through(one: Setting, stored: dict[str, Any], **typed: list[str]) -> tuple[dict[str, Any], Form]:
    known = definition(one)
    fields = fields_of(known, stored)
    form = sent(fields, values_of(fields, stored), **typed)
    return changed(fields, stored, read(form, fields)), form


STORED: list[tuple[Setting, Any]] = [
    (setting("string"), "plain"),
    (setting("string"), "  blanks at the ends "),
    (setting("string"), "two\nlines"),
    (setting("string"), "two\r\nlines\r\n"),
    (setting("string", default="auto"), ""),
    (setting("boolean"), True),
    (setting("boolean", default=True), False),
    (setting("select", options=("a", "b")), "b"),
    (setting("select", options=("a", "b")), "no option any more"),
    (setting("number"), 30),
    (setting("number"), 0.1),
    (setting("number"), -2e300),
    (setting("array"), ["a", "b c"]),
    (setting("array"), ["", " b", "two\nlines"]),
    (setting("array"), []),
    (setting("text-map"), {"a": "b", "c d": "e"}),
    (setting("text-map"), {"": "b", " c": ""}),
    (setting("map"), {"a": 1, "b": {"c": [True]}}),
    (setting("map"), {"a": "b"}),
    (setting("mixed"), [{"a": 1}, "x", 2.5]),
    (setting("mixed"), "text"),
    (setting("mixed"), False),
    (setting("color"), "#3451d1"),
    (setting("string", secret=True), "s3cr3t-of-many-characters"),
    (setting("mixed", secret=True), [{"key": "s3cr3t"}]),
]


@pytest.mark.parametrize(("one", "value"), STORED, ids=lambda it: repr(getattr(it, "type", it)))
def test_a_form_that_is_sent_back_as_it_was_changes_nothing(one: Setting, value: Any) -> None:
    different, form = through(one, {"it": value})
    assert (different, form.errors) == ({}, {})


@pytest.mark.parametrize(
    "one", [one for one, _ in STORED] + [setting("number", default=5), setting("array", default=[])]
)
def test_what_is_not_set_stays_so_and_no_default_is_stored(one: Setting) -> None:
    assert through(one, {})[0] == {}


@pytest.mark.parametrize(
    ("one", "stored", "typed", "value"),
    [
        (setting("string"), "a", ["b "], "b"),
        (setting("string"), "a", [""], None),
        (setting("number"), 30, ["50"], 50),
        (setting("number"), 30, ["0.5"], 0.5),
        (setting("number"), 30, [""], None),
        (setting("number"), 1, ["1.0"], 1.0),
        (setting("array"), ["a"], [" a \n\n b"], ["a", "b"]),
        (setting("array"), ["a"], [""], []),
        (setting("array"), [""], ['["x", ""]'], ["x", ""]),
        (setting("map"), {"a": 1}, ['{"a": 2}'], {"a": 2}),
        (setting("mixed"), [], ["{}"], {}),
        (setting("select", options=("a", "b")), "b", ["a"], "a"),
        (setting("string", secret=True), "old", ["new"], "new"),
        (setting("number", secret=True), 1, ["2"], 2),
        (setting("mixed", secret=True), [1], ["[2]"], [2]),
    ],
)
def test_what_is_typed_is_read_as_the_type_means_it(one: Setting, stored: Any, typed: list[str], value: Any) -> None:
    different, form = through(one, {"it": stored}, it=typed)
    assert (different, form.errors) == ({"it": value}, {})


def test_a_toggle_that_is_off_is_false_and_one_on_is_true() -> None:
    one = setting("boolean", default=True)
    fields = fields_of(definition(one), {})
    assert read(Form({"look.it": ["toggle"]}), fields) == {"it": False}
    assert read(Form({"look.it": ["toggle"], "setting.it": ["on"]}), fields) == {"it": True}
    assert read(Form(), fields) == {}


def test_rows_are_pairs_and_empty_ones_are_none() -> None:
    keys, values = ["a", "", " c "], ["1", "", "2"]
    different, form = through(setting("text-map"), {}, **{"it.key": keys, "it.value": values})
    assert (different, form.errors) == ({"it": {"a": "1", "c": "2"}}, {})


@pytest.mark.parametrize(
    ("one", "typed", "says"),
    [
        (setting("number"), {"it": ["thirty"]}, "no number"),
        (setting("number"), {"it": ["1_000"]}, "no number"),
        (setting("number"), {"it": ["NaN"]}, "no number"),
        (setting("mixed"), {"it": ["{"]}, "no JSON at line 1"),
        (setting("mixed", secret=True), {"it": ["s3cr3t"]}, "no JSON at line 1"),
        (setting("text-map"), {"it.key": [""], "it.value": ["x"]}, "nothing on the left"),
        (setting("text-map"), {"it.key": ["a", "a"], "it.value": ["x", "y"]}, "there twice"),
    ],
)
def test_what_cannot_be_read_is_an_error_at_its_field(one: Setting, typed: dict[str, list[str]], says: str) -> None:
    _, form = through(one, {}, **typed)
    assert says in form.errors["setting.it"]
    assert "s3cr3t" not in form.errors["setting.it"]


def test_a_secret_is_kept_when_empty_cleared_by_its_tick_and_never_in_a_value() -> None:
    one = setting("password", secret=True)
    stored = {"it": "s3cr3t-of-many-characters"}
    fields = fields_of(definition(one), stored)
    values = values_of(fields, stored)
    assert "s3cr3t" not in repr(values)
    assert fields[0].mask == "••••••••ters"
    assert read(Form(values), fields) == {}
    assert read(Form(values | {"clear.it": ["on"]}), fields) == {"it": None}
    assert read(Form(values | {"clear.it": ["on"], "setting.it": ["new"]}), fields) == {"it": "new"}


def test_a_deprecated_setting_is_shown_only_where_it_is_stored() -> None:
    known = definition(setting("string", deprecated=True))
    assert fields_of(known, {}) == []
    assert len(fields_of(known, {"it": "x"})) == 1


def test_the_rules_own_words_stand_at_each_field() -> None:
    fields = fields_of(DEVICE, {})
    form = Form(values_of(fields, {}))
    with pytest.raises(ProblemError) as refused:
        check_settings(DEVICE, {"apiKey": 1, "secretKey": 2})
    refuse(form, refused.value, {})
    assert form.errors == {
        "setting.apiKey": "Must be a text, not a number",
        "setting.secretKey": "Must be a text, not a number",
    }


def test_a_refusal_of_what_has_no_field_is_told_above() -> None:
    form = Form({"look.it": ["text"]})
    refuse(form, invalid("config: it and old are wrong", {"it": "it is wrong", "old": "old is wrong"}), {})
    assert form.errors == {"setting.it": "It is wrong", "": "Config: it and old are wrong"}
