"""Claims about the ledger: nothing is shown or firm but by a refresh that was late enough, and nothing is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.fronts.front import Reach
from edge.fronts.ledger import APART, FIRST_PAUSE, LONGEST_PAUSE, Ledger, pause

HOLD = 5.0
KEY, OTHER = "wk_first", "wk_other"


def ledger() -> Ledger:
    return Ledger(HOLD, lambda: 1.0)


def refreshed(book: Ledger, key: str, began: float) -> int:
    position, _ = book.begin(key)
    book.done(key, position, began)
    return position


def test_a_key_is_refreshed_once_for_the_newest_that_asks() -> None:
    book = ledger()
    for position in (3, 7, 5):
        book.ask(KEY, position)
    assert book.due(0) == [KEY]
    assert refreshed(book, KEY, 0) == 7
    assert book.due(HOLD - 0.001) == []
    assert [book.shows([KEY], position) for position in (7, 8)] == [True, False]


def test_new_positions_go_first() -> None:
    book = ledger()
    book.ask(KEY, 3)
    book.ask(OTHER, 9)
    assert book.due(0) == [OTHER, KEY]


def test_i7_a_refresh_is_a_rebound_from_exactly_hold_after_the_one_before() -> None:
    book = ledger()
    book.ask(KEY, 3)
    refreshed(book, KEY, 0)
    assert (book.next_at(), book.due(HOLD)) == (HOLD, [KEY])
    refreshed(book, KEY, HOLD - 0.001)
    assert not book.is_firm([KEY], 3)
    refreshed(book, KEY, HOLD)
    assert book.is_firm([KEY], 3)
    assert book.due(100 * HOLD) == []


def test_a_key_that_changes_all_the_time_still_becomes_firm_position_by_position() -> None:
    book = ledger()
    for second in range(1, 12):
        book.ask(KEY, second)
        refreshed(book, KEY, float(second))
        firm = [position for position in range(1, second + 1) if book.is_firm([KEY], position)]
        assert firm == list(range(1, second - int(HOLD) + 1))


def test_rebounds_of_a_key_that_changes_often_are_one_and_the_next_change_is_theirs() -> None:
    book = ledger()
    for tenth in range(4):
        book.ask(KEY, tenth + 1)
        refreshed(book, KEY, tenth / 10)
    refreshed(book, KEY, HOLD)
    assert [book.is_firm([KEY], position) for position in (1, 2)] == [True, False]
    assert (book.next_at(), book.due(HOLD + APART - 0.001)) == (HOLD + APART, [])
    book.ask(KEY, 5)
    assert book.due(HOLD + 0.25) == [KEY], "what is new waits for nothing"
    refreshed(book, KEY, HOLD + 0.25)
    assert [book.is_firm([KEY], position) for position in (3, 4)] == [True, False]
    assert book.next_at() == HOLD + 0.25 + APART
    refreshed(book, KEY, HOLD + 0.25 + APART)
    assert book.is_firm([KEY], 4)
    assert book.next_at() == 2 * HOLD + 0.25


def test_what_is_asked_for_while_a_refresh_is_under_way_is_refreshed_again() -> None:
    book = ledger()
    book.ask(KEY, 3)
    position, _ = book.begin(KEY)
    assert book.due(0) == []
    book.ask(KEY, 4)
    book.done(KEY, position, 0)
    assert [book.shows([KEY], at) for at in (3, 4)] == [True, False]
    assert book.due(0) == [KEY]


def test_a_failure_is_tried_again_later_and_later_and_up_to_a_limit() -> None:
    pauses = [pause(failures, lambda: 1.0) for failures in range(1, 100)]
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert pause(3, lambda: 0.0) == pause(3, lambda: 1.0) / 2


def test_a_failure_is_remembered_until_it_is_mended() -> None:
    book = ledger()
    book.ask(KEY, 3)
    book.begin(KEY)
    book.failed(KEY, "answered 503", 10)
    assert (book.error_of([OTHER, KEY]), book.due(10), book.next_at()) == ("answered 503", [], 10 + FIRST_PAUSE)
    refreshed(book, KEY, 11)
    assert (book.error_of([KEY]), book.shows([KEY], 3)) == (None, True)


def test_what_is_only_made_sure_of_is_looked_at_first_unless_something_new_asks() -> None:
    book = ledger()
    book.ask(KEY, 3, gentle=True)
    assert book.begin(KEY) == (3, Reach.OLDER)
    book.done(KEY, 3, 0)
    assert book.begin(KEY)[1] is Reach.EVERY, "the rebound"
    book = ledger()
    book.ask(KEY, 3, gentle=True)
    book.ask(KEY, 4)
    assert book.begin(KEY) == (4, Reach.EVERY)


def test_what_is_withdrawn_is_as_if_it_had_not_been_asked_for_but_what_is_acked_is_still_owed_its_rebound() -> None:
    book = ledger()
    book.ask(KEY, 3)
    book.ask(KEY, 5)
    refreshed(book, KEY, 0)
    book.withdraw(KEY, 3)
    assert [book.shows([KEY], position) for position in (3, 5)] == [True, False]
    assert book.due(HOLD - 1) == []
    book.ask(KEY, 5)
    assert book.due(HOLD - 1) == [KEY]
    refreshed(book, KEY, HOLD)
    assert [book.is_firm([KEY], position) for position in (3, 5)] == [True, False]


def test_a_refresh_that_was_under_way_when_it_was_withdrawn_counts_for_nothing() -> None:
    book = ledger()
    book.ask(KEY, 5)
    book.begin(KEY)
    book.withdraw(KEY, 0)
    book.ask(KEY, 5)
    book.done(KEY, 5, 0)
    assert not book.shows([KEY], 5)
    assert book.due(0) == [KEY]


def test_only_what_is_done_is_forgotten() -> None:
    book = ledger()
    book.ask(KEY, 3)
    refreshed(book, KEY, 0)
    book.forget(set())
    assert book.shows([KEY], 3), "its rebound is owed"
    refreshed(book, KEY, HOLD)
    book.forget({KEY})
    assert book.is_firm([KEY], 3)
    book.forget(set())
    assert not book.shows([KEY], 3)
    book.done(KEY, 9, 0)
    book.failed(KEY, "late", 0)
    assert book.due(1000) == []


@pytest.mark.parametrize("method", ["done", "failed"])
def test_news_of_a_key_that_is_not_there_is_no_news(method: str) -> None:
    book = ledger()
    if method == "done":
        book.done(KEY, 3, 0)
    else:
        book.failed(KEY, "late", 0)
    assert not book.shows([KEY], 3)
    assert book.error_of([KEY]) is None


steps = st.lists(
    st.tuples(st.sampled_from(["ask", "begin", "done", "failed", "withdraw", "forget"]), st.integers(0, 9)), max_size=40
)


@given(steps)
def test_shown_never_exceeds_what_was_refreshed_and_firm_never_what_was_refreshed_hold_ago(
    happenings: list[tuple[str, int]],
) -> None:
    book, now, asked, began = ledger(), 0.0, 0, None
    good: list[tuple[int, float]] = []
    for what, amount in happenings:
        now += amount
        if what == "ask":
            asked += 1
            book.ask(KEY, asked)
        elif what == "begin" and began is None and book.is_due(KEY, now):
            began = (book.begin(KEY)[0], now)
        elif what == "done" and began is not None:
            book.done(KEY, *began)
            good.append(began)
            began = None
        elif what == "failed" and began is not None:
            book.failed(KEY, "why", now)
            began = None
        elif what == "withdraw":
            book.withdraw(KEY, 0)
        elif what == "forget":
            book.forget(set())
        for position in range(1, asked + 1):
            first = min((at for shown, at in good if shown >= position), default=None)
            if book.shows([KEY], position):
                assert first is not None
            if book.is_firm([KEY], position):
                assert first is not None
                assert any(at >= first + HOLD for _, at in good)
