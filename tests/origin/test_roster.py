"""The roster by a control node: one clock for what is written, each node's own for what it reads."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from edge.model.position import AsOf
from edge.origin.client import OriginClient
from edge.origin.connection import OriginError
from edge.origin.roster import OriginRoster
from edge.store.roster import AckRow, Newcomer
from tests.origin.stage import Control
from tests.support.clock import HandClock
from tests.support.sqlite import outage

pytestmark = pytest.mark.anyio
AHEAD = 3600.0
NODE = Newcomer("n1", "h1", "1", "edge", "nginx")


@pytest.fixture
def own_clock(control: Control) -> HandClock:
    """An edge node's, an hour ahead of the control node's."""
    return HandClock(control.clock.wall + AHEAD)


@pytest.fixture
async def roster(client: OriginClient, own_clock: HandClock) -> OriginRoster:
    return OriginRoster(client, own_clock)


async def test_what_is_written_is_by_the_control_nodes_clock(
    control: Control, roster: OriginRoster, own_clock: HandClock
) -> None:
    written_at, own = control.clock().wall, own_clock().wall
    await roster.join(NODE, own)
    await roster.beat("n1", AsOf("e1", 7, "7"), True, own)
    await roster.ack(AckRow("h1", "e1", 7, acked_at=own - 2, rebound_at=own - 1), own)
    (row,) = [row for row in await control.ground.roster.rows() if row.node == "n1"]
    (host,) = [host for host in await control.ground.roster.hosts() if host.host == "h1"]
    (ack,) = await control.ground.roster.acks("e1", 7)
    assert (row.started_at, row.reported_at, host.seen_at) == (written_at, written_at, written_at)
    assert (ack.acked_at, ack.rebound_at) == (written_at - 2, written_at - 1)
    assert await control.ground.roster.applied_at("e1", 7) == {"n1": written_at}


async def test_what_is_read_is_by_this_nodes_clock(
    control: Control, roster: OriginRoster, own_clock: HandClock
) -> None:
    own = own_clock().wall
    await roster.join(NODE, own)
    await roster.beat("n1", AsOf("e1", 7, "7"), True, own)
    await roster.ack(AckRow("h1", "e1", 7, acked_at=own - 2), own)
    for clock in (control.clock, own_clock):
        clock.advance(10)
    (row,) = [row for row in await roster.rows() if row.node == "n1"]
    (host,) = [host for host in await roster.hosts() if host.host == "h1"]
    assert (row.started_at, row.reported_at, host.seen_at) == (own, own, own)
    assert await roster.acks("e1", 7) == await roster.acks_of("h1", "e1")
    assert (await roster.acks("e1", 7))[0].acked_at == own - 2
    assert await roster.applied_at("e1", 7) == {"n1": own}


async def test_a_disk_that_was_left_behind_is_read_by_this_nodes_clock(
    control: Control, roster: OriginRoster, own_clock: HandClock
) -> None:
    own = own_clock().wall
    await roster.join(replace(NODE, disk="d1"), own)
    await roster.beat("n1", AsOf("e1", 7, "7"), True, own)
    await roster.leave("n1")
    assert [(one.disk, one.reported_at) for one in await roster.disks()] == [("d1", own)]
    assert [one.reported_at for one in await control.ground.roster.disks()] == [own - AHEAD]


async def test_an_acknowledgement_that_was_read_can_be_written_again_as_it_is(
    control: Control, roster: OriginRoster, own_clock: HandClock
) -> None:
    await roster.join(NODE, own_clock().wall)
    await roster.ack(AckRow("h1", "e1", 7, acked_at=own_clock().wall), own_clock().wall)
    before = await control.ground.roster.acks("e1", 7)
    for clock in (control.clock, own_clock):
        clock.advance(10)
    (read,) = await roster.acks("e1", 7)
    await roster.ack(read, own_clock().wall)
    assert await control.ground.roster.acks("e1", 7) == before


async def test_a_node_whose_answer_was_lost_joins_again_and_is_there_once(
    control: Control, roster: OriginRoster, own_clock: HandClock
) -> None:
    for _ in range(2):
        await roster.join(NODE, own_clock().wall)
    assert [row.node for row in await control.ground.roster.rows() if row.node == "n1"] == ["n1"]


async def test_a_join_that_failed_for_another_reason_is_not_taken_for_done(
    control: Control, roster: OriginRoster, own_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def clash(_newcomer: Newcomer, _now: float) -> None:
        raise IntegrityError("hosts", None, ValueError())

    monkeypatch.setattr(control.ground.roster, "join", clash)
    with pytest.raises(OriginError, match="status-503"):
        await roster.join(NODE, own_clock().wall)


async def test_a_heartbeat_is_not_sent_before_what_comes_before_it_is_done(
    control: Control, client: OriginClient, own_clock: HandClock
) -> None:
    done: list[str] = []

    async def secure() -> None:
        done.append("asked")
        if len(done) == 1:
            raise OSError(30, "Read-only file system")

    roster = OriginRoster(client, own_clock, secure)
    await roster.join(NODE, own_clock().wall)
    with pytest.raises(OSError, match="Read-only"):
        await roster.beat("n1", AsOf("e1", 7, "7"), True, own_clock().wall)
    assert [row.beat for row in await control.ground.roster.rows() if row.node == "n1"] == [0]
    assert await roster.beat("n1", AsOf("e1", 7, "7"), True, own_clock().wall)


async def test_a_roster_that_cannot_be_used_is_a_failure(control: Control, roster: OriginRoster) -> None:
    with outage(control.world.directory / "roster.db", "nodes"), pytest.raises(OriginError, match="status-503"):
        await roster.rows()


async def test_who_waits_for_a_receipt_looks_again_as_soon_as_an_edge_node_has_written(
    control: Control, roster: OriginRoster, own_clock: HandClock
) -> None:
    bell, own = control.ground.membership.bell, own_clock().wall
    cursor = AsOf("e1", 7, "7")
    for written in (
        roster.join(NODE, own),
        roster.beat("n1", cursor, True, own),
        roster.ack(AckRow("h1", "e1", 7, acked_at=own), own),
        roster.leave("n1"),
    ):
        mark = bell.mark()
        await written
        assert mark.is_set()
