"""The published form of a condition, held to the documentation of FQL by the engine that really evaluates it."""

import random
import re
from typing import Any

import pytest

from edge.publish.fql.errors import FqlError
from edge.publish.fql.matcher import Matcher, matcher_of
from edge.publish.fql.parser import parse
from tests.publish.fql.reference import holds
from tests.publish.fql.tsub import dropped

EVENT: dict[str, Any] = {
    "type": "track",
    "event": "Button Clicked",
    "userId": None,
    "context": {"library": {"name": "analytics.js", "version": "1.0"}},
    "properties": {
        "features": ["discounts", "dark-mode"],
        "product 1": {"price": 19.99},
        "total": 0,
        "vip": True,
        "1": "one",
        "empty": "",
    },
}

TABLE = [
    # Segment's own examples, as far as a device can evaluate them.
    ("event = 'Button Clicked'", True),
    ("event = 'Screen Tapped'", False),
    ("context.path.path = '/login'", False),
    ("type = 'identify' or type = 'track'", True),
    ("event = 'Button Clicked' and type = 'track'", True),
    ("match( context.library.version, '1.*' )", True),
    ("match( context.library.version, '2.*' )", False),
    ("type = 'track' and ( event = 'Click' or match( event, 'Button *' ) )", True),
    ("!contains( context.library.name, 'js' )", False),
    ("!( type in ['track', 'identify'] )", False),
    (r"properties.product\ 1.price = 19.99", True),
    ("match( 'abcd', 'a*d' )", True),
    ("match( 'abc', 'ab' )", False),
    (r"match( 'ab*d', 'ab\*d' )", True),
    (r"match( 'abbd', 'ab\*d' )", False),
    ("match( 'abCd', 'ab[cC]d' )", True),
    ("match( 'abcd', 'ab[a-z]d' )", True),
    ("match( 'abcd', 'ab[A-Z]d' )", False),
    ("match( 'abcd', 'ab[^c]d' )", False),
    # Null and what is missing are one.
    ("userId = null", True),
    ("anonymousId = null", True),
    ("anonymousId != null", False),
    ("type != null", True),
    ("userId = anonymousId", True),
    ("userId != anonymousId", False),
    ("lowercase(userId) = anonymousId", True),
    ("anonymousId in ['a', null]", True),
    ("length(anonymousId) = 0", True),
    ("length(userId) = 0", True),
    ("length(anonymousId) != 0", False),
    ("length(anonymousId) < 1 and length(anonymousId) >= 0", True),
    ("length(anonymousId) > 0", False),
    ("length(anonymousId) = properties.total", True),
    ("1 > length(anonymousId)", True),
    # Types have FQL's names.
    ("typeof(properties.vip) = 'bool'", True),
    ("typeof(properties.features) = 'list'", True),
    ("typeof(context.library) = 'list'", False),
    ("typeof(context.library) = 'object'", True),
    ("typeof(userId) = 'object' or typeof(anonymousId) = 'object'", False),
    ("typeof(userId) = 'null' and typeof(anonymousId) = 'null'", True),
    ("typeof(properties.total) = 'number' and 'string' = typeof(type)", True),
    ("typeof(properties.total) != 'string'", True),
    # Everything else that can be said.
    ("all", True),
    ("properties.vip", True),
    ("!properties.vip", False),
    ("not type = 'identify'", True),
    ("properties.empty or properties.vip", True),
    ("true", True),
    ("false or false", False),
    ("length(properties.features) = 2", True),
    ("length(event) > 5", True),
    ("lowercase(event) = 'button clicked'", True),
    ("lowercase(event) in ['x', 'button clicked']", True),
    ("properties.features = ['discounts', 'dark-mode']", True),
    ("properties.features = ['dark-mode', 'discounts']", False),
    ("'track' in [event, type]", True),
    ("type in []", False),
    ("properties.total in [false, '0', 0]", True),
    ("properties.total <= 0 and properties.total >= 0 and !(properties.total < 0)", True),
    ("event > 1", False),
    ("-1 < properties.total", True),
    ("1e2 > properties.total", True),
    ("properties.1 = 'one'", True),
    ("contains(event, 'Click') = true", True),
    ('event = "Button \\"Clicked\\""', False),
    ("event='Button Clicked'and(type='track')", True),
    ("type = 'identify' and type = 'x' or properties.vip", True),
    ("type = 'track' or type = 'x' and false", True),
]


def test_every_condition_of_the_table_holds_in_tsub_as_the_documentation_says() -> None:
    forms = [matcher_of(text).ir for text, _ in TABLE]
    assert None not in forms
    answers = dropped([(form or "", EVENT) for form in forms])
    assert [(text, answer) for (text, _), answer in zip(TABLE, answers, strict=True)] == TABLE


