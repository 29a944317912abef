"""The rows of the roster."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from edge.model.position import AsOf
from edge.store.engine import open_engine
from edge.store.roster import AckRow, DiskRow, HostRow, Newcomer, NodeRow, Roster
from edge.store.schema import cursors
from tests.store.processes import together
from tests.support.memory_roster import MemoryRoster
from tests.support.world import database_of

pytestmark = pytest.mark.anyio

NOW = 1_800_000_000.0
AnyRoster = Roster | MemoryRoster


def open_roster(directory: Path) -> Roster:
    return Roster(open_engine(database_of(directory, "roster.db")))


@pytest.fixture
async def table(place: Path) -> AsyncIterator[Roster]:
    roster = open_roster(place)
    await roster.prepare()
    yield roster
    await roster.close()


@pytest.fixture(params=["table", "memory"])
def roster(request: pytest.FixtureRequest, table: Roster) -> AnyRoster:
    """The table, and what stands for it where a test has thousands of heartbeats."""
    return table if request.param == "table" else MemoryRoster()


def at(position: int, epoch: str = "e1") -> AsOf:
    return AsOf(epoch, position, f"entry-{position}")


async def test_a_node_is_in_the_roster_from_joining_to_leaving(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0"), NOW)
    assert await roster.rows() == [NodeRow("n1", "h1", "", 0, 0, "1.0", NOW, NOW)]
    await roster.leave("n1")
    assert await roster.rows() == []


async def test_two_nodes_cannot_have_one_id(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0"), NOW)
    with pytest.raises(IntegrityError):
        await roster.join(Newcomer("n1", "h2", "1.0"), NOW)


async def test_rows_are_in_order_of_host_and_node(roster: AnyRoster) -> None:
    for node, host in (("n2", "h2"), ("n3", "h1"), ("n1", "h2")):
        await roster.join(Newcomer(node, host, "1.0"), NOW)
    assert [row.node for row in await roster.rows()] == ["n3", "n1", "n2"]


async def test_every_heartbeat_has_another_number_and_carries_the_cursor(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0"), NOW)
    for beat in range(1, 4):
        assert await roster.beat("n1", at(5), moved=False, now=NOW + beat)
        assert await roster.rows() == [NodeRow("n1", "h1", "e1", 5, beat, "1.0", NOW, NOW + beat)]


async def test_a_heartbeat_of_a_node_that_is_not_there_says_so_and_writes_nothing(roster: AnyRoster) -> None:
    assert not await roster.beat("n1", at(5), moved=True, now=NOW)
    assert await roster.rows() == []
    assert await roster.applied_at("e1", 5) == {}


async def test_applied_at_is_when_a_node_first_came_to_the_position_or_beyond(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0"), NOW)
    await roster.join(Newcomer("n2", "h1", "1.0"), NOW)
    await roster.beat("n1", at(4), moved=True, now=NOW + 1)
    await roster.beat("n1", at(7), moved=True, now=NOW + 2)
    await roster.beat("n1", at(9), moved=True, now=NOW + 3)
    await roster.beat("n2", at(4), moved=True, now=NOW + 9)
    assert await roster.applied_at("e1", 4) == {"n1": NOW + 1, "n2": NOW + 9}
    assert await roster.applied_at("e1", 5) == {"n1": NOW + 2}
    assert await roster.applied_at("e1", 9) == {"n1": NOW + 3}
    assert await roster.applied_at("e1", 10) == {}


async def test_a_heartbeat_whose_cursor_did_not_move_is_no_arrival(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0"), NOW)
    await roster.beat("n1", at(4), moved=True, now=NOW + 1)
    await roster.beat("n1", at(4), moved=False, now=NOW + 2)
    assert await roster.applied_at("e1", 4) == {"n1": NOW + 1}


async def test_a_position_of_another_epoch_says_nothing(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0"), NOW)
    await roster.beat("n1", at(9, "e0"), moved=True, now=NOW)
    assert await roster.applied_at("e1", 5) == {}


async def test_arrivals_are_forgotten_when_they_are_old_and_go_with_their_node(place: Path, table: Roster) -> None:
    roster = table
    engine = open_engine(database_of(place, "roster.db"))

    async def remembered() -> list[int]:
        async with engine.connect() as connection:
            return [row.cursor for row in await connection.execute(select(cursors).order_by(cursors.c.cursor))]

    await roster.join(Newcomer("n1", "h1", "1.0"), NOW)
    await roster.beat("n1", at(1), moved=True, now=NOW)
    await roster.beat("n1", at(2), moved=True, now=NOW + 1)
    await roster.forget(nodes_before=NOW, hosts_before=NOW, marks_before=NOW)
    assert await remembered() == [1, 2]
    await roster.forget(nodes_before=NOW, hosts_before=NOW, marks_before=NOW + 1)
    assert await remembered() == [2]
    await roster.leave("n1")
    assert await remembered() == []
    await engine.dispose()


async def attend(directory: Path, number: int) -> int:
    roster = open_roster(directory)
    await roster.prepare()
    await roster.join(Newcomer(f"n{number}", "h1", "1.0"), NOW)
    for position in range(1, 21):
        assert await roster.beat(f"n{number}", at(position), moved=True, now=NOW + position)
    await roster.close()
    return number


def test_nodes_that_start_and_beat_at_once_lose_no_heartbeat(bare_place: Path) -> None:
    assert together(attend, bare_place, 4) == [0, 1, 2, 3]


async def test_a_roster_written_by_several_processes_has_them_all(place: Path, table: Roster) -> None:
    roster = table
    together(attend, place, 2)
    assert [(row.node, row.beat, row.cursor) for row in await roster.rows()] == [("n0", 20, 20), ("n1", 20, 20)]


async def test_a_host_stays_when_its_nodes_have_left(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0", front="nginx"), NOW)
    await roster.beat("n1", at(4), moved=True, now=NOW + 2)
    await roster.leave("n1")
    assert await roster.hosts() == [HostRow("h1", "nginx", NOW + 2)]


async def test_who_joins_a_host_again_says_what_its_front_is_now(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0", front="nginx"), NOW)
    await roster.join(Newcomer("n2", "h1", "1.0", front="none"), NOW + 1)
    assert await roster.hosts() == [HostRow("h1", "none", NOW + 1)]


async def test_a_host_without_nodes_is_forgotten_with_its_acks_and_one_with_nodes_never(roster: AnyRoster) -> None:
    for node, host in (("n1", "h1"), ("n2", "h2"), ("n3", "h3")):
        await roster.join(Newcomer(node, host, "1.0", front="nginx"), NOW)
        await roster.ack(AckRow(host, "e1", 4, acked_at=NOW), NOW)
    await roster.leave("n1")
    await roster.leave("n3")
    await roster.join(Newcomer("n4", "h3", "1.0", front="nginx"), NOW + 5)
    await roster.leave("n4")
    await roster.forget(nodes_before=NOW - 100, hosts_before=NOW + 5, marks_before=NOW)
    assert [host.host for host in await roster.hosts()] == ["h2", "h3"]
    assert [ack.host for ack in await roster.acks("e1", 4)] == ["h2", "h3"]


async def test_a_silent_node_is_forgotten_before_its_host(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0", front="nginx"), NOW)
    await roster.forget(nodes_before=NOW, hosts_before=NOW, marks_before=NOW)
    assert [row.node for row in await roster.rows()] == ["n1"]
    await roster.forget(nodes_before=NOW + 1, hosts_before=NOW, marks_before=NOW)
    assert (await roster.rows(), len(await roster.hosts())) == ([], 1)


async def leaves(roster: AnyRoster, node: str, cursor: int, reported_at: float, disk: str = "d1") -> None:
    await roster.join(Newcomer(node, "h1", "1.0", disk=disk), NOW)
    await roster.beat(node, at(cursor), moved=True, now=reported_at)
    await roster.leave(node)


async def test_a_node_that_leaves_takes_its_disk_not_with_it(roster: AnyRoster) -> None:
    await leaves(roster, "n1", 4, NOW + 2)
    await leaves(roster, "n2", 9, NOW + 3, disk="")
    await roster.leave("n1")
    assert (await roster.rows(), await roster.disks()) == ([], [DiskRow("h1", "d1", "n1", "e1", 4, NOW + 2)])


async def test_a_disk_is_as_the_node_left_it_that_was_heard_last_of_it(roster: AnyRoster) -> None:
    await leaves(roster, "n1", 7, NOW + 2)
    await leaves(roster, "n2", 6, NOW + 3)
    await leaves(roster, "n3", 8, NOW + 1)
    await leaves(roster, "n4", 8, NOW + 1, disk="d2")
    assert [(one.disk, one.node, one.cursor) for one in await roster.disks()] == [("d1", "n2", 6), ("d2", "n4", 8)]


async def test_a_disk_is_forgotten_when_a_silent_node_would_be_whose_it_was(roster: AnyRoster) -> None:
    await leaves(roster, "n1", 4, NOW + 2)
    await roster.forget(nodes_before=NOW + 2, hosts_before=NOW, marks_before=NOW)
    assert len(await roster.disks()) == 1
    await roster.forget(nodes_before=NOW + 2.1, hosts_before=NOW, marks_before=NOW)
    assert await roster.disks() == []


async def test_a_silent_node_that_is_forgotten_leaves_no_disk_behind(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0", disk="d1"), NOW)
    await roster.forget(nodes_before=NOW + 1, hosts_before=NOW, marks_before=NOW)
    assert (await roster.rows(), await roster.disks()) == ([], [])


async def test_an_acknowledgement_replaces_what_was_known_of_that_host_and_position(roster: AnyRoster) -> None:
    await roster.join(Newcomer("n1", "h1", "1.0", front="nginx"), NOW)
    await roster.ack(AckRow("h1", "e1", 4, last_error="refused"), NOW)
    await roster.ack(AckRow("h1", "e1", 4, acked_at=NOW + 1, done=2, total=2, resume_after="wk_2"), NOW + 1)
    await roster.ack(AckRow("h1", "e1", 5, done=1, total=9, resume_after="wk_1"), NOW + 1)
    assert await roster.acks("e1", 4) == [AckRow("h1", "e1", 4, acked_at=NOW + 1, done=2, total=2, resume_after="wk_2")]
    assert [ack.position for ack in await roster.acks_of("h1", "e1")] == [4, 5]
    assert await roster.acks("e2", 4) == []
