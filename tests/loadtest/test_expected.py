"""What is known to be live, and which answers it binds."""

import pytest

from loadtest.documents import PATHS, Kind
from loadtest.expected import Expected, Floor
from loadtest.sources import load_source

ONE, OTHER, ELSEWHERE = load_source(1), load_source(2), load_source(60)
KINDS = tuple(PATHS)


def test_nothing_is_expected_before_anything_is_live() -> None:
    assert Expected().floor(ONE, "settings") == Floor()


def test_a_change_raises_counter_and_position_of_its_source_only() -> None:
    expected = Expected()
    expected.raise_counter(ONE, Floor(3, 10, 100.0))
    assert [expected.floor(ONE, kind) for kind in KINDS] == [Floor(3, 10, 100.0)] * len(KINDS)
    assert expected.floor(OTHER, "settings") == Floor()


def test_news_that_come_late_or_twice_lower_nothing() -> None:
    expected = Expected()
    for floor in (Floor(3, 10, 100.0), Floor(2, 9, 99.0), Floor(3, 10, 101.0)):
        expected.raise_counter(ONE, floor)
    assert expected.floor(ONE, "settings") == Floor(3, 10, 100.0)


@pytest.mark.parametrize(
    ("tag", "bound"),
    [
        ("all", {ONE, OTHER, ELSEWHERE}),
        ("workspace:load-0000", {ONE, OTHER}),
        ("source:load_00001", {ONE}),
        ("key:load_key_00002", {OTHER}),
        ("definition:amplitude", {ONE, OTHER, ELSEWHERE}),
        ("definition:facebook-pixel", {OTHER}),
    ],
)
def test_a_purge_binds_the_documents_with_its_tag(tag: str, bound: set[object]) -> None:
    expected = Expected()
    expected.raise_tags([tag], Floor(position=10))
    for source in (ONE, OTHER, ELSEWHERE):
        assert [expected.floor(source, kind).position for kind in KINDS] == [10 if source in bound else 0] * len(KINDS)


def test_a_purge_of_loaders_binds_loaders_and_their_halves_only() -> None:
    expected = Expected()
    expected.raise_tags(["loader"], Floor(position=10))
    raised: dict[Kind, int] = {kind: expected.floor(ONE, kind).position for kind in KINDS}
    assert raised == {"settings": 0, "loader": 10, "integrations": 0, "manifest": 10}


def test_the_highest_floor_of_all_tags_counts() -> None:
    expected = Expected()
    expected.raise_counter(ONE, Floor(3, 10, 100.0))
    expected.raise_tags(["all"], Floor(position=12, live_at=103.0))
    expected.raise_tags(["loader"], Floor(position=11, live_at=102.0))
    assert expected.floor(ONE, "loader") == Floor(3, 12, 103.0)
