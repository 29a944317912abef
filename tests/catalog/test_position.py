from hypothesis import given
from hypothesis import strategies as st

from edge.catalog.position import Positions

TEXT = '''\
# a comment
slug = "tool"
modes.web = ["cloud"]

many = [
  "a",  # [[settings]]
  "b",
]
long = """
[[settings]]
name = "not here"
"""
inline = { a = 1, b = { c = 2 } }

[[settings]]
name = "first"

# about the second
[[settings]]
name = "second"
options = [
  "x",
]
'''


def test_a_key_is_found_where_its_statement_starts() -> None:
    positions = Positions(TEXT)
    assert positions.line(("slug",)) == 2
    assert positions.line(("modes", "web")) == 3
    assert positions.line(("modes",)) == 3
    assert positions.line(("many",)) == 5
    assert positions.line(("many", 1)) == 5
    assert positions.line(("long",)) == 9
    assert positions.line(("inline", "b", "c")) == 13


def test_tables_of_an_array_are_told_apart() -> None:
    positions = Positions(TEXT)
    assert positions.line(("settings", 0, "name")) == 16
    assert positions.line(("settings", 1)) == 19
    assert positions.line(("settings", 1, "name")) == 20
    assert positions.line(("settings", 1, "options", 0)) == 21


def test_what_is_not_written_is_placed_at_the_innermost_table_that_is() -> None:
    positions = Positions(TEXT)
    assert positions.line(("settings", 1, "type")) == 19
    assert positions.line(("website",)) == 1


def test_windows_line_ends_count_as_one() -> None:
    assert Positions(TEXT.replace("\n", "\r\n")).line(("settings", 1, "name")) == 20


def test_other_line_separators_of_unicode_do_not_count() -> None:
    assert Positions('a = "x\u2028y\u0085z"\nb = 1\n').line(("b",)) == 2


@given(st.lists(st.sampled_from(["", "# note", "list = [\n1,\n2]", 'text = """\nb = 2\n"""'])))
def test_lines_before_a_key_move_it_by_their_number(before: list[str]) -> None:
    unique = [line.replace(" =", f"{place} =", 1) for place, line in enumerate(before)]
    text = "\n".join([*unique, "b = 1"])
    assert Positions(text).line(("b",)) == text.count("\n") + 1
