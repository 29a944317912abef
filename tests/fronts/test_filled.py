"""The table of ``edge/fronts/filled.py``: under what a cache was filled, and what does not hold any more."""

from pathlib import Path

import pytest

from edge.fronts.filled import Filled, FilledFile, mismatch, set_back, set_forwards
from edge.model.instant import Instant
from edge.model.position import AsOf

AT = Instant(1000.0, 500.0)
NOW = Instant(1100.0, 600.0)
FILLED = Filled(AsOf("e1", 7, "id-7"), ("1", "2"), AT)
NEXT = AsOf("e1", 8, "id-8")
IDS = {6: "id-6", 7: "id-7", 8: "id-8"}


def why(
    filled: Filled | None = FILLED,
    cursor: AsOf = NEXT,
    ids: dict[int, str] | None = None,
    builds: tuple[str, ...] = ("1", "2"),
    now: Instant = NOW,
) -> str:
    return mismatch(filled, cursor, IDS if ids is None else ids, builds, now)


def test_a_cache_is_vouched_for_while_journal_builds_and_clock_are_those_it_was_filled_under() -> None:
    assert why() == ""
    assert why(cursor=FILLED.cursor) == ""
    assert why(builds=("3", "2", "1")) == ""
    assert why(ids={}) == "", "all that it held then has ended"


def test_a_cache_of_which_nothing_is_written_is_not() -> None:
    assert why(filled=None)


@pytest.mark.parametrize(
    ("cursor", "ids"),
    [
        (AsOf("e2", 8, "id-8"), IDS),
        (AsOf("e1", 6, "id-6"), IDS),
        (AsOf("e1", 7, "other"), {7: "other"}),
        (AsOf("e1", 9, "id-9"), {7: "other", 8: "id-8", 9: "id-9"}),
    ],
)
def test_another_journal_is_told_by_epoch_position_or_id(cursor: AsOf, ids: dict[int, str]) -> None:
    assert why(cursor=cursor, ids=ids) == "it was filled under another journal"


def test_a_build_that_has_left_is_named() -> None:
    assert why(builds=("2", "3")) == "build 1 has left"


@pytest.mark.parametrize(
    ("now", "back"),
    [
        (Instant(1099.1, 600.0), False),
        (Instant(1099.0, 600.0), False),
        (Instant(1098.9, 600.0), True),
        (Instant(2000.0, 600.0), False),
        # After a restart of the machine the boot clock says nothing.
        (Instant(1000.0, 3.0), False),
        (Instant(999.1, 3.0), False),
        (Instant(998.9, 3.0), True),
    ],
)
def test_a_wall_clock_that_lost_more_than_a_second_was_set_back(now: Instant, back: bool) -> None:
    assert set_back(AT, now) is back
    assert bool(why(now=now)) is back


@pytest.mark.parametrize(
    ("now", "forwards"),
    [
        (Instant(1100.9, 600.0), False),
        (Instant(1101.0, 600.0), False),
        (Instant(1101.1, 600.0), True),
        (Instant(1040.0, 600.0), False),
    ],
)
def test_a_clock_is_set_forwards_when_it_gains_more_than_the_step_that_is_allowed(now: Instant, forwards: bool) -> None:
    assert set_forwards(AT, now) is forwards


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = FilledFile(tmp_path / "cache")
    assert file.read() is None
    file.write(FILLED)
    assert file.read() == FILLED
    later = FILLED.later(AsOf("e1", 9, "id-9"), ["3", "2"], NOW)
    assert later.builds == ("1", "2", "3")
    file.write(later)
    assert file.read() == later
    assert [path.name for path in tmp_path.iterdir()] == ["filled.json"]
