"""I36: silent about what is younger than the propagation budget, plain about the rest."""

import pytest

from edge.observe.judge import Difference
from edge.observe.ledger import Ledger, Subject
from edge.publish.publication import Wanted
from tests.support.clock import HandClock

BUDGET = 16.0
WANTED = Wanted("settings", "wk_first_key_0001")
SUBJECT = Subject("n1", "h1", WANTED)
BEHIND = Difference("behind", "it lacks 7", at=6, lacks=7)
WRONG = Difference("wrong", "other bytes")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(BUDGET)


def ages(ledger: Ledger, clock: HandClock) -> list[float]:
    return [finding.age_seconds for finding in ledger.report(clock()).findings]


def test_i36_a_node_behind_for_less_than_the_budget_is_not_mentioned(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, BEHIND, clock())
    clock.advance(BUDGET - 0.001)
    ledger.note(SUBJECT, BEHIND, clock())
    assert ledger.report(clock()).findings == ()
    assert len(ledger) == 1


def test_i36_a_node_behind_for_longer_is_reported_with_its_age(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, BEHIND, clock(), "acme")
    clock.advance(BUDGET)
    ledger.note(SUBJECT, BEHIND, clock(), "acme")
    (finding,) = ledger.report(clock()).findings
    assert (finding.trouble, finding.node, finding.host, finding.age_seconds) == ("behind", "n1", "h1", BUDGET)
    assert (finding.about, finding.workspace) == ("settings of wk_first_key_0001", "acme")
    clock.advance(10)
    assert ages(ledger, clock) == [BUDGET + 10]


def test_i36_a_wrong_body_is_reported_as_soon_as_the_budget_is_over(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, WRONG, clock())
    clock.advance(BUDGET)
    assert [finding.trouble for finding in ledger.report(clock()).findings] == ["wrong"]


def test_i36_a_node_that_is_a_moment_behind_in_every_round_is_never_mentioned(ledger: Ledger, clock: HandClock) -> None:
    for position in range(7, 107):
        ledger.note(SUBJECT, Difference("behind", "", at=position - 1, lacks=position), clock())
        assert ledger.report(clock()).findings == ()
        clock.advance(10)


def test_i36_one_that_moves_and_never_arrives_is_reported(ledger: Ledger, clock: HandClock) -> None:
    """It lacks 7 all the time, however many changes come after."""
    for head in range(7, 10):
        ledger.note(SUBJECT, Difference("behind", "", at=6, lacks=head), clock())
        clock.advance(10)
    assert ages(ledger, clock) == [30.0]


def test_what_is_over_is_cleared_and_said_once(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, BEHIND, clock())
    clock.advance(BUDGET)
    assert len(ledger.report(clock()).appeared) == 1
    assert ledger.report(clock()).appeared == ()
    ledger.note(SUBJECT, None, clock())
    report = ledger.report(clock())
    assert (report.findings, report.cleared) == ((), (SUBJECT,))
    assert ledger.report(clock()).cleared == ()


def test_what_was_never_reported_is_not_reported_as_over(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, BEHIND, clock())
    ledger.note(SUBJECT, None, clock())
    assert ledger.report(clock()).cleared == ()


def test_what_comes_back_is_young_again(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, BEHIND, clock())
    clock.advance(BUDGET - 1)
    ledger.note(SUBJECT, None, clock())
    ledger.note(SUBJECT, BEHIND, clock())
    clock.advance(BUDGET - 1)
    assert ages(ledger, clock) == []


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_i36_a_wall_clock_that_is_set_makes_it_speak_neither_early_nor_late(
    ledger: Ledger, clock: HandClock, step: float
) -> None:
    ledger.note(SUBJECT, BEHIND, clock())
    clock.step_wall(step)
    clock.advance(BUDGET - 1)
    assert ages(ledger, clock) == []
    clock.advance(1)
    assert ages(ledger, clock) == [BUDGET]


def test_a_node_that_does_not_answer_is_one_finding_and_its_documents_are_unknown(
    ledger: Ledger, clock: HandClock
) -> None:
    other = Subject("n2", "h1", WANTED)
    for subject in (SUBJECT, other):
        ledger.note(subject, WRONG, clock())
    ledger.unanswered(Subject("n1", "h1"), "no answer", clock())
    clock.advance(BUDGET)
    found = {(finding.node, finding.trouble) for finding in ledger.report(clock()).findings}
    assert found == {("n1", "unreachable"), ("n2", "wrong")}


def test_whoever_leaves_is_no_longer_found_fault_with(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, WRONG, clock())
    ledger.note(Subject(purge=3), Difference("late", ""), clock())
    ledger.only(["n2"])
    clock.advance(BUDGET)
    assert [finding.about for finding in ledger.report(clock()).findings] == ["purge 3"]


def test_documents_that_differ_are_looked_at_again(ledger: Ledger, clock: HandClock) -> None:
    ledger.note(SUBJECT, BEHIND, clock())
    ledger.note(Subject("n1", "h1"), Difference("unreachable", ""), clock())
    assert ledger.wanted() == {WANTED}
