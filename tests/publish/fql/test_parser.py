"""What is wrong with a condition is said with its column and with what is allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.publish.fql.errors import FqlError
from edge.publish.fql.matcher import matcher_of
from edge.publish.fql.parser import DEEPEST, LONGEST, parse

REFUSED = [
    ("", 1, "write one"),
    ("   ", 1, "write one"),
    ("a == b", 3, "write ="),
    ("a && b", 3, "write and"),
    ("a || b", 3, "write or"),
    ("$a = 1", 1, "\\"),
    ("\u201ca\u201d = 1", 1, "texts stand between"),
    ("a = 'never ends", 5, "close it with '"),
    ("'x'", 1, "compare it"),
    ("5", 1, "compare it"),
    ("length(a)", 1, "compare it"),
    ("a = 1 and lowercase(b)", 11, "compare it"),
    ("a b", 3, "and, or"),
    ("a = 1 = 2", 7, "and, or"),
    ("(a = 1", 7, ") is missing for the ( of column 1"),
    ("a in ['x'", 10, "ends with ]"),
    ("a in ['x' 'y']", 11, "goes on with ,"),
    ("a in [['x']]", 7, "a list holds"),
    ("a in 'x'", 6, "in needs a list"),
    ("a =", 4, "ends too early"),
    ("and a", 1, "'and' cannot stand here"),
    ("a = and", 5, "'and' cannot stand here"),
    (") = a", 1, "')' cannot stand here"),
    ("foo(a)", 1, "allowed: contains, match, length, lowercase, typeof"),
    ("contains(a)", 1, "takes 2 values, and 1 are given"),
    ("length(a, b) > 1", 1, "takes 1 values, and 2 are given"),
    ("contains(a, 5)", 13, "takes a text or a field here, and not a number"),
    ("length(5) > 1", 8, "takes a text or a list or null or a field"),
    ("length(a) > 'x'", 13, "> compares numbers, and this is a text"),
    ("true < 1", 1, "< compares numbers"),
    ("!a = b", 1, "!( ... )"),
    ("a = (b = c)", 8, "a whole condition cannot be compared"),
    ("contains(a = b, 'x')", 12, "a whole condition cannot be compared"),
    ("typeof(a) = 'text'", 13, "allowed: string, number"),
    ("match(a, '[b')", 10, "[ without its ]"),
    (r"match(a, 'b\')", 10, "does not end"),
    ("match(a, '[-b]')", 10, r"write \-"),
    ("a = 99999999999999999999", 5, "allowed are numbers up to"),
    ("a.", 2, "has no meaning"),
    ("a..b = 1", 2, "has no meaning"),
    ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), DEEPEST + 1, f"at most {DEEPEST} levels"),
    ("a" * (LONGEST + 1), LONGEST + 1, f"at most {LONGEST} characters"),
]


@pytest.mark.parametrize(("text", "column", "said"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_a_condition_that_is_none_is_refused_at_its_column(text: str, column: int, said: str) -> None:
    with pytest.raises(FqlError) as refused:
        parse(text)
    assert (refused.value.column, said in refused.value.text) == (column, True), str(refused.value)
    assert str(refused.value).startswith(f"column {column}: ")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a = 1 or b = 2 and c = 3", "a = 1 or (b = 2 and c = 3)"),
        ("not a = 1 and b", "(not (a = 1)) and b"),
        ("!a and b", "(!a) and b"),
        ('a = "x"', "a = 'x'"),
        ("a\n\t=\r\n1", "a = 1"),
        (r"a = 'it\'s'", 'a = "it\'s"'),
        (r"\a.b\-c = 1", "a.b-c = 1"),
    ],
)
def test_two_ways_to_write_a_condition_have_one_form(text: str, same: str) -> None:
    assert matcher_of(text).ir == matcher_of(same).ir


@given(st.text(st.sampled_from("ab.'\"\\()[]!=<>, 1-") | st.characters(codec="utf-8"), max_size=40))
def test_whatever_is_written_is_a_condition_or_refused_with_a_column_of_it(text: str) -> None:
    column = 1
    try:
        matcher_of(text)
    except FqlError as refused:
        column = refused.column
    assert 1 <= column <= len(text) + 1
