"""``/metrics`` of the admin listener: all nodes of the process group, store or no store."""

from pathlib import Path

import pytest
from starlette.types import ASGIApp

from edge.delivery.routes import nothing_here
from edge.journal.membership import Presence
from tests.observe.exposition import read, samples
from tests.observe.stage import Listening
from tests.support.asgi import Reply, call
from tests.support.sqlite import outage

pytestmark = pytest.mark.anyio


def exporter(one: Listening) -> ASGIApp:
    return one.node.observed.exporter(nothing_here(one.node.delivery.headers))


async def scraped(one: Listening, path: str = "/metrics", method: str = "GET") -> Reply:
    return await call(exporter(one), path, method=method)


async def test_one_scrape_shows_every_node_whichever_is_asked(nodes: list[Listening]) -> None:
    for one in nodes:
        families = read((await scraped(one)).body.decode())
        up = samples(families["edgewise_up"])
        assert up == {(f"node={each.id[:8]}",): 1.0 for each in nodes}
        assert samples(families["edgewise_fleet_nodes"]) == {("state=live",): 2.0, ("state=silent",): 0.0}
        assert set(samples(families["edgewise_fills"])) == set(up)


async def test_a_node_that_holds_its_lock_and_does_not_answer_is_down(nodes: list[Listening], tmp_path: Path) -> None:
    stopped = "5" * 32
    Presence(tmp_path / "nodes").hold(stopped, "http://127.0.0.1:1")
    up = samples(read((await scraped(nodes[0])).body.decode())["edgewise_up"])
    assert up[(f"node={stopped[:8]}",)] == 0.0
    assert up[(f"node={nodes[1].id[:8]}",)] == 1.0


async def test_numbers_are_had_when_the_store_is_away(nodes: list[Listening], tmp_path: Path) -> None:
    with outage(tmp_path / "edgewise.db"), outage(tmp_path / "roster.db", "nodes"):
        families = read((await scraped(nodes[0])).body.decode())
    assert len(families["edgewise_up"].samples) == 2
    assert "edgewise_fleet_nodes" not in families


@pytest.mark.parametrize("path", ["/metrics/", "/metrics/x", "/metrics\n", "/stats"])
async def test_no_other_path_is_answered(nodes: list[Listening], path: str) -> None:
    assert (await scraped(nodes[0], path)).status == 404


async def test_it_is_only_read(nodes: list[Listening]) -> None:
    assert (await scraped(nodes[0], method="POST")).status == 405
