import json
import re
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge.catalog.values import MAX_BYTES, MAX_DEPTH, MAX_INTEGER, MAX_STRING, check_value, is_blank
from edge.model.definition import Setting, SettingType

TYPES: tuple[SettingType, ...] = get_args(SettingType)
TEXT_TYPES: tuple[SettingType, ...] = ("string", "password")

ACCEPTED: dict[SettingType, list[Any]] = {
    "string": ["", "x", "Grüße 🎈", "a" * MAX_STRING],
    "password": ["", "x"],
    "select": ["eu", "us"],
    "boolean": [True, False],
    "number": [0, -1, 2.5, MAX_INTEGER, -MAX_INTEGER],
    "array": [[], ["a"], ["a", "a"]],
    "text-map": [{}, {"a": "b"}],
    "map": [{}, {"a": "b"}, {"a": ["b"]}, {"a": 1}],
    "mixed": ["x", 1, True, [], {}, [{"event": "a", "channels": ["b"]}]],
    "color": ["", "#fff", "#a1b2c3", "#a1b2c3d4", "rgb(1, 2, 3)", "rgba(46, 49, 51, 0.6)", "hsl(120deg 75% 25%)"],
}

REFUSED: dict[SettingType, list[Any]] = {
    "string": [None, 1, True, [], {}, ["a"]],
    "password": [None, 1, True, [], {}],
    "select": [None, "", "EU", "de", 1, True, ["eu"]],
    "boolean": [None, 0, 1, "true", "", [], {}],
    "number": [None, True, False, "5", "", [], {}],
    "array": [None, "a", [1], ["a", None], [["a"]], {}],
    "text-map": [None, [], "a", {"a": 1}, {"a": None}, {"a": {"b": "c"}}],
    "map": [None, [], "a", 1],
    "mixed": [None],
    "color": [None, 1, "red;}", "#ff", "#fffff", "url(x)", "#fff;background:url(x)"],
}

NEVER: dict[str, Any] = {
    "too long": "a" * (MAX_STRING + 1),
    "half a surrogate pair": "a\ud800",
    "the zero character": "a\0b",
    "infinite": float("inf"),
    "not a number": float("nan"),
    "out of range": MAX_INTEGER + 1,
    "too deep": json.loads("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)),
    "far too deep": json.loads("[" * 900 + "]" * 900),
    "too large": ["a" * (MAX_STRING - 4)] * (MAX_BYTES // MAX_STRING + 1),
    "bytes": b"a",
    "a set": {"a"},
    "a key of another type": {1: "a"},
    "a bad text inside": [{"a": ["b\0"]}],
    "a bad key inside": [{"b\0": []}],
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(alphabet="\ud800\0#rgb(,.) 019af"),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=5), children, max_size=4),
    max_leaves=12,
)


def setting_of(kind: SettingType, **keys: Any) -> Setting:
    options = ("eu", "us") if kind == "select" else ()
    return Setting(name="it", display_name="It", type=kind, options=options, **keys)


_TEXT = st.text(max_size=20)
FITTING: dict[SettingType, st.SearchStrategy[Any]] = {
    "string": _TEXT,
    "password": _TEXT,
    "select": st.sampled_from(["eu", "us"]),
    "boolean": st.booleans(),
    "number": st.integers(-MAX_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False),
    "array": st.lists(_TEXT, max_size=5),
    "text-map": st.dictionaries(_TEXT, _TEXT, max_size=5),
    "map": st.dictionaries(_TEXT, JSON, max_size=5),
    "mixed": JSON,
    "color": st.from_regex(r"#[0-9a-f]{6}", fullmatch=True),
}
"""Values that mostly fit, by type."""

SETTINGS = st.builds(
    setting_of,
    st.sampled_from(TYPES),
    pattern=st.none() | st.sampled_from(["[0-9]+", "(a|b)*", ""]),
    secret=st.booleans(),
)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in ACCEPTED.items() for value in values])
def test_a_value_of_the_type_fits(kind: SettingType, value: Any) -> None:
    assert check_value(setting_of(kind), value) is None


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in REFUSED.items() for value in values])
def test_a_value_of_another_type_is_refused_by_the_settings_name(kind: SettingType, value: Any) -> None:
    problem = check_value(setting_of(kind), value)
    assert problem is not None
    assert problem.startswith("it: ")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("case", NEVER)
