"""Claims about receipts where hosts have fronts: shown before live, rebound before settled, and never for ever."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edge.journal.fronted import FrontReceipt
from edge.journal.membership import Attendance
from edge.journal.receipts import Receipt, compute
from edge.model.change import Entry
from edge.store.roster import AckRow, HostRow, NodeRow
from tests.support.node import BUDGET, PATIENCE

AT = 1000.0
COPIES = BUDGET.front_copies()
ENTRY = Entry(5, "5", "4", "change", ("source:s1",), ("wk_1234567",), (), "tests", "", AT, {})


def node(name: str, host: str = "h1", cursor: int = 5, started_at: float = AT - 100) -> NodeRow:
    return NodeRow(name, host, "e1", cursor, 1, "1", started_at, AT)


def host(name: str = "h1", front: str = "nginx", seen_at: float = AT) -> HostRow:
    return HostRow(name, front, seen_at)


def ack(name: str = "h1", acked_at: float | None = AT + 0.5, rebound_at: float | None = None) -> AckRow:
    return AckRow(name, "e1", 5, acked_at, rebound_at, done=1, total=1)


def receipt(
    *acks: AckRow,
    live: tuple[NodeRow, ...] = (node("n1"),),
    silent: tuple[NodeRow, ...] = (),
    hosts: tuple[HostRow, ...] = (host(),),
    now: float = AT + 1,
    entry: Entry = ENTRY,
    applied_at: dict[str, float] | None = None,
    certain: bool = True,
) -> Receipt:
    attendance = Attendance(live, silent, certain, PATIENCE, hosts)
    return compute(entry, "e1", attendance, applied_at or {}, acks, budget=BUDGET, now=now)


def test_it_is_live_when_the_front_of_every_host_with_a_live_node_shows_it() -> None:
    two, both = (node("n1"), node("n2", "h2")), (host(), host("h2"))
    assert receipt().state == "pending"
    assert receipt(ack(acked_at=None)).state == "pending"
    assert receipt(ack()).state == "live"
    assert receipt(ack(), live=two, hosts=both).state == "pending"
    assert receipt(ack(), ack("h2"), live=two, hosts=both).state == "live"
    assert receipt(live=two, hosts=(host(front="none"), host("h2", "none"))).state == "settled"


def test_it_is_settled_when_every_rebound_is_sent() -> None:
    two = (node("n1"), node("n2", "h2"))
    both = (host(), host("h2"))
    done = ack(rebound_at=AT + 6)
    assert receipt(done).state == "settled"
    assert receipt(done, ack("h2"), live=two, hosts=both).state == "live"
    assert receipt(done, ack("h2", rebound_at=AT + 7), live=two, hosts=both).state == "settled"


def test_a_host_without_a_live_node_is_not_waited_for_but_holds_up_settled_until_its_copies_have_ended() -> None:
    hosts = (host(), host("h2", seen_at=AT - 50))
    until = AT - 50 + PATIENCE + COPIES
    made = receipt(ack(rebound_at=AT + 6), hosts=hosts)
    assert (made.state, [(one.host, one.node, one.until) for one in made.unreachable]) == (
        "live",
        [("h2", None, until)],
    )
    assert receipt(ack(rebound_at=AT + 6), hosts=hosts, now=until - 0.001).state == "live"
    assert receipt(ack(rebound_at=AT + 6), hosts=hosts, now=until).state == "settled"


def test_a_host_that_left_after_its_rebound_has_nothing_older() -> None:
    made = receipt(ack(rebound_at=AT + 6), ack("h2", rebound_at=AT + 6), hosts=(host(), host("h2")))
    assert (made.state, made.unreachable) == ("settled", ())


def test_a_host_without_a_live_node_ends_no_later_than_what_it_can_hold_from_before_the_entry() -> None:
    made = receipt(ack(rebound_at=AT + 6), hosts=(host(), host("h2", seen_at=AT + 100)))
    assert made.unreachable[0].until == AT + COPIES


def test_i7_from_exactly_when_copies_have_ended_no_front_is_asked_for_anything() -> None:
    failing = replace(ack(acked_at=None), last_error="answered 503")
    assert receipt(failing, now=AT + COPIES - 0.001).state == "pending"
    over = receipt(failing, now=AT + COPIES)
    assert (over.state, over.last_error) == ("settled", "h1: answered 503")
    assert receipt(now=AT + COPIES).state == "settled"


def test_an_entry_without_tags_needs_no_front() -> None:
    assert receipt(entry=replace(ENTRY, tags=())).state == "settled"


def test_i13_what_fronts_complain_of_is_in_the_receipt_with_the_host() -> None:
    two = (node("n1"), node("n2", "h2"))
    wrong = replace(ack(acked_at=None), last_error="answered 503")
    made = receipt(wrong, replace(wrong, host="h2", last_error="no answer"), live=two, hosts=(host(), host("h2")))
    assert (made.state, made.last_error) == ("pending", "h1: answered 503; h2: no answer")
    assert [one.front.last_error for one in made.hosts] == ["answered 503", "no answer"]


def test_a_host_says_how_far_its_front_has_come() -> None:
    made = receipt(AckRow("h1", "e1", 5, done=120, total=10_000, resume_after="wk"))
    assert made.hosts[0].front == FrontReceipt("nginx", done=120, total=10_000)
    assert receipt().hosts[0].front == FrontReceipt("nginx")
    assert receipt(hosts=(host(front="none"),)).hosts[0].front == FrontReceipt()


def test_propagation_is_the_slowest_of_nodes_and_fronts() -> None:
    assert receipt(ack(acked_at=AT + 0.3), applied_at={"n1": AT + 0.1}).propagation_ms == 300
    late = node("n1", started_at=AT + 50)
    assert receipt(ack(acked_at=AT + 60), live=(late,), now=AT + 61).propagation_ms == 0


def test_browsers_are_counted_from_the_rebound_and_until_then_from_when_copies_end() -> None:
    assert receipt(ack()).browsers_until == AT + COPIES + BUDGET.downstream()
    assert receipt(ack(rebound_at=AT + 6)).browsers_until == AT + 6 + BUDGET.downstream()
    hosts = (host(), host("h2", seen_at=AT - 50))
    assert (
        receipt(ack(rebound_at=AT + 6), hosts=hosts).browsers_until == AT - 50 + PATIENCE + COPIES + BUDGET.downstream()
    )


def test_a_node_of_before_hosts_were_known_has_no_front() -> None:
    assert receipt(hosts=()).state == "settled"


@given(
    fronts=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.integers(4, 6)), min_size=1, max_size=4),
    certain=st.booleans(),
)
def test_there_is_no_way_to_live_but_by_every_node_and_every_front(
    fronts: list[tuple[bool, bool, bool, int]], certain: bool
) -> None:
    """(has a front, acked, rebound, cursor) of each host."""
    names = [f"h{number}" for number in range(len(fronts))]
    made = receipt(
        *(
            ack(name, AT + 0.5 if acked else None, AT + 6 if acked and rebound else None)
            for name, (_, acked, rebound, _) in zip(names, fronts, strict=True)
        ),
        live=tuple(node(f"n{name}", name, cursor) for name, (*_, cursor) in zip(names, fronts, strict=True)),
        hosts=tuple(host(name, "nginx" if has else "none") for name, (has, *_) in zip(names, fronts, strict=True)),
        certain=certain,
    )
    live = certain and all(cursor >= 5 and (not has or acked) for has, acked, _, cursor in fronts)
    settled = live and all(not has or rebound for has, _, rebound, _ in fronts)
    assert made.state == ("settled" if settled else "live" if live else "pending")


def test_settled_is_live_and_more() -> None:
    settled = receipt(ack(rebound_at=AT + 6))
    assert settled.reached("live")
    assert settled.reached("settled")
    assert receipt(ack()).reached("live")
    assert not receipt(ack()).reached("settled")
