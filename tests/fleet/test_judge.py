"""The judge itself: every answer that may not be is called so, and none that may."""

import pytest

from loadtest.checks import Fault
from loadtest.sources import load_source
from tests.fleet.history import ALWAYS, NEVER, History, Purge
from tests.fleet.judge import NGINX, Bounds, Excuses, Seen, faults_of

SOURCE, OTHER = load_source(0), load_source(1)
BOUNDS = Bounds(lease=2.0, front=6.0, lapsed=4.0, on_error=60.0)
NODE = "alone-0"


@pytest.fixture
def history() -> History:
    """Counter 1 is committed at 10, at position 5, and live at 11; counter 2 at 20, position 7, live at 21."""
    made = History()
    made.begin([SOURCE, OTHER])
    for at, position in ((10.0, 5), (20.0, 7)):
        reign = made.change(SOURCE, at - 0.1)
        reign.answered, reign.live, reign.position = at, at + 1, position
    return made


def seen(
    at: float, counter: int | None, position: int, *, target: str = NODE, marked: bool = False, lapsed: bool = False
) -> Seen:
    return Seen(target, SOURCE, "settings", "br", at, at + 0.01, (), counter, position, marked=marked, lapsed=lapsed)


def judged(answer: Seen, history: History, excuses: Excuses | None = None) -> list[str]:
    return [fault.what for fault in faults_of(answer, history, excuses or Excuses(), BOUNDS)]


def excused(excuse: str, target: str, since: float = ALWAYS, until: float = NEVER) -> Excuses:
    made = Excuses()
    made.add(excuse, target, since, until)  # type: ignore[arg-type] # one of the names, as a parameter
    return made


def test_the_newest_may_be_shown_as_soon_as_it_was_sent(history: History) -> None:
    assert judged(seen(19.95, 2, 7), history) == []


def test_a_counter_that_nobody_had_sent_is_unborn(history: History) -> None:
    assert judged(seen(15.0, 2, 7), history) == ["unborn"]
    assert judged(seen(25.0, 3, 9), history) == ["unborn"]


def test_between_its_commit_and_live_both_may_be_shown(history: History) -> None:
    assert judged(seen(20.9, 1, 6), history) == []
    assert judged(seen(20.9, 2, 7), history) == []


def test_what_is_below_a_live_change_is_older(history: History) -> None:
    assert judged(seen(21.5, 1, 6), history) == ["older"]


def test_last_known_good_must_be_marked_and_excused(history: History) -> None:
    answer = seen(21.5, 1, 6, marked=True)
    assert judged(answer, history) == ["stale"]
    assert judged(answer, history, excused("stale", NODE)) == []
    assert judged(answer, history, excused("stale", "another")) == ["stale"]
    assert judged(answer, history, excused("stale", NODE, until=21.0)) == ["stale"]


def test_an_excuse_that_was_given_twice_is_over_when_both_are(history: History) -> None:
    excuses, answer = Excuses(), seen(25.0, 2, 7, marked=True)
    for since in (21.0, 22.0):
        excuses.add("stale", NODE, since)
    excuses.end("stale", NODE, 23.0)
    assert judged(answer, history, excuses) == []
    excuses.end("stale", NODE, 24.0)
    assert judged(answer, history, excuses) == ["stale"]


def test_last_known_good_ends_with_the_on_error_limit(history: History) -> None:
    answer = seen(80.5, 1, 6, marked=True)
    assert judged(answer, history, excused("stale", NODE)) == ["overdue"]


def test_a_node_shows_nothing_that_was_replaced_longer_than_a_lease_ago(history: History) -> None:
    history.change(OTHER, 0.0)
    pending = history.change(SOURCE, 30.0)
    pending.answered, pending.position = 30.1, 9
    assert judged(seen(32.0, 2, 8), history) == []
    assert judged(seen(32.2, 2, 8), history) == ["overdue"]


def test_a_deserted_nginx_shows_what_it_has_for_its_share_and_past_it_when_it_says_so(history: History) -> None:
    excuses = excused("deserted", NGINX)
    assert judged(seen(26.9, 1, 6, target=NGINX), history, excuses) == []
    assert judged(seen(27.1, 1, 6, target=NGINX), history, excuses) == ["overdue"]
    assert judged(seen(30.9, 1, 6, target=NGINX, lapsed=True), history, excuses) == []
    assert judged(seen(31.1, 1, 6, target=NGINX, lapsed=True), history, excuses) == ["overdue"]
    assert judged(seen(26.9, 1, 6, target=NGINX), history) == ["older"]


