"""What is wrong is said with what to do next."""

from dataclasses import replace
from typing import get_args

import pytest

from edge.observe.finding import Finding, Trouble
from edge.observe.problems import ADVICE, problems
from edge.observe.standing import Audit, Standing
from tests.observe.test_standing import NOW, finding, row, standing

FINE = replace(standing(None, row("n1")), hosts=())


def codes(found: Standing) -> list[str]:
    return [problem.code for problem in problems(found)]


def test_a_fleet_that_is_well_has_no_problem() -> None:
    assert codes(FINE) == []


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        (standing(None, row("n1", reported_at=NOW - 15)), "node_silent", "Node n1 on h1 has not reported for 15 s"),
        (standing(None, row("n1", epoch="e0")), "node_in_another_epoch", "follows another life of the journal"),
        (standing(None, row("n1")), "front_failing", "The nginx of h1 does not show 1 change: refused"),
        (replace(FINE, redis="unreachable"), "redis_unreachable", "Look at it, and at EDGE_REDIS_URL"),
        (replace(FINE, certain=False), "new_epoch", "Wait 15 s"),
        (standing(None, row("n1"), row("n2", build="1.1")), "builds_differ", "1.0 (1), 1.1 (1). Finish the upgrade"),
        (replace(FINE, audit=Audit("unreachable")), "auditor_unreachable", "EDGE_NODE_BIND must be"),
        (replace(FINE, audit=Audit("running", "n1", NOW, (finding("acme"),))), "audit_wrong", "for 20 s. EDGE_PUBLIC"),
    ],
)
def test_each_problem_is_named_with_what_to_do(found: Standing, code: str, said: str) -> None:
    (message,) = [problem.message for problem in problems(found) if problem.code == code]
    assert said in message
    assert message.endswith((".", "?"))


def test_a_node_that_lags_for_long_is_a_problem_and_a_moment_is_none() -> None:
    node = FINE.nodes[0]
    assert codes(replace(FINE, nodes=(replace(node, lag=2, lag_seconds=14.9),))) == []
    assert codes(replace(FINE, nodes=(replace(node, lag=2, lag_seconds=15.0),))) == ["node_behind"]


def test_a_front_that_is_merely_busy_is_no_problem() -> None:
    host = standing(None, row("n1")).hosts[0]
    assert codes(replace(FINE, hosts=(replace(host, last_error=None),))) == []


def test_a_node_that_has_only_joined_is_no_problem() -> None:
    assert codes(replace(standing(None, row("n1", 0, epoch="")), hosts=())) == []


@pytest.mark.parametrize("trouble", get_args(Trouble))
def test_every_trouble_has_advice(trouble: Trouble) -> None:
    assert ADVICE[trouble].endswith(".")
    late = Finding(trouble, "", "", "purge 3", "it is not live", 20.0)
    (message,) = [one.message for one in problems(replace(FINE, audit=Audit("running", "n1", NOW, (late,))))]
    assert message.startswith("The fleet, purge 3: it is not live, for 20 s. ")
