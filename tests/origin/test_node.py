"""An edge node as it runs by itself: registered before it reads anything, and off the roster when it ends."""

import asyncio

import pytest
from structlog.testing import capture_logs

from edge.compose import node as node_module
from tests.delivery.paths import SETTINGS
from tests.origin.conftest import EdgeMaker
from tests.origin.stage import Control, Edge
from tests.support.polling import DEADLINE, until, until_async
from tests.support.sqlite import outage

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "RETRY", 0.01)


async def hosts(control: Control) -> list[str]:
    return [row.host for row in await control.ground.roster.rows()]


def is_ready(edge: Edge) -> bool:
    return edge.node.cache.ready


async def test_it_registers_follows_and_leaves(control: Control, make_edge: EdgeMaker) -> None:
    edge = make_edge()
    async with edge.node.running():
        await until(lambda: is_ready(edge), "ready")
        assert "edge-host" in await hosts(control)
        assert (await edge.get(SETTINGS)).status == 200
        change = await control.world.configure("second-api-key")
        await control.follow()

        async def reported() -> bool:
            return any(
                row.cursor == change.position for row in await control.ground.roster.rows() if row.role == "edge"
            )

        await until_async(reported, "the change is reported")
    assert "edge-host" not in await hosts(control)


async def test_a_node_that_cannot_register_reads_nothing_and_registers_when_it_can(
    control: Control, make_edge: EdgeMaker
) -> None:
    edge = make_edge()
    with capture_logs() as logs:
        with outage(control.world.directory / "roster.db", "nodes"):
            running = edge.node.running()
            await running.__aenter__()
            await until(lambda: edge.outpost.stats.origin_failures > 3, "it has tried several times")
            assert not is_ready(edge)
            assert (await edge.get(SETTINGS)).status == 503
            assert control.node.ground.stats.fills == 0
        await until(lambda: is_ready(edge), "ready")
        await running.__aexit__(None, None, None)
    assert len([line for line in logs if "not registered yet" in line["event"]]) == 1


async def test_a_node_whose_control_nodes_are_gone_ends_without_them(make_edge: EdgeMaker) -> None:
    edge = make_edge(origins=("http://127.0.0.1:9",))
    async with edge.node.running():
        await until(lambda: edge.outpost.stats.origin_failures > 0, "it has tried")
        assert (await edge.get("/healthz")).status == 200
        assert (await edge.get("/readyz")).status == 503


async def test_what_waits_for_the_disk_is_there_when_the_process_has_ended(
    control: Control, make_edge: EdgeMaker
) -> None:
    edge = make_edge()
    async with edge.node.running():
        await until(lambda: edge.outpost.proof.leased_at is not None, "it has reported")
        await edge.get(SETTINGS)
    later = make_edge(origins=("http://127.0.0.1:9",))
    async with later.node.running():
        assert (await later.get(SETTINGS)).status == 200


async def test_it_takes_requests_once_it_has_answers_and_not_before(control: Control, make_edge: EdgeMaker) -> None:
    edge = make_edge()
    async with edge.node.running():
        await edge.node.answering()
        assert edge.outpost.proof.leased_at is not None
        assert (await edge.get(SETTINGS)).status == 200


async def test_while_it_cannot_register_and_has_nothing_to_say_it_takes_no_requests(
    control: Control, make_edge: EdgeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_module, "OPENING", DEADLINE)
    edge = make_edge()
    with outage(control.world.directory / "roster.db", "nodes"):
        running = edge.node.running()
        await running.__aenter__()
        taking = asyncio.create_task(edge.node.answering())
        await until(lambda: edge.outpost.stats.origin_failures > 3, "it has tried several times")
        assert not taking.done()
    await taking
    assert (await edge.get(SETTINGS)).status == 200
    await running.__aexit__(None, None, None)


async def test_with_last_known_good_on_its_disk_it_waits_for_nobody_who_cannot_be_asked(
    control: Control, make_edge: EdgeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_module, "OPENING", DEADLINE)
    edge = make_edge()
    async with edge.node.running():
        await until(lambda: edge.outpost.proof.leased_at is not None, "it has reported")
        await edge.get(SETTINGS)
    later = make_edge(origins=("http://127.0.0.1:9",))
    async with later.node.running():
        await later.node.answering()
        assert (await later.get(SETTINGS)).status == 200


async def test_with_nothing_at_all_it_does_not_refuse_for_ever(
    make_edge: EdgeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_module, "OPENING", 0.01)
    edge = make_edge(origins=("http://127.0.0.1:9",))
    async with edge.node.running():
        await edge.node.answering()
        assert (await edge.get(SETTINGS)).status == 503
