"""What the auditor judges by."""

from dataclasses import replace

import pytest

from edge.observe.asking import UnansweredError
from edge.observe.evidence import Evidence
from edge.publish.publication import KINDS, Publisher, Wanted
from edge.publish.wire import Origin
from tests.observe.stage import PUBLIC, Listening, ground_of
from tests.support.sqlite import outage
from tests.support.world import KEY, OTHER_KEY, SOURCE, World

pytestmark = pytest.mark.anyio

ALL = [Wanted(kind, KEY) for kind in KINDS]


def evidence_of(one: Listening) -> Evidence:
    ground = ground_of(one)
    publisher = Publisher(ground.store, Origin(PUBLIC), 30)
    return Evidence(ground.store, publisher, one.node.observed.asking, ground.stats)


async def test_every_node_is_asked_for_every_document(nodes: list[Listening]) -> None:
    rows = await nodes[0].node.ground.roster.rows()
    asked = await evidence_of(nodes[0]).of_nodes(rows, ALL, "br")
    assert {node: set(answers) for node, answers in asked.items() if isinstance(answers, dict)} == {
        one.id: set(ALL) for one in nodes
    }


async def test_a_node_that_does_not_answer_once_is_asked_no_more(nodes: list[Listening]) -> None:
    rows = await nodes[0].node.ground.roster.rows()
    away = [replace(row, url="http://127.0.0.1:1") for row in rows]
    asked = await evidence_of(nodes[0]).of_nodes(away, ALL, "br")
    assert all(isinstance(answers, UnansweredError) for answers in asked.values())
    assert nodes[0].node.ground.stats.audit_requests == len(nodes)


async def test_what_the_store_publishes_has_its_position_and_its_revision(world: World, nodes: list[Listening]) -> None:
    entry = await world.configure("second-api-key")
    await world.purge("all")
    found = (await evidence_of(nodes[0]).of_store(ALL))[Wanted("settings", KEY)]
    assert (found.position, found.revision, found.workspace) == (entry.position + 1, entry.position, "acme")


async def test_a_retired_key_counts_from_its_retirement(world: World, nodes: list[Listening]) -> None:
    entry = await world.commit(replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)))
    never = Wanted("settings", "wk_nobody_has_this")
    found = await evidence_of(nodes[0]).of_store([*ALL, never])
    assert {(one.content, one.revision) for wanted, one in found.items() if wanted != never} == {(None, entry.position)}
    assert (found[never].content, found[never].revision) == (None, 0)


async def test_what_the_store_cannot_say_is_left_out(world: World, nodes: list[Listening]) -> None:
    with outage(world.directory / "edgewise.db"):
        assert await evidence_of(nodes[0]).of_store(ALL) == {}
