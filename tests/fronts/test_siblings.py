"""Claims about how far a host has risen, and about doubt."""

from edge.fronts.siblings import Doubt, Siblings, Spans
from edge.journal.membership import Crew
from edge.model.position import AsOf
from edge.store.roster import NodeRow

SPANS = Spans(lease=10, patience=15, window=545, hold=5)


def row(node: str, cursor: int, epoch: str = "e1") -> NodeRow:
    return NodeRow(node, "h1", epoch, cursor, 1, "1", 0, 0)


def crew(*rows: NodeRow) -> Crew:
    return Crew(rows, AsOf("e1", 0, ""))


def test_a_host_has_risen_as_far_as_the_slowest_of_its_nodes() -> None:
    siblings = Siblings("n1")
    siblings.heard("n1", "e1", 9)
    assert siblings.risen(crew(row("n1", 9), row("n2", 7)), "e1") == 7
    siblings.heard("n2", "e1", 8)
    assert siblings.risen(crew(row("n1", 9), row("n2", 7)), "e1") == 8


def test_the_roster_counts_where_a_datagram_was_lost() -> None:
    siblings = Siblings("n1")
    siblings.heard("n1", "e1", 9)
    siblings.heard("n2", "e1", 3)
    assert siblings.risen(crew(row("n1", 9), row("n2", 8)), "e1") == 8


def test_of_itself_a_node_knows_better_than_the_roster() -> None:
    siblings = Siblings("n1")
    assert siblings.risen(crew(row("n1", 9)), "e1") == -1


def test_who_is_in_another_epoch_has_not_risen_at_all() -> None:
    siblings = Siblings("n1")
    siblings.heard("n1", "e2", 5)
    assert siblings.risen(crew(row("n1", 5, "e2"), row("n2", 99, "e1")), "e2") == -1
    siblings.heard("n2", "e1", 99)
    assert siblings.risen(crew(row("n1", 5, "e2"), row("n2", 99, "e1")), "e2") == -1


def test_a_newcomer_is_new_once() -> None:
    siblings, one, two = Siblings("n1"), crew(row("n1", 1)), crew(row("n1", 1), row("n2", 1))
    assert [siblings.newcomers(there) for there in (one, two, two, one, two)] == [False, True, False, False, True]


def test_doubt_ends_once_and_only_where_the_epoch_does_not_tell_the_journals_apart() -> None:
    doubt = Doubt(100.0, same_epoch=True)
    assert [doubt.ends(now, SPANS) for now in (100, 114.9, 115, 115)] == [False, False, True, False]
    assert [doubt.matters(now, SPANS) for now in (100, 644.9, 645)] == [True, True, False]
    assert Doubt(100.0, same_epoch=False).over
