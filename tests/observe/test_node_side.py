"""What is reachable at a node's own listener, and that it is what the public would get."""

import orjson
import pytest

from edge.delivery.routes import Public, nothing_here
from edge.observe.node_side import NodeSide
from edge.observe.snapshot import read_snapshot
from tests.delivery.paths import ASSET, DOCUMENTS, UNKNOWN
from tests.observe.exposition import read
from tests.observe.stage import Listening
from tests.support.asgi import call

pytestmark = pytest.mark.anyio

OWN = {"edge-node", "date"}
"""Header lines that a node's listener has beyond those of the public side called without a server."""


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("path", [*DOCUMENTS.values(), f"/v1/projects/{UNKNOWN}/settings", "/healthz", "/readyz"])
async def test_the_documents_and_its_health_are_answered_as_to_the_public(
    nodes: list[Listening], path: str, encoding: str
) -> None:
    one = nodes[0]
    public = Public(nothing_here(one.node.delivery.headers), one.node.delivery)
    await call(public, path)
    expected = await call(public, path, headers=[("Accept-Encoding", encoding)])
    answer = await one.get(path, **{"Accept-Encoding": encoding})
    assert answer.status_code == expected.status
    assert answer.headers["edge-node"] == one.id
    stated = [(name.decode(), value.decode()) for name, value in answer.headers.raw if name.decode() not in OWN]
    assert sorted(stated) == sorted(expected.headers)
    assert int(answer.headers["content-length"]) == len(expected.body)


@pytest.mark.parametrize(
    "path", [ASSET, "/v1beta/status", "/v1beta/openapi.json", "/", "/demo", "/metrics/", "/stats/x", "/metrics%0a"]
)
async def test_nothing_else_is_reachable(nodes: list[Listening], path: str) -> None:
    answer = await nodes[0].get(path)
    assert (answer.status_code, "nothing is served at this path" in answer.text) == (404, True)


async def test_events_are_not_taken_there(nodes: list[Listening]) -> None:
    answer = await call(nodes[0].node.observed.public, "/v1/t", method="POST", body=b"{}")
    assert answer.status == 404
    assert nodes[0].node.ground.stats.sink_events == 0


async def test_each_node_counts_for_itself_alone(nodes: list[Listening]) -> None:
    first, second = nodes
    for _ in range(3):
        await first.get(DOCUMENTS["settings"])
    mine, other = [read_snapshot((await one.get("/stats")).content) for one in (first, second)]
    assert (mine.identity.node, mine.values["hits"], mine.values["store_hits"]) == (first.id, 2, 1)
    assert (other.identity.node, other.values["hits"], other.values["store_hits"]) == (second.id, 0, 0)
    assert (mine.values["memory_documents"], mine.values["fenced"], mine.values["position"]) == (1, 0, 2)


async def test_its_metrics_are_its_own(nodes: list[Listening]) -> None:
    answer = await nodes[0].get("/metrics")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    labelled = {one.labels["node"] for family in read(answer.text).values() for one in family.samples}
    assert labelled == {nodes[0].id[:8]}


@pytest.mark.parametrize("path", ["/metrics", "/stats"])
async def test_numbers_are_only_read(nodes: list[Listening], path: str) -> None:
    observed = nodes[0].node.observed
    answer = await call(
        NodeSide(nodes[0].id, observed.public, observed.snapshot, observed.minutes.to_json), path, method="POST"
    )
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD")


async def test_a_node_that_lost_its_lease_says_so(nodes: list[Listening]) -> None:
    nodes[0].clock.advance(60)
    values = orjson.loads((await nodes[0].get("/stats")).content)["values"]
    assert (values["fenced"], values["proof_age_seconds"]) == (1, 60.0)
    await nodes[0].follow()
    assert orjson.loads((await nodes[0].get("/stats")).content)["values"]["fenced"] == 0
