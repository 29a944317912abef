"""The table of what a poll of the journal means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.journal.progress import Advance, Early, Resync, judge, meet, reconcile
from edge.model.change import Entry
from edge.model.position import AsOf
from edge.store.journal_reader import Batch
from tests.support.journal import at, entries, entry


@pytest.mark.parametrize(
    ("cursor", "batch", "applied", "end", "proven"),
    [
        pytest.param(at(0), Batch(at(0), ()), [], 0, True, id="an empty journal"),
        pytest.param(at(0), Batch(at(2), entries(1, 2)), [1, 2], 2, True, id="from nothing to the head"),
        pytest.param(at(3), Batch(at(3), entries(3, 3)), [], 3, True, id="nothing new"),
        pytest.param(at(3), Batch(at(5), entries(3, 5)), [4, 5], 5, True, id="to the head"),
        pytest.param(at(3), Batch(at(9), entries(3, 5)), [4, 5], 5, False, id="more to come"),
        pytest.param(at(3), Batch(at(4), entries(3, 6)), [4, 5, 6], 6, True, id="newer than the head that was read"),
    ],
)
def test_an_unbroken_chain_is_applied_in_order_and_proves_at_the_head(
    cursor: AsOf, batch: Batch, applied: list[int], end: int, proven: bool
) -> None:
    verdict = judge(cursor, batch)
    assert isinstance(verdict, Advance)
    assert [one.position for one in verdict.entries] == applied
    assert verdict.cursor == at(end)
    assert verdict.proven is proven


@pytest.mark.parametrize(
    ("cursor", "batch", "reason"),
    [
        pytest.param(at(3), Batch(at(3, epoch="e2"), entries(3, 3)), "epoch", id="a restored store"),
        pytest.param(at(3), Batch(at(9, epoch="e2"), entries(3, 9)), "epoch", id="a restored store that moved on"),
        pytest.param(at(3), Batch(at(2), ()), "head-behind-cursor", id="an older copy"),
        pytest.param(at(3), Batch(at(0), ()), "head-behind-cursor", id="an emptied journal"),
        pytest.param(at(3), Batch(at(3), (entry(3, life="x"),)), "cursor-replaced", id="the same number, another id"),
        pytest.param(at(3), Batch(at(5), (entry(4), entry(5))), "cursor-replaced", id="the cursor is forgotten"),
        pytest.param(at(3), Batch(at(5), ()), "cursor-replaced", id="everything is forgotten"),
        pytest.param(at(3), Batch(at(5), (entry(3), entry(5))), "gap", id="an entry is missing"),
        pytest.param(
            at(3), Batch(at(4), (entry(3), entry(4, previous="x"))), "gap", id="a predecessor of another life"
        ),
        pytest.param(at(0), Batch(at(2), (entry(2),)), "gap", id="the first entries are forgotten"),
        pytest.param(at(0), Batch(at(1), (entry(1, previous="x"),)), "gap", id="another store at position 0"),
    ],
)
def test_i6_whatever_is_not_the_journal_followed_so_far_is_a_resync(cursor: AsOf, batch: Batch, reason: str) -> None:
    assert judge(cursor, batch) == Resync(reason)


@pytest.mark.parametrize(
    ("cursor", "epoch", "offered", "early"),
    [
        pytest.param(at(3), "e1", entry(4), Early.NEXT, id="the next one"),
        pytest.param(at(0), "e1", entry(1), Early.NEXT, id="the first one of all"),
        pytest.param(at(3), "e1", entry(3), Early.KNOWN, id="the cursor's"),
        pytest.param(at(3), "e1", entry(2), Early.KNOWN, id="an older one"),
        pytest.param(at(3), "e1", entry(5), Early.AHEAD, id="one is missing between"),
        pytest.param(at(3), "e1", entry(5, life="x"), Early.AHEAD, id="beyond a gap nothing can be told of its life"),
        pytest.param(None, "e1", entry(1), Early.AHEAD, id="a journal is being loaded"),
        pytest.param(at(3), "e2", entry(4), Early.STRANGE, id="of another epoch"),
        pytest.param(at(3), "e2", entry(2), Early.STRANGE, id="of another epoch, behind"),
        pytest.param(at(3), "e1", entry(3, life="x"), Early.STRANGE, id="another id at the cursor"),
        pytest.param(at(3), "e1", entry(4, previous="x"), Early.STRANGE, id="another predecessor"),
    ],
)
def test_only_the_successor_of_the_cursor_is_applied_early(
    cursor: AsOf | None, epoch: str, offered: Entry, early: Early
) -> None:
    assert meet(cursor, epoch, offered) is early


def applied_early(first: int, last: int) -> dict[int, str]:
    return {position: str(position) for position in range(first, last + 1)}


@pytest.mark.parametrize(
    ("cursor", "early", "left", "end"),
    [
        pytest.param(at(3), {}, [4, 5], 5, id="nothing came early"),
        pytest.param(at(4), applied_early(4, 4), [5], 5, id="part of it came early"),
        pytest.param(at(5), applied_early(4, 5), [], 5, id="all of it came early"),
        pytest.param(at(7), applied_early(4, 7), [], 7, id="more came early than the poll saw"),
    ],
)
def test_a_poll_leaves_to_do_what_did_not_come_early_and_never_turns_the_cursor_back(
    cursor: AsOf, early: dict[int, str], left: list[int], end: int
) -> None:
    verdict = judge(at(3), Batch(at(5), entries(3, 5)))
    assert isinstance(verdict, Advance)
    merged = reconcile(verdict, cursor, early)
    assert isinstance(merged, Advance)
    assert [one.position for one in merged.entries] == left
    assert (merged.cursor, merged.proven) == (at(end), True)


def test_a_poll_that_has_another_entry_than_the_one_applied_early_is_a_resync() -> None:
    verdict = judge(at(3), Batch(at(5), entries(3, 5)))
    assert isinstance(verdict, Advance)
    assert reconcile(verdict, at(4, "x"), {4: "x4"}) == Resync("offer-replaced")


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_whatever_came_early_a_poll_ends_at_the_later_of_both(sent_at: int, seen: int, early: int) -> None:
    head, cursor = at(sent_at + seen), at(sent_at + early)
    verdict = judge(at(sent_at), Batch(head, entries(max(sent_at, 1), head.position)))
    assert isinstance(verdict, Advance)
    merged = reconcile(verdict, cursor, applied_early(sent_at + 1, cursor.position))
    assert isinstance(merged, Advance)
    assert merged.cursor.position == max(head.position, cursor.position)
    assert [one.position for one in merged.entries] == list(range(cursor.position + 1, head.position + 1))
