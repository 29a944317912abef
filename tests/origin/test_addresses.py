"""Whom to ask: those that are up, in their order; those that are down only where somebody has to find out."""

from edge.origin.addresses import SLOW, Addresses

A, B, C = "http://a", "http://b", "http://c"


def test_all_are_asked_in_their_order() -> None:
    addresses = Addresses([A, B, C])
    assert addresses.candidates(insist=False) == addresses.candidates(insist=True) == [A, B, C]


def test_one_that_is_down_is_asked_last_and_only_by_who_insists() -> None:
    addresses = Addresses([A, B, C])
    assert addresses.unreached(A)
    assert addresses.candidates(insist=False) == [B, C]
    assert addresses.candidates(insist=True) == [B, C, A]


def test_with_all_down_nobody_is_asked_but_by_who_insists() -> None:
    addresses = Addresses([A, B])
    addresses.unreached(B)
    addresses.unreached(A)
    assert addresses.candidates(insist=False) == []
    assert addresses.candidates(insist=True) == addresses.down() == [A, B]


def test_one_that_answers_is_up_and_in_its_place_again() -> None:
    addresses = Addresses([A, B])
    addresses.unreached(A)
    assert addresses.answered(A)
    assert addresses.candidates(insist=False) == [A, B]


def test_only_what_changes_is_news() -> None:
    addresses = Addresses([A, B])
    assert not addresses.answered(A)
    assert addresses.unreached(A)
    assert not addresses.unreached(A)
    assert addresses.answered(A)
    assert not addresses.answered(A)


def test_where_there_is_another_one_answer_out_of_time_is_enough() -> None:
    addresses = Addresses([A, B])
    assert addresses.slow(A)
    assert addresses.candidates(insist=False) == [B]


def test_the_only_one_is_down_after_several_in_a_row_and_an_answer_between_them_counts() -> None:
    addresses = Addresses([A])
    for _ in range(SLOW - 1):
        assert not addresses.slow(A)
    addresses.answered(A)
    for _ in range(SLOW - 1):
        assert not addresses.slow(A)
    assert addresses.candidates(insist=False) == [A]
    assert addresses.slow(A)
    assert addresses.candidates(insist=False) == []
