"""What a process of the load test counts, says and concludes."""

import pytest

from loadtest.checks import Answer
from loadtest.expected import Floor
from loadtest.judge import MOST_EVIDENCE, Judge, Tally
from tests.loadtest.published import SOURCE, answer_of, asked_of


def judged(answer: Answer, floor: Floor | None = None, times: int = 1) -> tuple[Judge, list[str]]:
    said: list[str] = []
    judge = Judge(said.append)
    for _ in range(times):
        asked = asked_of(SOURCE, "settings", floor=floor)
        judge.document(asked, answer, url="http://edge.example/x", sent_at=1_800_000_000.5, took=0.25)
    return judge, said


def test_a_good_answer_is_counted_and_nothing_is_said() -> None:
    judge, said = judged(answer_of(SOURCE, "settings"))
    assert (judge.tally.network, dict(judge.tally.faults), said) == (1, {}, [])


def test_evidence_says_what_was_expected_what_came_and_how_old_it_is() -> None:
    answer = answer_of(SOURCE, "settings", counter=2)
    _, (text,) = judged(answer, Floor(counter=3, position=41, live_at=1_800_000_000.0))
    assert "FAULT older\n  expected   counter 3 or more\n  got        2\n" in text
    assert "http://edge.example/x (settings of s00005), Accept-Encoding for br" in text
    assert "sent 2027-01-15T08:00:00.500+00:00, answered 250.0 ms later" in text
    assert "counter 3, position 41, live 0.500 s before it was sent" in text
    for name in ("age", "date", "cache-control", "cache-status", "edge-as-of", "edge-revision", "etag"):
        assert f"{name}: {answer.headers.get(name, '-')}\n" in text
    assert '"apiKey":"load_key_00005"' in text


def test_every_fault_is_counted_and_only_the_first_ones_are_described() -> None:
    judge, said = judged(Answer(503), times=MOST_EVIDENCE + 5)
    assert judge.tally.faults["failed"] == MOST_EVIDENCE + 5
    assert len(said) == MOST_EVIDENCE


def test_a_write_that_was_late_is_described() -> None:
    said: list[str] = []
    answer = Answer(200, {"edge-receipt": "pending", "edge-position": "9"})
    Judge(said.append).write("PATCH /v1beta/x", answer, 2.0, sent_at=1_800_000_000.0, took=2.0)
    assert "FAULT late" in said[0]
    assert "edge-receipt: pending" in said[0]


@pytest.mark.parametrize(
    ("tally", "verdict"),
    [
        (Tally(network=1, changes=1, purges=1), None),
        (Tally(changes=1, purges=1), "nothing was checked: no answer came from the network"),
        (Tally(network=1, purges=1), "nothing was checked against: no change became live"),
        (Tally(network=1, changes=1), "no purge became live"),
    ],
)
def test_a_run_that_checked_nothing_has_failed(tally: Tally, verdict: str | None) -> None:
    assert tally.verdict(admins=1, purgers=1) == verdict


def test_a_run_without_admins_and_purgers_needs_no_change_and_no_purge() -> None:
    assert Tally(network=1).verdict(admins=0, purgers=0) is None


def test_a_run_with_a_fault_has_failed_whatever_else_it_saw() -> None:
    judge, _ = judged(Answer(503), times=3)
    judge.tally.changes = judge.tally.purges = 1
    assert judge.tally.verdict(admins=1, purgers=1) == "3 faults: 3 failed"


def test_what_workers_report_adds_up_and_is_reported_once() -> None:
    judge, _ = judged(Answer(503), times=2)
    total = Tally()
    for report in (judge.report(), judge.report()):
        total.add(report)
    assert (total.network, dict(total.faults)) == (2, {"failed": 2})
