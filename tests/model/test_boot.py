"""An instant that is written down and read again, by the same boot of the machine or by another."""

import pytest

from edge.model.boot import from_stamp, to_stamp
from edge.model.instant import Instant

THEN = Instant(wall=1_800_000_000.0, boot=1000.0)


def test_within_one_boot_both_clocks_are_what_they_were() -> None:
    assert from_stamp(to_stamp(THEN, "b1"), "b1", Instant(1_800_000_060.0, 1060.0)) == THEN


def test_within_one_boot_a_wall_clock_set_back_hides_no_time() -> None:
    now = Instant(THEN.wall - 3600, THEN.boot + 60)
    then = from_stamp(to_stamp(THEN, "b1"), "b1", now)
    assert then is not None
    assert now.elapsed_since(then) == 60


@pytest.mark.parametrize("boot", ["b2", ""])
def test_after_another_boot_the_wall_clock_tells_how_long_ago_it_was(boot: str) -> None:
    now = Instant(THEN.wall + 60, 5.0)
    then = from_stamp(to_stamp(THEN, "b1"), boot, now)
    assert then is not None
    assert now.elapsed_since(then) == 60


def test_a_machine_without_boot_ids_never_takes_two_boots_for_one() -> None:
    then = from_stamp(to_stamp(THEN, ""), "", Instant(THEN.wall + 60, 5.0))
    assert then == Instant(THEN.wall, -55.0)


def test_after_another_boot_an_instant_in_the_future_is_of_unknown_age() -> None:
    assert from_stamp(to_stamp(THEN, "b1"), "b2", Instant(THEN.wall - 1.0, 5.0)) is not None
    assert from_stamp(to_stamp(THEN, "b1"), "b2", Instant(THEN.wall - 1.1, 5.0)) is None


@pytest.mark.parametrize("stamp", [{}, {"wall": 1.0}, {"wall": "x", "boot": 1.0, "id": "b"}])
def test_what_is_no_stamp_is_an_error(stamp: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        from_stamp(stamp, "b1", THEN)
