"""What every Roster guarantees, by whichever way: rows, heartbeats, hosts, acknowledgements, and one clock in them."""

import pytest

from edge.model.position import AsOf
from edge.store.roster import AckRow, DiskRow, HostRow, Newcomer, NodeRow
from tests.conformance.ways import Way

pytestmark = pytest.mark.anyio


def at(position: int, epoch: str = "e1") -> AsOf:
    return AsOf(epoch, position, f"entry-{position}")


async def row(way: Way, node: str) -> NodeRow | None:
    return next((row for row in await way.roster.rows() if row.node == node), None)


async def test_a_node_is_in_the_roster_from_joining_to_leaving(way: Way) -> None:
    now = way.control.clock().wall
    await way.roster.join(Newcomer("n1", "h1", "1.0", "edge", "none", "http://127.0.0.1:41234"), now)
    assert await row(way, "n1") == NodeRow("n1", "h1", "", 0, 0, "1.0", now, now, "edge", "http://127.0.0.1:41234")
    await way.roster.leave("n1")
    assert await row(way, "n1") is None


async def test_leaving_twice_is_leaving(way: Way) -> None:
    await way.roster.join(Newcomer("n1", "h1", "1.0"), way.control.clock().wall)
    await way.roster.leave("n1")
    await way.roster.leave("n1")
    assert await row(way, "n1") is None


async def test_every_heartbeat_has_another_number_and_carries_the_cursor(way: Way) -> None:
    clock = way.control.clock
    await way.roster.join(Newcomer("n1", "h1", "1.0"), clock().wall)
    started_at = clock().wall
    for beat in range(1, 4):
        clock.advance(1)
        assert await way.roster.beat("n1", at(5), False, clock().wall)
        assert await row(way, "n1") == NodeRow("n1", "h1", "e1", 5, beat, "1.0", started_at, clock().wall)


async def test_a_heartbeat_of_a_node_that_is_not_there_says_so(way: Way) -> None:
    assert not await way.roster.beat("n1", at(5), True, way.control.clock().wall)
    assert await way.roster.applied_at("e1", 5) == {}


async def test_applied_at_is_when_a_node_first_came_to_the_position_or_beyond(way: Way) -> None:
    clock = way.control.clock
    for node in ("n1", "n2"):
        await way.roster.join(Newcomer(node, "h1", "1.0"), clock().wall)
    start = clock().wall
    for node, position in (("n1", 4), ("n1", 7), ("n2", 4)):
        clock.advance(1)
        await way.roster.beat(node, at(position), True, clock().wall)
    assert await way.roster.applied_at("e1", 4) == {"n1": start + 1, "n2": start + 3}
    assert await way.roster.applied_at("e1", 5) == {"n1": start + 2}
    assert await way.roster.applied_at("e2", 4) == {}


async def test_a_host_stays_when_its_nodes_have_left(way: Way) -> None:
    clock = way.control.clock
    await way.roster.join(Newcomer("n1", "h1", "1.0", front="nginx"), clock().wall)
    clock.advance(2)
    await way.roster.beat("n1", at(4), True, clock().wall)
    await way.roster.leave("n1")
    assert HostRow("h1", "nginx", clock().wall) in await way.roster.hosts()


async def test_a_disk_stays_when_its_node_has_left_as_that_last_reported(way: Way) -> None:
    clock = way.control.clock
    await way.roster.join(Newcomer("n1", "h1", "1.0", "edge", disk="d1"), clock().wall)
    assert [row.disk for row in await way.roster.rows() if row.node == "n1"] == ["d1"]
    clock.advance(2)
    await way.roster.beat("n1", at(4), True, clock().wall)
    reported_at = clock().wall
    clock.advance(2)
    await way.roster.leave("n1")
    assert await way.roster.disks() == [DiskRow("h1", "d1", "n1", "e1", 4, reported_at)]


async def test_a_node_that_keeps_nothing_on_a_disk_leaves_none_behind(way: Way) -> None:
    await way.roster.join(Newcomer("n1", "h1", "1.0"), way.control.clock().wall)
    await way.roster.leave("n1")
    assert await way.roster.disks() == []


async def test_an_acknowledgement_replaces_what_was_known_of_that_host_and_position(way: Way) -> None:
    clock = way.control.clock
    await way.roster.join(Newcomer("n1", "h1", "1.0", front="nginx"), clock().wall)
    await way.roster.ack(AckRow("h1", "e1", 4, last_error="refused"), clock().wall)
    clock.advance(1)
    shown = AckRow("h1", "e1", 4, acked_at=clock().wall, done=2, total=2, resume_after="wk_2")
    await way.roster.ack(shown, clock().wall)
    await way.roster.ack(AckRow("h1", "e1", 5, done=1, total=9, resume_after="wk_1"), clock().wall)
    assert await way.roster.acks("e1", 4) == [shown]
    assert [ack.position for ack in await way.roster.acks_of("h1", "e1")] == [4, 5]
    assert await way.roster.acks("e2", 4) == []
