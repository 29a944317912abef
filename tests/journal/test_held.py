"""Claims about entries that came before their predecessors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.journal.held import HeldEntries
from tests.support.journal import EPOCH, at, entries, entry


def holding(*positions: int, most: int = 100) -> HeldEntries:
    held = HeldEntries(most)
    for position in positions:
        held.hold(EPOCH, entry(position))
    return held


@given(st.permutations(range(4, 9)))
def test_in_whatever_order_they_came_they_follow_the_cursor_in_theirs(order: list[int]) -> None:
    assert [one.position for one in holding(*order).following(at(3))] == [4, 5, 6, 7, 8]


def test_what_is_beyond_a_second_gap_stays() -> None:
    held = holding(4, 5, 7)
    assert [one.position for one in held.following(at(3))] == [4, 5]
    assert held.positions() == {7}
    assert [one.position for one in held.following(at(6))] == [7]


@pytest.mark.parametrize("cursor", [at(8), at(3, epoch="e2")], ids=["behind the cursor", "of another epoch"])
def test_what_can_follow_no_more_is_forgotten(cursor: object) -> None:
    held = holding(4, 5, 8)
    assert isinstance(cursor, type(at(1)))
    assert held.following(cursor) == []
    assert len(held) == 0


def test_another_predecessor_than_the_cursor_is_not_followed() -> None:
    assert holding(4, 5).following(at(3, life="x")) == []


def test_no_more_are_held_than_so_many_but_one_position_may_be_told_again() -> None:
    held = holding(4, 5, 6, most=2)
    assert held.positions() == {4, 5}
    held.hold(EPOCH, entry(5, "all"))
    assert held.following(at(3)) == [entry(4), entry(5, "all")]


def test_forgetting_takes_no_others() -> None:
    held = holding(*(one.position for one in entries(4, 7)))
    held.forget(frozenset({4, 6, 99}))
    assert held.positions() == {5, 7}