def test_the_reference_of_these_tests_agrees_with_the_documentation() -> None:
    known = [row for row in TABLE if row[0] != "all" and not re.search(r"match\(.*[\[\\]", row[0])]
    assert [(text, holds(parse(text), EVENT)) for text, _ in known] == known


PATHS = ("a", "p.b", "p.c", "p.d.e")
SCALARS = ("'x'", "'X'", "''", "'xyx'", "0", "1", "2.5", "-1", "true", "false", "null")
VALUES: tuple[Any, ...] = (None, True, False, 0, 1, 2.5, -1, "x", "X", "", "xyx", [], ["x"], ["x", 1], {"k": 1})
COMPARISONS = ("=", "!=", "=", "<", "<=", ">", ">=")
TYPES = ("string", "number", "bool", "list", "object", "null")


def condition(lot: random.Random, depth: int) -> str:
    """A condition at random; now and then one that is refused."""
    match lot.randrange(9 if depth else 6):
        case 0 | 1:
            return f"{value(lot)} {lot.choice(COMPARISONS)} {value(lot)}"
        case 2:
            items = ", ".join(lot.choice([*SCALARS, *PATHS]) for _ in range(lot.randrange(4)))
            return f"{value(lot)} in [{items}]"
        case 3:
            function, pattern = lot.choice(["contains", "match"]), lot.choice(["p.b", *SCALARS[:4], "'*x'", "'?'"])
            return f"{function}({value(lot)}, {pattern})"
        case 4:
            return lot.choice(PATHS)
        case 5:
            return f"typeof({lot.choice(PATHS)}) {lot.choice(COMPARISONS[:2])} '{lot.choice(TYPES)}'"
        case 6:
            return lot.choice(["!", "not "]) + f"({condition(lot, depth - 1)})"
    operator = lot.choice([" and ", " or "])
    return f"({operator.join(condition(lot, depth - 1) for _ in range(lot.randrange(2, 4)))})"


def value(lot: random.Random) -> str:
    path = lot.choice(PATHS)
    return lot.choice([path, path, lot.choice(SCALARS), f"length({path})", f"lowercase({path})", "['x', 1]"])


def event(lot: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"p": {"d": {}}}
    for path in PATHS:
        *places, name = path.split(".")
        place = made
        for step in places:
            place = place[step]
        if lot.random() < 0.75:
            place[name] = lot.choice(VALUES)
    return made


def test_random_conditions_hold_in_tsub_exactly_where_the_documentation_says() -> None:
    lot = random.Random(20)
    expected: list[bool] = []
    asked: list[tuple[str, dict[str, Any]]] = []
    texts: list[str] = []
    while len(texts) < 4000:
        text = condition(lot, 2)
        try:
            form = matcher_of(text).ir
        except FqlError:
            continue
        if form is None:
            continue
        made = event(lot)
        texts.append(text)
        asked.append((form, made))
        expected.append(holds(parse(text), made))
    answers = dropped(asked)
    wrong = [
        (text, made, answer)
        for text, (_, made), answer, right in zip(texts, asked, answers, expected, strict=True)
        if answer != right
    ]
    assert wrong == []
    assert 0.2 < sum(expected) / len(expected) < 0.8


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("'dark-mode' in properties.features", "column 16: in, with the list"),
        ("contains(lowercase(event), 'x')", "column 10: lowercase within contains"),
        ("length(lowercase(event)) > 1", "column 8: lowercase within length"),
        (r"properties.a\.b = 1", "column 1: a field whose name has a dot"),
        ("properties.list = ['typeof', 'x']", "column 19: a list that begins with 'typeof'"),
        ("typeof(a) = typeof(b)", "column 1: typeof, compared"),
        ("length(a) = length(b)", "column 13: a length compared with a length"),
        ("a = [b, 'x']", "column 6: a list of fields"),
    ],
)
def test_what_tsub_would_evaluate_otherwise_has_no_device_form_and_says_why(text: str, reason: str) -> None:
    found = matcher_of(text)
    assert found.ir is None
    assert reason in found.obstacle


def test_every_event_is_matched_without_a_condition() -> None:
    assert matcher_of(" ALL ") == Matcher("")
    assert matcher_of("all").as_json() == {"type": "all", "ir": ""}


def test_the_simplest_form_is_the_one_that_segment_publishes() -> None:
    assert matcher_of('event = "X"').as_json() == {"type": "fql", "ir": '["=","event",{"value":"X"}]'}
    assert matcher_of("type in ['track', 'page']").ir == (
        '["in","type",{"value":[{"value":"track"},{"value":"page"}]}]'
    )
