"""Claims about receipts: there is no way from a failure, a silence or a doubt to ``live``."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import SQLAlchemyError

from edge.journal.membership import Attendance
from edge.journal.receipts import Receipt, compute
from edge.model.budget import Budget
from edge.model.change import Entry, Verb
from edge.model.tags import source_tag
from edge.store.roster import CURSOR_MEMORY, DiskRow, Newcomer, NodeRow, Roster
from tests.support.clock import HandClock
from tests.support.node import BUDGET, PATIENCE, HandNode, join
from tests.support.sqlite import outage
from tests.support.world import SOURCE, World

pytestmark = pytest.mark.anyio
AT = 1000.0
TAG = source_tag(SOURCE.id)


def entry(verb: Verb = "change") -> Entry:
    return Entry(5, "5", "4", verb, ("all",), (), (), "tests", "", AT, {})


def row(node: str, cursor: int, *, epoch: str = "e1", host: str = "h1", reported_at: float = AT) -> NodeRow:
    return NodeRow(node, host, epoch, cursor, 1, "1", AT - 100, reported_at)


def receipt(
    *live: NodeRow,
    silent: tuple[NodeRow, ...] = (),
    certain: bool = True,
    verb: Verb = "change",
    applied_at: dict[str, float] | None = None,
    disks: tuple[DiskRow, ...] = (),
    now: float = AT + 1,
    budget: Budget = BUDGET,
) -> Receipt:
    attendance = Attendance(live, silent, certain, PATIENCE)
    return compute(entry(verb), "e1", attendance, applied_at or {}, disks=disks, budget=budget, now=now)


rows = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["e1", "e2"])), max_size=4)


@given(rows, st.booleans())
def test_live_means_that_every_live_node_is_there_and_there_is_one_and_nothing_is_in_doubt(
    nodes: list[tuple[int, str]], certain: bool
) -> None:
    live = [row(f"n{number}", cursor, epoch=epoch) for number, (cursor, epoch) in enumerate(nodes)]
    there = bool(nodes) and all(cursor >= 5 and epoch == "e1" for cursor, epoch in nodes)
    made = receipt(*live, certain=certain)
    assert made.state == ("settled" if there and certain else "pending")
    assert (made.propagation_ms is None) is (made.browsers_until is None) is (made.state == "pending")


def test_a_silent_node_holds_up_no_change_but_a_revoke_until_its_on_error_limit() -> None:
    behind = row("n2", 4, reported_at=AT - 20)
    until = AT - 20 + PATIENCE + BUDGET.on_error()
    assert receipt(row("n1", 5), silent=(behind,)).state == "settled"
    waiting = receipt(row("n1", 5), silent=(behind,), verb="revoke")
    assert (waiting.state, [(node.node, node.until) for node in waiting.unreachable]) == ("live", [("n2", until)])
    assert receipt(row("n1", 5), silent=(behind,), verb="revoke", now=until - 0.001).state == "live"
    assert receipt(row("n1", 5), silent=(behind,), verb="revoke", now=until).state == "settled"


def test_a_silent_node_that_was_there_before_it_fell_silent_is_not_waited_for() -> None:
    made = receipt(row("n1", 5), silent=(row("n2", 5),), verb="revoke")
    assert (made.state, made.unreachable) == ("settled", ())


def left(cursor: int, *, epoch: str = "e1") -> DiskRow:
    return DiskRow("h2", "d1", "n9", epoch, cursor, AT - 20)


def test_i20_a_revoke_is_not_settled_while_a_disk_that_was_left_behind_may_bring_back_what_it_names() -> None:
    until = AT - 20 + PATIENCE + BUDGET.on_error()
    for behind in (left(4), left(9, epoch="e0")):
        waiting = receipt(row("n1", 5), disks=(behind,), verb="revoke")
        assert (waiting.state, [(one.host, one.node, one.until) for one in waiting.unreachable]) == (
            "live",
            [("h2", "n9", until)],
        )
        assert receipt(row("n1", 5), disks=(behind,), verb="revoke", now=until - 0.001).state == "live"
        over = receipt(row("n1", 5), disks=(behind,), verb="revoke", now=until)
        assert (over.state, over.unreachable) == ("settled", ())


def test_a_disk_that_was_left_behind_holds_up_nothing_but_a_revoke() -> None:
    made = receipt(row("n1", 5), disks=(left(4),))
    assert (made.state, made.unreachable) == ("settled", ())


def test_a_revoke_that_was_written_down_on_a_disk_is_not_waited_for_there() -> None:
    assert receipt(row("n1", 5), disks=(left(5),), verb="revoke").state == "settled"
    silent = replace(row("n2", 5, host="h2"), disk="d1")
    assert receipt(row("n1", 5), silent=(silent,), disks=(left(4),), verb="revoke").state == "settled"


def test_a_disk_is_looked_after_by_the_live_node_that_has_gone_on_with_it_and_by_no_other() -> None:
    heir = replace(row("n2", 5, host="h2"), disk="d1")
    assert receipt(row("n1", 5), heir, disks=(left(4),), verb="revoke").state == "settled"
    behind = receipt(row("n1", 5), replace(heir, cursor=4), disks=(left(4),), verb="revoke")
    assert (behind.state, behind.unreachable) == ("pending", ())
    for other in (replace(heir, disk="d2"), replace(heir, host="h3"), replace(heir, disk="")):
        assert receipt(row("n1", 5), other, disks=(left(4),), verb="revoke").state == "live"


def test_a_disk_is_named_beside_a_silent_node_that_has_gone_on_with_it_only_where_it_lasts_longer() -> None:
    for reported_at, named in ((AT - 30, ["n2", "n9"]), (AT - 20, ["n2"]), (AT - 10, ["n2"])):
        silent = replace(row("n2", 4, host="h2", reported_at=reported_at), disk="d1")
        made = receipt(row("n1", 5), silent=(silent,), disks=(left(4),), verb="revoke")
        assert [one.node for one in made.unreachable] == named
        assert max(one.until for one in made.unreachable) >= AT - 20 + PATIENCE + BUDGET.on_error()


def test_a_hard_budget_ends_the_waiting_for_a_silent_node_within_it() -> None:
    made = receipt(row("n1", 5), silent=(row("n2", 4),), verb="revoke", budget=Budget(stale_if_error=0))
    assert made.unreachable[0].until == AT + PATIENCE + 1780


def test_propagation_is_the_slowest_node_and_browsers_follow_it_by_their_share() -> None:
    made = receipt(row("n1", 5), row("n2", 6), applied_at={"n1": AT + 0.010, "n2": AT + 0.250})
    assert made.propagation_ms == 250
    assert made.browsers_until == AT + 0.250 + BUDGET.downstream()


def test_browsers_are_counted_from_when_a_silent_node_was_fenced_at_the_latest() -> None:
    made = receipt(row("n1", 5), silent=(row("n2", 4, reported_at=AT - 1),), applied_at={"n1": AT + 0.010})
    assert made.browsers_until == AT - 1 + PATIENCE + BUDGET.downstream()


def test_a_node_that_joined_later_says_nothing_of_propagation() -> None:
    late = replace(row("n2", 6), started_at=AT + 0.5)
    made = receipt(row("n1", 5), late, applied_at={"n1": AT + 0.010, "n2": AT + 900})
    assert made.propagation_ms == 10


def test_beyond_the_rosters_memory_nothing_is_said_of_when_it_was_live() -> None:
    made = receipt(row("n1", 9), applied_at={"n1": AT + 7000}, now=AT + CURSOR_MEMORY)
    assert (made.state, made.propagation_ms, made.browsers_until) == ("settled", None, None)


def test_nodes_are_listed_by_host_with_their_cursors() -> None:
    made = receipt(row("n1", 5), row("n2", 4), row("n3", 7, host="h2"), applied_at={"n1": AT + 0.010})
    assert [(host.host, [(node.node, node.cursor, node.applied_at) for node in host.nodes]) for host in made.hosts] == [
        ("h1", [("n1", 5, AT + 0.010), ("n2", 4, None)]),
        ("h2", [("n3", 7, AT)]),
    ]


def test_a_receipt_as_json_has_the_documented_fields() -> None:
    assert set(receipt(row("n1", 5)).as_json()) == {
        "position", "state", "verb", "tags", "committed_at", "propagation_ms", "browsers_until", "last_error", "hosts",
        "unreachable",
    }  # fmt: skip


async def two_nodes(world: World, roster: Roster, clock: HandClock) -> tuple[HandNode, HandNode]:
    """Both at the head, and the first has seen the second."""
    first, second = [await join(world, roster, clock, name) for name in ("n1", "n2")]
    for node in (first, second):
        await node.follow()
    await first.membership.attendance(clock())
    return first, second


async def state(node: HandNode, position: int) -> str:
    found = await node.receipts.of(position)
    assert found is not None
    return found.state


async def test_a_change_is_pending_until_the_last_node_has_applied_it(
    world: World, roster: Roster, clock: HandClock
) -> None:
    first, second = await two_nodes(world, roster, clock)
    change = await world.configure("second-api-key")
    assert await state(first, change.position) == "pending"
    await first.follow()
    assert await state(first, change.position) == "pending"
    clock.advance(0.25)
    await second.follow()
    found = await first.receipts.of(change.position)
    assert found is not None
    assert (found.state, found.propagation_ms) == ("settled", 250)


async def test_a_silent_node_is_waited_for_until_it_is_fenced_for_certain(
    world: World, roster: Roster, clock: HandClock
) -> None:
    first, second = await two_nodes(world, roster, clock)
    revoke = await world.purge(TAG, verb="revoke")
    clock.advance(PATIENCE - 0.001)
    await first.follow()
    assert await state(first, revoke.position) == "pending"
    clock.advance(0.001)
    assert second.fenced()
    assert await state(first, revoke.position) == "live"
    clock.advance(BUDGET.on_error())
    await first.follow()
    assert await state(first, revoke.position) == "settled"


async def test_i30_a_revoke_settles_no_sooner_than_a_silent_node_has_nothing_left_to_answer_on_error(
    world: World, roster: Roster, clock: HandClock
) -> None:
    first, second = await two_nodes(world, roster, clock)
    with outage(world.directory / "roster.db", "nodes"):
        for _ in range(9):
            clock.advance(1)
            await second.follow()
    last_confirmed = second.proof.proven_at
    assert last_confirmed is not None
    revoke = await world.purge(TAG, verb="revoke")
    clock.advance(PATIENCE)
    await first.follow()
    found = await first.receipts.of(revoke.position)
    assert found is not None
    assert found.unreachable[0].until >= last_confirmed.wall + BUDGET.on_error()


async def test_i20_a_node_that_left_in_order_is_not_waited_for_and_its_disk_is(
    world: World, roster: Roster, clock: HandClock
) -> None:
    first, _ = await two_nodes(world, roster, clock)
    await roster.join(Newcomer("n3", "h3", "1", "edge", disk="d1"), clock().wall)
    await roster.leave("n3")
    change, revoke = await world.configure("second-api-key"), await world.purge(TAG, verb="revoke")
    clock.advance(PATIENCE)
    await first.follow()
    assert [await state(first, entry.position) for entry in (change, revoke)] == ["settled", "live"]


async def test_no_receipt_comes_of_a_roster_or_store_that_cannot_be_read(
    world: World, roster: Roster, clock: HandClock
) -> None:
    first, second = await two_nodes(world, roster, clock)
    change = await world.configure("second-api-key")
    for node in (first, second):
        await node.follow()
    for file, table in (("roster.db", "nodes"), ("edgewise.db", "journal")):
        with outage(world.directory / file, table), pytest.raises(SQLAlchemyError):
            await first.receipts.of(change.position)
    assert await state(first, change.position) == "settled"


async def test_waiting_ends_with_live_or_with_its_time(world: World, roster: Roster, clock: HandClock) -> None:
    first, second = await two_nodes(world, roster, clock)
    change = await world.configure("second-api-key")
    stood = await first.receipts.wait_live(change.position, 0)
    assert stood is not None
    assert stood.state == "pending"
    waiting = asyncio.create_task(first.receipts.wait_live(change.position, 60))
    for node in (first, second):
        await node.follow()
    became = await waiting
    assert became is not None
    assert became.state == "settled"


async def test_a_position_that_is_not_there_has_no_receipt(world: World, roster: Roster, clock: HandClock) -> None:
    first = await join(world, roster, clock, "n1")
    assert await first.receipts.of(99) is None
    assert await first.receipts.wait_live(99, 60) is None
