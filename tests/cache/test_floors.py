"""Claims about floors: what raises them, what never lowers them, and what is unknown."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.cache.floors import Floors
from edge.model.change import Entry
from edge.model.position import AsOf
from tests.cache.stage import entry_at

TAGS = ("source:a", "source:b", "all")
tags = st.sampled_from(TAGS)
entries = st.lists(st.tuples(st.integers(1, 40), tags), max_size=12)


def at(position: int, epoch: str = "e1") -> AsOf:
    return AsOf(epoch, position, str(position))


def floors_at(head: int = 0, recent: tuple[Entry, ...] = (), remembered: int = 1000) -> Floors:
    floors = Floors(remembered)
    floors.restart(at(head), recent, {})
    return floors


@given(st.permutations([entry_at(3, "source:a"), entry_at(5, "source:a", "all"), entry_at(8, "all")]))
def test_i5_floors_are_the_same_in_whatever_order_entries_come(order: list[Entry]) -> None:
    floors = floors_at()
    for entry in order:
        floors.apply(entry)
    assert [floors.passes(at(position), ["source:a"], 1) for position in (4, 5)] == [False, True]
    assert [floors.passes(at(position), ["all"], 1) for position in (7, 8)] == [False, True]


@given(entries, st.integers(0, 40), st.frozensets(tags, min_size=1))
def test_i6_what_passes_is_at_or_above_every_purge_of_its_tags_however_few_are_remembered(
    applied: list[tuple[int, str]], position: int, asked: frozenset[str]
) -> None:
    floors = floors_at(remembered=2)
    for purged, tag in applied:
        floors.apply(entry_at(purged, tag))
    if floors.passes(at(position), asked, 1):
        assert all(purged <= position for purged, tag in applied if tag in asked)


@given(entries, st.integers(0, 40), st.frozensets(tags, min_size=1))
def test_i8_no_entry_makes_pass_what_did_not(
    applied: list[tuple[int, str]], position: int, asked: frozenset[str]
) -> None:
    floors = floors_at(remembered=2)
    passed = floors.passes(at(position), asked, 1)
    for purged, tag in applied:
        floors.apply(entry_at(purged, tag))
        passes = floors.passes(at(position), asked, 1)
        assert passed or not passes
        passed = passes


@given(entries, st.integers(0, 40), st.frozensets(tags, min_size=1))
def test_an_answer_turns_from_yes_to_no_only_with_a_new_version(
    applied: list[tuple[int, str]], position: int, asked: frozenset[str]
) -> None:
    floors = floors_at(remembered=2)
    seen = (floors.version, floors.passes(at(position), asked, 1))
    for purged, tag in applied:
        floors.apply(entry_at(purged, tag))
        now = (floors.version, floors.passes(at(position), asked, 1))
        assert now[0] != seen[0] or now[1] == seen[1]
        seen = now


def test_i6_an_as_of_below_a_forgotten_floor_never_passes() -> None:
    floors = floors_at(remembered=4)
    for position in range(1, 8):
        floors.apply(entry_at(position, f"source:{position}"))
    assert not floors.passes(at(1), ["source:untouched"], 1)
    assert not floors.passes(at(1), ["source:1"], 1)
    assert floors.passes(at(7), ["source:1"], 1)


def test_i6_another_epoch_and_an_earlier_generation_never_pass_whatever_their_number() -> None:
    floors = floors_at(5)
    assert floors.passes(at(5), ["all"], floors.generation)
    assert not floors.passes(at(500, "e2"), ["all"], floors.generation)
    floors.restart(at(5), (), {})
    assert not floors.passes(at(500), ["all"], floors.generation - 1)


def test_i6_a_place_is_told_with_its_id_only_where_this_journal_is_known() -> None:
    floors = floors_at(5)
    floors.apply(entry_at(6))
    assert [floors.place("e1", position) for position in (4, 5, 6, 7)] == [None, at(5), at(6), None]
    assert floors.place("e2", 5) is None


def test_i6_what_is_outdated_is_fresh_never_again_and_what_is_read_after_it_is() -> None:
    floors = floors_at(5)
    read_in, version = floors.generation, floors.version
    floors.outdate()
    assert floors.version > version
    assert not floors.passes(at(5), ["all"], read_in)
    assert floors.passes(at(5), ["all"], floors.generation)


def test_i6_before_the_first_sync_nothing_passes() -> None:
    assert not Floors().passes(at(0), ["all"], 0)


def window(*positions: int) -> tuple[Entry, ...]:
    return tuple(entry_at(position, f"source:{position}") for position in positions)


@pytest.mark.parametrize(
    ("head", "recent", "base"),
    [
        (12, (), 12),
        (12, (12,), 12),
        (12, (10, 11, 12), 10),
        (12, (10, 12), 12),
        (12, (11,), 12),
        (12, (10, 11, 12, 13), 10),
        (12, (13,), 12),
        (0, (), 0),
    ],
)
def test_i6_floors_are_complete_only_above_the_unbroken_run_that_was_loaded(
    head: int, recent: tuple[int, ...], base: int
) -> None:
    floors = floors_at(head, window(*recent))
    assert floors.passes(at(base), ["source:other"], 1)
    assert not floors.passes(at(base - 1), ["source:other"], 1)


@pytest.mark.parametrize(
    ("head", "recent", "known"),
    [
        (12, (), [12]),
        (12, (10, 11, 12), [10, 11, 12]),
        (12, (10, 12), [12]),
        (12, (10, 11, 12, 13), [10, 11, 12, 13]),
        (12, (14,), [12]),
        (0, (), [0]),
    ],
)
def test_i6_the_ids_of_the_unbroken_run_that_was_loaded_are_known_and_the_heads_always(
    head: int, recent: tuple[int, ...], known: list[int]
) -> None:
    floors = floors_at(head, window(*recent))
    assert [position for position in range(20) if floors.has(at(position))] == known


def test_i6_an_id_is_known_for_its_position_in_its_epoch_alone() -> None:
    floors = floors_at(5)
    floors.apply(entry_at(6, "source:a"))
    floors.apply(entry_at(7))
    assert all(floors.has(at(position)) for position in (5, 6, 7))
    assert not floors.has(at(8))
    assert not floors.has(AsOf("e1", 6, "x6"))
    assert not floors.has(at(6, "e2"))
    floors.restart(at(7, "e2"), (), {})
    assert not floors.has(at(6, "e2"))
    assert not Floors().has(at(0))


def test_a_window_that_reaches_beyond_its_head_is_applied_once_more_without_harm() -> None:
    floors = floors_at(1, (entry_at(2, "all"), entry_at(3, "all")))
    floors.apply(entry_at(2, "all"))
    assert not floors.passes(at(2), ["all"], 1)
    assert floors.passes(at(3), ["all"], 1)


def test_a_tag_that_was_never_purged_holds_nothing_back() -> None:
    assert floors_at().passes(at(0), ["source:quiet"], 1)


def test_a_revoke_floor_outlives_what_is_remembered() -> None:
    floors = floors_at(remembered=4)
    floors.apply(entry_at(1, "source:a", verb="revoke"))
    for position in range(2, 20):
        floors.apply(entry_at(position, f"source:{position}"))
    assert floors.revoked(at(0), ["source:a"], 1)
    assert not floors.revoked(at(1), ["source:a"], 1)


@pytest.mark.parametrize("verb", ["change", "invalidate"])
def test_only_a_revoke_is_a_revoke(verb: str) -> None:
    floors = floors_at()
    floors.apply(entry_at(2, "all", verb="change" if verb == "change" else "invalidate"))
    assert not floors.revoked(at(1), ["all"], 1)


def restarted(then: Callable[[Floors], None]) -> Floors:
    floors = floors_at(1)
    then(floors)
    floors.restart(at(1, "e2"), (), {})
    return floors


def test_across_restarts_any_revoke_of_a_tag_counts() -> None:
    floors = floors_at(1)
    floors.restart(at(1, "e2"), (), {"all": 1})
    assert floors.revoked(at(900), ["all"], 1)
    assert not floors.revoked(at(900), ["source:a"], 1)


def test_a_revoke_that_a_restored_store_lacks_is_still_known_to_the_node_that_saw_it() -> None:
    floors = restarted(lambda floors: floors.apply(entry_at(2, "source:a", verb="revoke")))
    assert floors.revoked(at(1), ["source:a"], 1)


def test_what_is_read_after_the_restart_is_free_of_revokes_that_the_store_lost() -> None:
    floors = restarted(lambda floors: floors.apply(entry_at(2, "source:a", verb="revoke")))
    assert not floors.revoked(at(1, "e2"), ["source:a"], floors.generation)


def test_i20_what_is_below_a_floor_or_a_revoke_is_condemned_and_what_is_unknown_is_not() -> None:
    floors = Floors()
    floors.restart(at(9), (entry_at(8, "source:a"), entry_at(9)), {"all": 2})
    assert floors.condemns(at(7), ["source:a"])
    assert floors.condemns(at(1), ["all"])
    assert not floors.condemns(at(8), ["source:a", "all"])
    assert not floors.condemns(at(3), ["source:b"]), "below the base nothing is known of it"
    assert not floors.condemns(at(1, "e2"), ["all"])


def test_a_copy_is_not_touched_by_what_is_applied_later() -> None:
    floors = floors_at(3, (entry_at(3, "source:a"),))
    copy = floors.copy()
    floors.apply(entry_at(4, "all", verb="revoke"))
    assert (copy.base, copy.floors, copy.revoked) == (3, {"source:a": 3}, {})


def test_an_id_is_known_for_every_position_that_was_applied_and_no_other() -> None:
    floors = floors_at(2, (entry_at(1), entry_at(2)))
    floors.apply(entry_at(3))
    assert all(floors.has(at(position)) for position in (1, 2, 3))
    assert not floors.has(at(4))
    assert not floors.has(AsOf("e1", 3, "another"))
    assert not floors.has(at(3, "e2"))
