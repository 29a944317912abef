"""The auditor on real nodes: each answers at its own listener, from its own memory."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from edge.model.outcome import Found
from edge.observe.asking import Answered
from edge.publish.publication import COMMON, Wanted
from edge.publish.variants import Encoding, encode
from edge.settings import Settings
from tests.observe.stage import BUDGET, Listening, auditor_of, fleet_of
from tests.support.clock import HandClock
from tests.support.sqlite import outage
from tests.support.world import KEY, OTHER_KEY, SOURCE, World

pytestmark = pytest.mark.anyio


@pytest.fixture
def audit_clock() -> HandClock:
    return HandClock()


async def passes(nodes: list[Listening], audit_clock: HandClock, seconds: float) -> None:
    """Time goes by for the auditor, and every node reports, whatever it has applied."""
    audit_clock.advance(seconds)
    for one in nodes:
        cursor = one.node.follower._proof.cursor
        assert cursor is not None
        await one.node.ground.membership.beat(cursor, False, one.clock())


def falsify(one: Listening, wanted: Wanted) -> None:
    """Put other bytes into a node's memory, under the position and the revision of the right ones."""
    held = one.node.cache._memory.get(wanted)
    assert held is not None
    assert isinstance(held.known, Found)
    publication = replace(held.known.value.publication, variants=encode(b'{"integrations":{}}'))
    held.known = replace(held.known, value=replace(held.known.value, publication=publication, replies={}))


async def visited(one: Listening) -> None:
    for path in (f"/v1/projects/{KEY}/settings", f"/analytics.js/v1/{KEY}/analytics.min.js"):
        assert (await one.get(path)).status_code == 200


async def test_a_fleet_that_is_as_the_store_says_gives_no_finding(
    nodes: list[Listening], audit_clock: HandClock
) -> None:
    auditor = auditor_of(nodes[0], audit_clock)
    for _ in range(4):
        await auditor.round()
        await passes(nodes, audit_clock, BUDGET)
    report = auditor.report()
    assert report is not None
    assert report["findings"] == []
    stats = nodes[0].node.ground.stats
    assert (stats.audit_rounds, stats.audit_failures) == (4, 0)
    assert stats.audit_requests == 4 * len(nodes) * len(COMMON)
    assert set(auditor.numbers().values()) == {0}


async def test_only_the_lowest_node_with_the_store_audits(nodes: list[Listening], audit_clock: HandClock) -> None:
    first, second = nodes
    auditors = [auditor_of(one, audit_clock) for one in nodes]
    for auditor in auditors:
        await auditor.round()
    assert [auditor.report() is not None for auditor in auditors] == [True, False]
    assert second.node.ground.stats.audit_requests == 0
    await first.node.ground.membership.leave()
    for auditor in auditors:
        await auditor.round()
    assert [auditor.report() is not None for auditor in auditors] == [False, True]


async def test_i36_a_node_that_lacks_a_change_is_reported_when_it_could_have_known_for_the_budget(
    world: World, nodes: list[Listening], audit_clock: HandClock
) -> None:
    auditor = auditor_of(nodes[0], audit_clock)
    for one in nodes:
        await visited(one)
    await world.configure("second-api-key")
    await nodes[0].follow()
    await auditor.round()
    assert auditor.report() == {"at": audit_clock().wall, "findings": []}
    await passes(nodes, audit_clock, BUDGET - 1)
    await auditor.round()
    assert set(auditor.numbers().values()) == {0}
    await passes(nodes, audit_clock, 1)
    await auditor.round()
    report = auditor.report()
    assert report is not None
    behind = {(one["node"], one["about"], one["trouble"], one["age_seconds"]) for one in report["findings"]}
    assert behind == {(nodes[1].id, f"{kind} of {KEY}", "behind", BUDGET) for kind in ("settings", "loader")}
    await nodes[1].follow()
    await auditor.round()
    assert set(auditor.numbers().values()) == {0}


async def test_i36_a_wrong_body_at_the_right_position_is_reported_at_the_budget(
    nodes: list[Listening], audit_clock: HandClock
) -> None:
    auditor = auditor_of(nodes[0], audit_clock)
    await visited(nodes[1])
    falsify(nodes[1], Wanted("settings", KEY))
    await auditor.round()
    assert set(auditor.numbers().values()) == {0}
    await passes(nodes, audit_clock, BUDGET)
    with capture_logs() as logs:
        await auditor.round()
        await auditor.round()
    report = auditor.report()
    assert report is not None
    (finding,) = report["findings"]
    assert (finding["trouble"], finding["node"], finding["workspace"]) == ("wrong", nodes[1].id, "acme")
    assert "other bytes than the store has" in finding["text"]
    warned = [line for line in logs if line["event"] == "audit finding"]
    assert [(line["log_level"], line["trouble"], line["node"]) for line in warned] == [
        ("warning", "wrong", nodes[1].id)
    ]
    nodes[1].node.cache._memory._found.clear()
    with capture_logs() as logs:
        await auditor.round()
    assert [line["event"] for line in logs] == ["audit finding is over"]


