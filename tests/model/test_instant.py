"""Claims about time as a value."""

from itertools import pairwise

import pytest

from edge.model.instant import Instant, system_clock


@pytest.mark.parametrize(
    ("wall", "boot", "elapsed"),
    [
        pytest.param(5, 5, 5, id="both clocks agree"),
        pytest.param(-3600, 5, 5, id="the wall clock was set back"),
        pytest.param(3600, 5, 3600, id="the wall clock was set forward, or boot time stood still"),
        pytest.param(5, 900, 900, id="the machine slept and the wall clock was not set yet"),
    ],
)
def test_elapsed_time_is_what_the_faster_clock_says(wall: float, boot: float, elapsed: float) -> None:
    assert Instant(1000 + wall, 100 + boot).elapsed_since(Instant(1000, 100)) == elapsed


def test_the_machines_boot_clock_never_goes_back() -> None:
    readings = [system_clock() for _ in range(100)]
    assert all(earlier.boot <= later.boot for earlier, later in pairwise(readings))
