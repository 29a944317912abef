"""What is written down of the journal, and what it says of copies: unknown is no, and nothing is ever unlearned."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.cache.ledger import PAST, REMEMBERED, Ledger, merged
from edge.model.instant import Instant
from edge.model.position import AsOf

TAGS = ("source:s1", "all")


def place(position: int, epoch: str = "e1") -> AsOf:
    return AsOf(epoch, position, f"{epoch}-{position}")


def ledger(
    position: int,
    *,
    epoch: str = "e1",
    base: int = 0,
    proven: float | None = None,
    floors: dict[str, int] | None = None,
    revoked: dict[str, int] | None = None,
) -> Ledger:
    proven_at = Instant(proven, proven) if proven is not None else None
    return Ledger(place(position, epoch), proven_at, base, floors or {}, revoked or {})


def test_it_vouches_for_what_was_read_at_or_after_every_purge_of_its_tags() -> None:
    known = ledger(10, floors={"source:s1": 6, "source:s2": 9})
    assert known.vouches(place(6), TAGS)
    assert not known.vouches(place(5), TAGS)


def test_it_vouches_for_nothing_below_its_base_and_condemns_nothing_there_that_it_knows_no_purge_of() -> None:
    known = ledger(10, base=4)
    assert known.vouches(place(4), TAGS)
    assert not known.vouches(place(3), TAGS)
    assert not known.condemns(place(3), TAGS)


def test_i20_it_condemns_what_lacks_a_purge_or_a_revoke_however_long_ago() -> None:
    known = ledger(10, base=9, floors={"source:s1": 9}, revoked={"all": 2})
    assert known.condemns(place(8), TAGS)
    assert known.condemns(place(1), ("all",))
    assert not known.condemns(place(2), ("all",))


def test_i20_of_another_epoch_it_vouches_for_nothing_and_condemns_all() -> None:
    known = ledger(10)
    assert not known.vouches(place(99, "e2"), TAGS)
    assert known.condemns(place(99, "e2"), TAGS)


def test_merged_knows_what_either_knew() -> None:
    one = ledger(10, base=2, proven=50.0, floors={"a": 8, "b": 3}, revoked={"a": 8})
    other = ledger(12, base=7, proven=40.0, floors={"a": 5, "c": 12}, revoked={"z": 1})
    both = merged(one, other)
    assert both == merged(other, one)
    assert (both.cursor, both.base, both.proven_at) == (place(12), 2, Instant(50.0, 50.0))
    assert both.floors == {"a": 8, "b": 3, "c": 12}
    assert both.revoked == {"a": 8, "z": 1}


def test_i6_a_stretch_of_the_journal_that_neither_has_seen_is_not_vouched_for() -> None:
    """Down for longer than the window that is loaded at start: between the two lie purges that nobody knows."""
    before, after = ledger(10, base=2), ledger(50, base=30)
    assert merged(before, after).base == 30
    assert merged(before, ledger(50, base=11)).base == 11
    assert merged(before, ledger(50, base=10)).base == 2


def test_a_worker_that_has_not_noticed_the_new_epoch_brings_the_old_one_not_back() -> None:
    ended, begun = ledger(50, revoked={"a": 9}), ledger(3, epoch="e2")
    known = merged(ended, begun)
    assert (known.cursor.epoch, known.past) == ("e2", ("e1",))
    assert merged(known, replace(ended, proven_at=Instant(1e9, 1e9))) == known


def test_only_so_many_epochs_that_ended_are_remembered() -> None:
    known = ledger(1, epoch="e0")
    for number in range(1, 40):
        known = merged(known, ledger(1, epoch=f"e{number}"))
    assert len(known.past) == PAST
    assert known.past[-1] == "e38"


def test_beyond_so_many_tags_the_oldest_are_forgotten_and_the_base_rises_above_them() -> None:
    floors = {f"source:{number}": number for number in range(1, REMEMBERED + 2)}
    known = merged(None, ledger(REMEMBERED + 1, floors=floors, revoked={"source:1": 1}))
    assert len(known.floors) == REMEMBERED // 2
    forgotten = REMEMBERED + 1 - REMEMBERED // 2
    assert known.base == forgotten
    assert not known.vouches(place(forgotten - 1), (f"source:{forgotten}",))
    assert known.condemns(place(0), ("source:1",))


LEDGERS = st.builds(
    lambda position, base, floors, revoked, proven: ledger(
        position, base=min(base, position), proven=proven, floors=floors, revoked=revoked
    ),
    st.integers(0, 30),
    st.integers(0, 30),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 30)),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 30)),
    st.one_of(st.none(), st.floats(0, 100)),
)


@settings(deadline=None)
@given(LEDGERS, LEDGERS)
def test_the_order_of_writers_makes_no_difference_and_writing_twice_none(one: Ledger, other: Ledger) -> None:
    both = merged(one, other)
    known = (both.base, both.floors, both.revoked, both.proven_at, both.cursor.position)
    again = merged(other, one)
    assert known == (again.base, again.floors, again.revoked, again.proven_at, again.cursor.position)
    assert merged(both, one) == merged(both, other) == both


@settings(deadline=None)
@given(LEDGERS, LEDGERS, st.integers(0, 30), st.sampled_from("abc"))
def test_i20_what_either_condemned_both_condemn_and_what_both_vouch_for_either_could_have(
    one: Ledger, other: Ledger, position: int, tag: str
) -> None:
    both, copy = merged(one, other), (place(position), (tag,))
    if one.condemns(*copy) or other.condemns(*copy):
        assert both.condemns(*copy)
        assert not both.vouches(*copy)
    if both.vouches(*copy):
        assert position >= min(one.base, other.base)


@pytest.mark.parametrize("kept", [None, ledger(3)])
def test_a_first_ledger_is_taken_as_it_is(kept: Ledger | None) -> None:
    mine = ledger(10, base=1, floors={"a": 4}, proven=3.0)
    assert merged(kept, mine) == replace(mine, base=1 if kept is None else 0)