async def test_during_an_upgrade_another_loader_is_no_finding_and_another_manifest_is(
    nodes: list[Listening], clock: HandClock, audit_clock: HandClock
) -> None:
    membership = nodes[1].node.ground.membership
    await membership.leave()
    membership.newcomer = replace(membership.newcomer, build="999.0.0")
    await membership.join(clock().wall)
    await visited(nodes[1])
    falsify(nodes[1], Wanted("settings", KEY))
    falsify(nodes[1], Wanted("loader", KEY))
    auditor = auditor_of(nodes[0], audit_clock)
    await auditor.round()
    await passes(nodes, audit_clock, BUDGET)
    await auditor.round()
    report = auditor.report()
    assert report is not None
    assert [(one["about"], one["trouble"]) for one in report["findings"]] == [(f"settings of {KEY}", "wrong")]


async def test_i36_a_change_while_nodes_are_asked_makes_no_node_seem_ahead_of_the_store(
    world: World, nodes: list[Listening], audit_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, changed = nodes[0].node.observed.asking, False
    ask = asking.document

    async def changing(node: str, url: str, wanted: Wanted, encoding: Encoding) -> Answered:
        nonlocal changed
        if not changed:
            changed = True
            await world.configure("changed-meanwhile")
            for one in nodes:
                await one.follow()
        return await ask(node, url, wanted, encoding)

    monkeypatch.setattr(asking, "document", changing)
    auditor = auditor_of(nodes[0], audit_clock)
    await auditor.round()
    assert changed
    assert {one.difference.trouble for one in auditor._ledger._open.values()} <= {"behind"}


async def test_i36_a_change_between_asking_and_reading_the_store_is_no_difference_for_long(
    world: World, nodes: list[Listening], audit_clock: HandClock
) -> None:
    auditor = auditor_of(nodes[0], audit_clock)
    for number in range(6):
        await world.configure(f"key-{number}")
        await auditor.round()
        for one in nodes:
            await one.follow()
        await passes(nodes, audit_clock, 10)
    assert set(auditor.numbers().values()) == {0}


async def test_a_retired_key_that_a_node_still_answers_is_reported(
    world: World, nodes: list[Listening], audit_clock: HandClock
) -> None:
    auditor = auditor_of(nodes[0], audit_clock)
    await visited(nodes[1])
    await world.commit(replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)))
    await nodes[0].follow()
    for _ in range(2):
        await auditor.round()
        await passes(nodes, audit_clock, BUDGET)
    await auditor.round()
    report = auditor.report()
    assert report is not None
    about = {(one["node"], one["about"], one["trouble"]) for one in report["findings"]}
    assert about == {(nodes[1].id, f"{kind} of {KEY}", "behind") for kind in ("settings", "loader")}


async def test_a_node_that_does_not_answer_for_itself_is_a_finding_of_another_kind(
    world: World, settings: Settings, clock: HandClock, audit_clock: HandClock
) -> None:
    async with fleet_of(2, settings, clock) as nodes:
        auditor = auditor_of(nodes[0], audit_clock)
        membership = nodes[1].node.ground.membership
        await membership.leave()
        membership.newcomer = replace(membership.newcomer, url=nodes[0].url)
        await membership.join(clock().wall)
        await auditor.round()
        assert set(auditor.numbers().values()) == {0}
        await passes(nodes, audit_clock, BUDGET)
        await auditor.round()
        report = auditor.report()
        assert report is not None
        ((trouble, node, about),) = {(one["trouble"], one["node"], one["about"]) for one in report["findings"]}
        assert (trouble, node, about) == ("unreachable", nodes[1].id, "")


async def test_the_auditor_changes_nothing_and_asks_no_more_than_its_sample(
    world: World, nodes: list[Listening], audit_clock: HandClock
) -> None:
    async with world.store.view() as view:
        before = view.as_of
    auditor = auditor_of(nodes[0], audit_clock)
    for _ in range(3):
        await auditor.round()
    async with world.store.view() as view:
        assert view.as_of == before
    assert all(one.node.ground.stats.fills <= len(COMMON) for one in nodes)


async def test_what_the_store_cannot_say_is_held_against_nobody(
    world: World, nodes: list[Listening], audit_clock: HandClock
) -> None:
    auditor = auditor_of(nodes[0], audit_clock)
    await auditor.round()
    with outage(world.directory / "edgewise.db"), pytest.raises(Exception, match="no such table"):
        await auditor.round()
    assert set(auditor.numbers().values()) == {0}
    await passes(nodes, audit_clock, BUDGET)
    await auditor.round()
    assert set(auditor.numbers().values()) == {0}


async def test_a_purge_that_is_live_is_counted_and_one_that_is_not_in_time_is_counted_and_reported(
    world: World, nodes: list[Listening], audit_clock: HandClock
) -> None:
    auditor = auditor_of(nodes[0], audit_clock)
    stats = nodes[0].node.ground.stats
    await world.purge(f"key:{KEY}", verb="revoke")
    for one in nodes:
        await one.follow()
    await auditor.round()
    assert stats.purges.numbers == {("revoke", "live"): 1}
    late = await world.purge(f"key:{KEY}")
    await nodes[0].follow()
    await auditor.round()
    await passes(nodes, audit_clock, BUDGET)
    for _ in range(2):
        await auditor.round()
    assert stats.purges.numbers == {("revoke", "live"): 1, ("invalidate", "late"): 1}
    report = auditor.report()
    assert report is not None
    assert [one["about"] for one in report["findings"] if one["trouble"] == "late"] == [f"purge {late.position}"]
    await nodes[1].follow()
    await auditor.round()
    assert stats.purges.numbers == {("revoke", "live"): 1, ("invalidate", "late"): 1}
    assert set(auditor.numbers().values()) == {0}
