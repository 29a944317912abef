"""Claims about the roster as a node judges it: gone at once, silent only after lease and guard of its own time."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.journal.membership import Membership, Presence
from edge.model.position import AsOf
from edge.store.roster import Newcomer, Roster
from tests.support.clock import HandClock
from tests.support.node import PATIENCE, join
from tests.support.world import World

pytestmark = pytest.mark.anyio
CURSOR = AsOf("e1", 5, "5")
HOLDER = """
import sys
from pathlib import Path
from edge.journal.membership import Presence
Presence(Path(sys.argv[1])).hold(sys.argv[2], "http://127.0.0.1:9")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def nodes(tmp_path: Path) -> Path:
    return tmp_path / "nodes"


@pytest.fixture
def other_process(nodes: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the presence of node ``n2``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(nodes), "n2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def member(roster: Roster, nodes: Path, name: str) -> Membership:
    return Membership(roster, Presence(nodes), Newcomer(name, "h1", "1"), PATIENCE)


async def live(membership: Membership, clock: HandClock) -> list[str]:
    return [row.node for row in (await membership.attendance(clock())).live]


async def test_a_killed_process_is_gone_at_once_and_struck_off(
    roster: Roster, nodes: Path, clock: HandClock, other_process: subprocess.Popen[str]
) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await roster.join(Newcomer("n2", "h1", "1"), clock().wall)
    assert await live(first, clock) == ["n1", "n2"]
    other_process.kill()
    other_process.wait()
    assert await live(first, clock) == ["n1"]
    assert [row.node for row in await roster.rows()] == ["n1"]
    assert not (nodes / "n2").exists()


async def test_a_killed_process_is_struck_off_by_any_node_of_its_host_with_its_heartbeat(
    roster: Roster, nodes: Path, clock: HandClock, other_process: subprocess.Popen[str]
) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await roster.join(Newcomer("n2", "h1", "1"), clock().wall)
    await first.beat(CURSOR, True, clock())
    assert [row.node for row in await roster.rows()] == ["n1", "n2"]
    other_process.kill()
    other_process.wait()
    await first.beat(CURSOR, False, clock())
    assert [row.node for row in await roster.rows()] == ["n1"]


async def test_a_crew_is_the_hosts_own_live_nodes_as_of_what_the_roster_had_been_told(
    roster: Roster, nodes: Path, clock: HandClock
) -> None:
    first = member(roster, nodes, "n1")
    assert first.crew(clock()) is None
    await first.join(clock().wall)
    await roster.join(Newcomer("n2", "h1", "1"), clock().wall)
    await roster.join(Newcomer("n3", "h2", "1"), clock().wall)
    await first.beat(CURSOR, True, clock())
    await roster.join(Newcomer("n4", "h1", "1"), clock().wall)
    crew = first.crew(clock())
    assert crew is not None
    assert ([row.node for row in crew.rows], crew.seen_at) == (["n1", "n2"], CURSOR)
    clock.advance(PATIENCE)
    assert [row.node for row in (first.crew(clock()) or crew).rows] == ["n1"]


async def test_whoever_waits_hears_of_every_heartbeat(roster: Roster, nodes: Path, clock: HandClock) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    mark = first.bell.mark()
    await first.beat(CURSOR, True, clock())
    assert mark.is_set()


async def test_a_cursor_is_told_one_turn_of_the_loop_after_it_moved(
    roster: Roster, nodes: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    order: list[str] = []
    beat = roster.beat

    async def noted(node: str, cursor: AsOf, moved: bool, now: float) -> bool:
        order.append("told")
        return await beat(node, cursor, moved, now)

    monkeypatch.setattr(roster, "beat", noted)
    asyncio.get_running_loop().call_soon(order.append, "what the loop had still to do")
    await first.beat(CURSOR, True, clock())
    assert order == ["what the loop had still to do", "told"]


async def test_a_change_waits_for_a_process_that_lives_and_not_for_one_that_was_killed(
    world: World, roster: Roster, clock: HandClock, other_process: subprocess.Popen[str]
) -> None:
    first = await join(world, roster, clock, "n1")
    await first.follow()
    await roster.join(Newcomer("n2", "h1", "1"), clock().wall)
    change = await world.configure("second-api-key")
    await first.follow()
    before = await first.receipts.of(change.position)
    other_process.kill()
    other_process.wait()
    after = await first.receipts.of(change.position)
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == ("pending", "settled")


async def test_a_node_of_another_machine_is_never_taken_for_gone(roster: Roster, nodes: Path, clock: HandClock) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await roster.join(Newcomer("elsewhere", "h2", "1"), clock().wall)
    assert await live(first, clock) == ["n1", "elsewhere"]


async def test_two_nodes_in_one_process_are_both_present(roster: Roster, nodes: Path, clock: HandClock) -> None:
    first, second = member(roster, nodes, "n1"), member(roster, nodes, "n2")
    for one in (first, second):
        await one.join(clock().wall)
    assert await live(first, clock) == await live(second, clock) == ["n1", "n2"]


def test_the_nodes_of_this_machine_and_where_each_answers_are_known_without_the_roster(
    nodes: Path, other_process: subprocess.Popen[str]
) -> None:
    presence = Presence(nodes)
    presence.hold("n1", "http://127.0.0.1:8")
    presence.hold("n3")
    assert presence.urls() == {"n1": "http://127.0.0.1:8", "n2": "http://127.0.0.1:9"}
    other_process.kill()
    other_process.wait()
    presence.release("n1")
    assert presence.urls() == {}


async def test_a_node_that_leaves_is_off_the_roster_and_leaves_no_lock(
    roster: Roster, nodes: Path, clock: HandClock
) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await first.leave()
    assert await roster.rows() == []
    assert not (nodes / "n1").exists()


async def test_i7_silence_is_a_beat_unchanged_for_exactly_lease_and_guard(
    roster: Roster, nodes: Path, clock: HandClock
) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await roster.join(Newcomer("n2", "h2", "1"), clock().wall)
    await first.beat(CURSOR, True, clock())
    clock.advance(PATIENCE - 0.001)
    assert not (await first.attendance(clock())).silent
    clock.advance(0.001)
    assert [row.node for row in (await first.attendance(clock())).silent] == ["n2"]


async def test_one_more_beat_ends_the_silence(roster: Roster, nodes: Path, clock: HandClock) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await roster.join(Newcomer("n2", "h2", "1"), clock().wall)
    await first.beat(CURSOR, True, clock())
    clock.advance(PATIENCE)
    await roster.beat("n2", CURSOR, False, clock().wall)
    assert not (await first.attendance(clock())).silent


async def test_silence_is_measured_from_what_the_observer_saw_not_from_what_a_node_says_of_its_clock(
    roster: Roster, nodes: Path, clock: HandClock
) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await roster.join(Newcomer("n2", "h2", "1"), clock().wall - 86400)
    assert not (await first.attendance(clock())).silent
    clock.step_wall(86400)
    assert not (await first.attendance(clock())).silent


async def test_nobody_calls_itself_silent(roster: Roster, nodes: Path, clock: HandClock) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    await first.beat(CURSOR, True, clock())
    clock.advance(PATIENCE * 10)
    assert await live(first, clock) == ["n1"]


async def test_i7_doubt_lasts_exactly_lease_and_guard(roster: Roster, nodes: Path, clock: HandClock) -> None:
    first = member(roster, nodes, "n1")
    await first.join(clock().wall)
    first.doubt(clock())
    clock.advance(PATIENCE - 0.001)
    assert not (await first.attendance(clock())).certain
    clock.advance(0.001)
    assert (await first.attendance(clock())).certain


class UnreachableAtFirst:
    """A real roster that cannot be reached for the first joins."""

    def __init__(self, roster: Roster, failures: int) -> None:
        self._join = roster.join
        self._failures = failures

    async def join(self, newcomer: Newcomer, now: float) -> None:
        if self._failures:
            self._failures -= 1
            raise ConnectionRefusedError
        await self._join(newcomer, now)


async def test_a_node_that_could_not_register_registers_the_next_time(
    roster: Roster, nodes: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "join", UnreachableAtFirst(roster, 2).join)
    first = member(roster, nodes, "n1")
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            await first.join(clock().wall)
    await first.join(clock().wall)
    assert await live(first, clock) == ["n1"]