def test_a_document_without_a_counter_is_judged_by_its_position(history: History) -> None:
    assert judged(seen(21.5, None, 7), history) == []
    assert judged(seen(21.5, None, 6), history) == ["older"]


def test_a_document_is_what_the_store_held_at_its_position(history: History) -> None:
    assert judged(seen(20.5, 1, 7), history) == ["mixed"]
    assert judged(seen(21.5, 2, 6), history) == ["mixed"]


def test_a_purge_raises_the_position_below_which_nothing_is_fresh(history: History) -> None:
    history.purge(Purge("invalidate", frozenset({SOURCE.id}), 29.0, position=9, live=30.0))
    assert judged(seen(29.5, 2, 8), history) == []
    assert judged(seen(30.5, 2, 8), history) == ["older"]
    assert judged(seen(30.5, 2, 8, marked=True), history, excused("stale", NODE)) == []


def test_a_purge_of_another_source_raises_nothing(history: History) -> None:
    history.purge(Purge("revoke", frozenset({OTHER.id}), 29.0, position=9, live=30.0))
    assert judged(seen(30.5, 2, 8), history) == []


def test_what_was_revoked_is_not_even_shown_as_stale_but_by_a_node_that_cannot_have_heard_of_it(
    history: History,
) -> None:
    history.purge(Purge("revoke", frozenset({SOURCE.id}), 29.0, position=9, live=30.0))
    answer, stale = seen(30.5, 2, 8, marked=True), excused("stale", NODE)
    assert judged(answer, history, stale) == ["revoked"]
    stale.add("deaf", NODE, 29.0)
    assert judged(answer, history, stale) == []


def test_a_write_without_an_answer_may_stand_or_not(history: History) -> None:
    history.change(SOURCE, 30.0)
    assert judged(seen(35.0, 3, 8), history) == []
    assert judged(seen(35.0, 2, 8), history) == []


def test_what_a_replaced_store_has_lost_is_over_when_it_is_replaced(history: History) -> None:
    history.replace(5, 30.0, 31.0)
    assert judged(seen(30.5, 2, 7), history) == []
    assert judged(seen(32.9, 2, 7), history) == []
    assert judged(seen(33.1, 2, 7), history) == ["overdue"]
    assert judged(seen(33.1, 1, 5), history) == []
    again = history.change(SOURCE, 40.0)
    assert again.counter == 3


def test_floors_end_with_their_journal(history: History) -> None:
    history.purge(Purge("revoke", frozenset({SOURCE.id}), 25.0, position=9, live=26.0))
    history.replace(5, 30.0, 31.0)
    assert judged(seen(33.1, 1, 5), history) == []


def test_floors_that_an_older_store_knows_go_on(history: History) -> None:
    history.purge(Purge("revoke", frozenset({SOURCE.id}), 25.0, position=9, live=26.0))
    history.replace(9, 30.0, 31.0)
    assert judged(seen(33.1, 2, 8), history) == ["older", "revoked"]
    assert judged(seen(33.1, 2, 10), history) == []


def test_no_answer_is_a_fault_where_nothing_is_broken() -> None:
    history = History()
    history.begin([SOURCE])
    fault = Fault("failed", "an answer", "503")
    answer = Seen(NODE, SOURCE, "settings", "br", 1.0, 1.1, (fault,))
    assert judged(answer, history) == ["failed"]
    assert judged(answer, history, excused("failing", NODE)) == []
    assert judged(answer, history, excused("refusing", NODE)) == []
    torn = Seen(NODE, SOURCE, "settings", "br", 1.0, 1.1, (Fault("failed", "an answer", "0: no connection"),))
    assert judged(torn, history, excused("refusing", NODE)) == ["failed"]
    foreign = Seen(NODE, SOURCE, "settings", "br", 1.0, 1.1, (Fault("foreign", "", ""),))
    assert judged(foreign, history, excused("failing", NODE)) == ["foreign"]