def test_no_type_takes_what_no_manifest_could_carry(case: str, kind: SettingType) -> None:
    assert check_value(setting_of(kind), NEVER[case]) is not None


def test_the_table_of_cases_is_complete() -> None:
    assert set(ACCEPTED) == set(REFUSED) == set(TYPES)


def test_the_deepest_and_the_largest_value_that_is_allowed_fits() -> None:
    mixed = setting_of("mixed")
    assert check_value(mixed, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)) is None
    one = "a" * (MAX_STRING - 4)
    rest = MAX_BYTES - len(json.dumps([one] * 6 + [""], separators=(",", ":")))
    assert check_value(mixed, [one] * 6 + ["a" * rest]) is None
    assert check_value(mixed, [one] * 6 + ["a" * (rest + 1)]) is not None


def test_size_counts_bytes_and_not_characters() -> None:
    assert check_value(setting_of("array"), ["é" * 9_000] * 4) is not None
    assert check_value(setting_of("array"), ["e" * 9_000] * 4) is None


@pytest.mark.parametrize("kind", TEXT_TYPES)
def test_a_pattern_holds_for_the_whole_text(kind: SettingType) -> None:
    digits = setting_of(kind, pattern="[0-9]+")
    assert check_value(digits, "123") is None
    for text in ("123\n", "a123", "123a", "12 3"):
        assert check_value(digits, text) is not None


def test_an_empty_text_means_not_set_whatever_the_pattern() -> None:
    assert check_value(setting_of("string", pattern="[0-9]+"), "") is None


def test_a_refusal_says_what_is_allowed() -> None:
    assert "eu, us" in str(check_value(setting_of("select"), "de"))
    assert "[0-9]+" in str(check_value(setting_of("string", pattern="[0-9]+"), "x"))
    assert "10,000" in str(check_value(setting_of("string"), "a" * 10_001))
    assert "item 1 is a number" in str(check_value(setting_of("array"), ["a", 5]))


def test_a_refusal_shows_at_most_the_start_of_a_long_value() -> None:
    assert len(str(check_value(setting_of("string", pattern="b"), "a" * MAX_STRING))) < 200


@given(SETTINGS, JSON)
def test_nothing_raises_on_any_json(setting: Setting, value: Any) -> None:
    problem = check_value(setting, value)
    assert problem is None or problem.startswith("it: ")
    assert is_blank(value) in (True, False)


@given(st.sampled_from(TYPES).flatmap(lambda kind: st.tuples(st.just(setting_of(kind)), FITTING[kind])))
def test_a_value_accepted_once_is_accepted_after_a_json_round_trip(case: tuple[Setting, Any]) -> None:
    setting, value = case
    assume(check_value(setting, value) is None)
    again = json.loads(json.dumps(value, ensure_ascii=False).encode())
    assert again == value
    assert check_value(setting, again) is None


SECRET = st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyz", min_size=16, max_size=40)


@given(st.sampled_from(TYPES), SECRET, st.integers(0, 3))
def test_a_refusal_never_shows_a_secret(kind: SettingType, secret: str, wrapped: int) -> None:
    shapes: list[Any] = [secret, [secret, 5], {secret: 5}, [{secret: [secret + "\0"]}]]
    setting = setting_of(kind, secret=kind != "password", pattern="never")
    problem = check_value(setting, shapes[wrapped]) or ""
    assert not any(secret[start : start + 8] in problem for start in range(len(secret) - 7))


@pytest.mark.parametrize("value", [None, "", "  ", "\n", [], {}])
def test_these_say_nothing(value: Any) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [False, 0, 0.0, "x", [""], {"": ""}])
def test_these_say_something(value: Any) -> None:
    assert not is_blank(value)


def test_no_refusal_leaves_the_reader_without_a_next_step() -> None:
    words = re.compile(r"allow|must|pattern|leave|no infinity")
    for kind, values in REFUSED.items():
        for value in [*values, *NEVER.values()]:
            problem = check_value(setting_of(kind, pattern="[0-9]+"), value)
            assert problem is not None
            assert words.search(problem), problem
