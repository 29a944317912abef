"""Looking at a fleet of real nodes."""

import pytest

from edge.observe.fleet import Fleet, auditors
from edge.store.roster import AckRow, Newcomer
from tests.observe.stage import Listening, auditor_of, ground_of
from tests.observe.test_standing import row
from tests.support.clock import HandClock
from tests.support.world import World

pytestmark = pytest.mark.anyio


def fleet_seen_by(one: Listening, **given: object) -> Fleet:
    ground = ground_of(one)
    parts = (ground.store, ground.roster, ground.membership, one.node.observed.asking, one.clock)
    return Fleet(*parts, store_kind="sqlite", **given)  # type: ignore[arg-type] # by name


async def test_it_names_the_head_every_node_and_how_far_each_is(world: World, nodes: list[Listening]) -> None:
    nodes[0].clock.advance(1)
    await world.configure("second-api-key")
    nodes[0].clock.advance(2)
    await nodes[0].follow()
    found = await fleet_seen_by(nodes[0]).look()
    assert (found.head.position, found.store, found.redis, found.certain) == (3, "sqlite", "none", True)
    lags = {node.row.node: (node.lag, node.lag_seconds, node.row.url) for node in found.nodes}
    assert lags == {nodes[0].id: (0, 0.0, nodes[0].url), nodes[1].id: (1, 2.0, nodes[1].url)}
    assert [(host.front, host.nodes) for host in found.hosts] == [("none", 2)]


async def test_the_auditors_report_comes_from_the_node_that_audits(
    nodes: list[Listening], clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = fleet_seen_by(nodes[1])
    assert (await fleet.look()).audit.state == "off"
    auditor = auditor_of(nodes[0], clock)
    observed = nodes[0].node.observed
    object.__setattr__(observed, "auditor", auditor)
    await auditor.round()
    audit = (await fleet.look()).audit
    assert (audit.state, audit.node, audit.at, audit.findings) == ("running", nodes[0].id, clock().wall, ())
    assert (await fleet.look(audit=False)).audit.state == "none"


async def test_an_auditor_that_does_not_answer_is_said_to_be_unreachable(world: World, nodes: list[Listening]) -> None:
    for one in nodes:
        await one.node.ground.membership.leave()
    await nodes[0].node.ground.roster.join(Newcomer("0" * 32, "far", "1", url="http://127.0.0.1:1"), 1.0)
    found = await fleet_seen_by(nodes[0]).look()
    assert (found.audit.state, [node.row.host for node in found.nodes]) == ("unreachable", ["far"])


async def test_edge_nodes_audit_nobody_and_the_lowest_of_the_others_is_first() -> None:
    rows = [row("b"), row("a", role="edge"), row("c", role="control")]
    assert [one.node for one in auditors(rows)] == ["b", "c"]


@pytest.mark.parametrize(("answers", "state"), [(True, "reachable"), (False, "unreachable")])
async def test_redis_is_asked_where_there_is_one(nodes: list[Listening], answers: bool, state: str) -> None:
    async def ping() -> bool:
        return answers

    assert (await fleet_seen_by(nodes[0], redis=ping).look()).redis == state


async def test_a_front_is_shown_with_what_it_acknowledged(world: World, nodes: list[Listening]) -> None:
    roster = nodes[0].node.ground.roster
    await roster.join(Newcomer("f" * 32, "h2", "1", front="nginx"), 1.0)
    async with world.store.view() as view:
        epoch = view.as_of.epoch
    await roster.ack(AckRow("h2", epoch, 1, acked_at=1.0), 1.0)
    await roster.ack(AckRow("h2", epoch, 2, last_error="refused"), 2.0)
    found = await fleet_seen_by(nodes[0]).look()
    (host,) = [host for host in found.hosts if host.front == "nginx"]
    assert (host.host, host.acked, host.pending, host.last_error) == ("h2", 1, 1, "refused")
