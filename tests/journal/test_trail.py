"""Claims about the ids that a node remembers by position."""

from hypothesis import given
from hypothesis import strategies as st

from edge.journal.trail import Trail


def trail(first: int, last: int, remembered: int = 100) -> Trail:
    made = Trail(remembered)
    made.begin(first, str(first))
    for position in range(first + 1, last + 1):
        made.note(position, str(position))
    return made


def known(made: Trail, positions: range) -> list[int]:
    return [position for position in positions if made.has(position, str(position))]


def test_nothing_is_known_at_first() -> None:
    assert not Trail(10).has(0, "0")


def test_every_position_of_the_stretch_is_known_by_its_id_and_no_other() -> None:
    made = trail(5, 9)
    assert known(made, range(20)) == [5, 6, 7, 8, 9]
    assert not made.has(7, "x7")
    assert [made.id_at(position) for position in (4, 5, 9, 10)] == [None, "5", "9", None]


def test_an_entry_may_come_again() -> None:
    made = trail(5, 9)
    made.note(7, "7")
    assert known(made, range(20)) == [5, 6, 7, 8, 9]


def test_beyond_a_gap_nothing_from_before_is_known() -> None:
    made = trail(5, 9)
    made.note(12, "12")
    assert known(made, range(20)) == [12]


@given(st.integers(1, 30), st.integers(2, 10))
def test_the_newest_are_remembered_and_what_is_known_is_true(length: int, remembered: int) -> None:
    made = trail(1, length, remembered)
    found = known(made, range(length + 5))
    assert found == list(range(length + 1 - len(found), length + 1))
    assert min(length, remembered // 2) <= len(found) <= remembered
