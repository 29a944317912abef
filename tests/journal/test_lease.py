"""Claims about proof and lease: when a node may call anything fresh."""

import pytest

from edge.journal.lease import CLOCK_STEP, Proof, stepped_back
from edge.model.instant import Instant
from edge.model.position import AsOf

LEASE = 10.0
AT = Instant(1_000_000.0, 500.0)
CURSOR = AsOf("e1", 1, "1")


def after(boot: float, wall: float | None = None) -> Instant:
    return Instant(AT.wall + (boot if wall is None else wall), AT.boot + boot)


@pytest.mark.parametrize(
    ("now", "fenced"),
    [
        pytest.param(after(0), False, id="at once"),
        pytest.param(after(LEASE - 0.001), False, id="before it runs out"),
        pytest.param(after(LEASE), True, id="I7: at exactly the lease"),
        pytest.param(after(LEASE + 1), True, id="after it"),
        pytest.param(after(1, LEASE), True, id="by the wall clock alone"),
        pytest.param(after(LEASE, 0), True, id="by the boot clock alone, suspended or set back"),
        pytest.param(after(2, 2 - CLOCK_STEP), False, id="set back by as much as is allowed"),
        pytest.param(after(2, 2 - CLOCK_STEP - 0.001), True, id="set back by more"),
        pytest.param(after(0, -3600), True, id="set back by an hour"),
    ],
)
def test_i7_the_lease_runs_by_the_faster_clock_and_ends_with_a_step_back(now: Instant, fenced: bool) -> None:
    assert Proof(CURSOR, AT, AT).fenced(now, LEASE) is fenced


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param(Proof(), id="nothing yet"),
        pytest.param(Proof(CURSOR, AT, None), id="no heartbeat written"),
        pytest.param(Proof(CURSOR, None, AT), id="never at the head"),
        pytest.param(Proof(None, AT, AT), id="never synced"),
    ],
)
def test_without_sync_proof_and_heartbeat_a_node_is_fenced(proof: Proof) -> None:
    assert proof.fenced(AT, LEASE)


def test_only_a_heartbeat_carries_the_lease_a_newer_proof_does_not() -> None:
    assert Proof(CURSOR, after(LEASE), AT).fenced(after(LEASE), LEASE)


def test_a_clock_that_runs_ahead_is_no_step_back() -> None:
    assert not stepped_back(AT, after(1, 3600))
