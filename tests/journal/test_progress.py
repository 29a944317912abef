"""The table of what a poll of the journal means."""

import pytest

from edge.journal.progress import Advance, Resync, judge
from edge.model.change import Entry
from edge.model.position import AsOf
from edge.store.journal_reader import Batch


def entry(position: int, life: str = "", previous: str | None = None) -> Entry:
    before = previous if previous is not None else f"{life}{position - 1}"
    return Entry(position, f"{life}{position}", before, "change", (), (), (), "tests", "", 0.0, {})


def at(position: int, life: str = "", epoch: str = "e1") -> AsOf:
    return AsOf(epoch, position, f"{life}{position}")


def entries(first: int, last: int) -> tuple[Entry, ...]:
    return tuple(entry(position) for position in range(first, last + 1))


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
        pytest.param(at(3), Batch(at(3), (entry(3, "x"),)), "cursor-replaced", id="the same number, another id"),
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
