"""Purges, receipts and waiting for them."""

import asyncio

import pytest

from edge.model.position import AsOf
from edge.store.roster import AckRow, Newcomer
from tests.api.stage import ApiStage
from tests.support.node import join
from tests.support.polling import settle
from tests.support.world import KEY

pytestmark = pytest.mark.anyio

OFF = {"destination": {}, "update_mask": {"paths": ["destination.enabled"]}}
DESTINATION = "/workspaces/acme/sources/site/destinations/tally"


async def test_a_write_that_is_waited_for_is_live_when_every_node_has_applied_it(api: ApiStage) -> None:
    answer = await api.call("PATCH", DESTINATION, OFF, params={"wait": "2s"})
    assert answer.headers["Edge-Receipt"] in ("live", "settled")
    receipt = (await api.call("GET", f"/changes/{answer.headers['Edge-Position']}")).json()
    assert receipt["state"] == answer.headers["Edge-Receipt"]
    assert receipt["tags"] == ["source:s1"]
    assert [node["node"] for host in receipt["hosts"] for node in host["nodes"]] == ["n1"]


async def test_a_write_that_is_not_live_in_time_stands_and_is_pending(api: ApiStage) -> None:
    behind = await join(api.stage.world, api.roster, api.stage.clock, "n2")
    answer = await api.call("PATCH", DESTINATION, OFF, params={"wait": "0"})
    assert (answer.status_code, answer.headers["Edge-Receipt"]) == (200, "pending")
    assert answer.json()["enabled"] is False
    position = answer.headers["Edge-Position"]
    assert (await api.call("GET", f"/changes/{position}")).json()["state"] == "pending"
    await behind.follow()
    assert (await api.call("GET", f"/changes/{position}")).json()["state"] != "pending"
    await behind.leave()


async def test_without_wait_nothing_is_said_of_a_receipt(api: ApiStage) -> None:
    assert "Edge-Receipt" not in (await api.call("PATCH", DESTINATION, OFF)).headers


@pytest.mark.parametrize("wait", ["500ms", "2s", "2", "0", "0.5s", "30s"])
async def test_a_wait_has_these_forms(api: ApiStage, wait: str) -> None:
    assert (await api.call("PATCH", DESTINATION, OFF, params={"wait": wait})).status_code == 200


@pytest.mark.parametrize("wait", ["", "soon", "-1s", "31s", "31000ms", "2m", "1e1", "2s\n", "٣s", "nan"])
async def test_a_wait_that_is_none_is_refused_before_anything_is_written(api: ApiStage, wait: str) -> None:
    before = await api.head()
    for method, path, body in (("PATCH", DESTINATION, OFF), ("POST", "/purges", {"tags": ["workspace:acme"]})):
        answer = await api.call(method, path, body, params={"wait": wait})
        assert (answer.status_code, answer.json()["code"]) == (400, 3)
        assert "wait" in answer.json()["error"]
    assert (await api.call("POST", "/purges", {"tags": ["workspace:acme"], "wait": wait})).status_code == 400
    assert await api.head() == before


@pytest.mark.parametrize("verb", ["invalidate", "revoke"])
async def test_a_purge_answers_202_and_its_receipt_by_its_position(api: ApiStage, verb: str) -> None:
    body = {"tags": [f"key:{KEY}"], "sources": ["workspaces/acme/sources/site"], "verb": verb, "reason": "leak"}
    answer = await api.call("POST", "/purges", body)
    assert answer.status_code == 202
    made = answer.json()
    assert made["id"] == made["position"] == int(answer.headers["Edge-Position"]) == await api.head()
    assert (made["verb"], made["tags"]) == (verb, [f"key:{KEY}", "source:s1"])
    shown = (await api.call("GET", f"/purges/{made['id']}")).json()
    assert (shown["id"], shown["verb"], shown["tags"]) == (made["id"], verb, made["tags"])


@pytest.mark.parametrize("beside", [True, False])
async def test_a_purge_that_is_waited_for_says_the_same_in_header_and_body(api: ApiStage, beside: bool) -> None:
    await api.node.follow()
    body = {"tags": ["workspace:acme"]} | ({} if beside else {"wait": "0"})
    answer = await api.call("POST", "/purges", body, params={"wait": "0"} if beside else {})
    assert answer.headers["Edge-Receipt"] == answer.json()["state"]


async def test_a_token_for_purging_alone_can_read_its_receipt(api: ApiStage) -> None:
    token = await api.token("acme", "cache:purge")
    made = (await api.call("POST", "/purges", {"tags": ["workspace:acme"]}, token=token)).json()
    assert (await api.call("GET", f"/purges/{made['id']}", token=token)).status_code == 200


@pytest.mark.parametrize("tag", ["all", "loader", "definition:tally"])
async def test_a_workspaces_token_purges_nothing_beyond_its_workspace(api: ApiStage, tag: str) -> None:
    before = await api.head()
    answer = await api.call("POST", "/purges", {"tags": [tag]})
    assert (answer.status_code, answer.json()["code"]) == (403, 7)
    assert await api.head() == before
    assert (await api.call("POST", "/purges", {"tags": [tag]}, token="instance")).status_code == 202


@pytest.mark.parametrize(
    "body",
    [{}, {"tags": []}, {"tags": ["x"]}, {"tags": ["all"], "verb": "delete"}, {"sources": ["site"]}, {"tags": "all"}],
)
async def test_a_purge_of_nothing_or_in_another_form_is_refused(api: ApiStage, body: dict[str, object]) -> None:
    before = await api.head()
    answer = await api.call("POST", "/purges", body, token="instance")
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert await api.head() == before


async def test_changes_and_purges_of_another_workspace_are_not_found(api: ApiStage) -> None:
    change = (await api.call("PATCH", DESTINATION, OFF)).headers["Edge-Position"]
    purge = (await api.call("POST", "/purges", {"tags": ["workspace:acme"]})).headers["Edge-Position"]
    for path in (f"/changes/{change}", f"/changes/{purge}", f"/purges/{purge}", "/changes/1", "/changes/999999"):
        assert (await api.call("GET", path, token="globex")).status_code == 404, path
    assert (await api.call("GET", f"/purges/{change}")).status_code == 404


async def test_a_receipt_can_be_waited_for(api: ApiStage) -> None:
    position = (await api.call("PATCH", DESTINATION, OFF)).headers["Edge-Position"]
    receipt = (await api.call("GET", f"/changes/{position}", params={"wait": "1s"})).json()
    assert receipt["state"] != "pending"
    behind = await join(api.stage.world, api.roster, api.stage.clock, "n2")
    assert (await api.call("GET", f"/changes/{position}", params={"wait": "0"})).json()["state"] == "pending"
    await behind.leave()


async def test_a_receipt_can_be_waited_for_until_it_is_settled(api: ApiStage) -> None:
    position = int((await api.call("PATCH", DESTINATION, OFF)).headers["Edge-Position"])
    await api.roster.join(Newcomer("n9", "h9", "1", front="nginx"), api.stage.clock().wall)
    epoch = (await api.call("GET", "/status")).json()["epoch"]
    await api.roster.beat("n9", AsOf(epoch, position, ""), True, api.stage.clock().wall)
    await api.roster.ack(AckRow("h9", epoch, position, acked_at=api.stage.clock().wall), api.stage.clock().wall)
    for path in (f"/changes/{position}", f"/changes/{position}?wait=0", f"/changes/{position}?wait=0&until=settled"):
        assert (await api.call("GET", path)).json()["state"] == "live", path
    waiting = asyncio.create_task(api.call("GET", f"/changes/{position}?wait=30s&until=settled"))
    await settle()
    now = api.stage.clock().wall
    await api.roster.ack(AckRow("h9", epoch, position, acked_at=now, rebound_at=now), now)
    assert (await waiting).json()["state"] == "settled"


@pytest.mark.parametrize(
    "query", [{"until": "gone", "wait": "1s"}, {"until": ""}, {"until": "settled"}, {"until": "live"}]
)
async def test_what_to_wait_for_is_one_of_two_states_and_comes_with_how_long(
    api: ApiStage, query: dict[str, str]
) -> None:
    position = (await api.call("PATCH", DESTINATION, OFF)).headers["Edge-Position"]
    answer = await api.call("GET", f"/changes/{position}", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "until" in answer.json()["error"]


@pytest.mark.parametrize("query", [{"wiat": "2s"}, [("wait", "1s"), ("wait", "2s")]])
async def test_a_query_that_would_be_silently_lost_is_refused(api: ApiStage, query: dict[str, str]) -> None:
    before = await api.head()
    answer = await api.call("PATCH", DESTINATION, OFF, params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "wait" in answer.json()["error"]
    assert await api.head() == before


async def test_status_names_the_head_and_every_node(api: ApiStage) -> None:
    await api.node.follow()
    status = (await api.call("GET", "/status")).json()
    assert status["head"] == await api.head()
    assert [(node["node"], node["state"], node["lag"]) for node in status["nodes"]] == [("n1", "live", 0)]
    assert (status["store"], status["redis"], status["builds"]) == ("sqlite", "none", {"1": 1})
    assert [(host["host"], host["front"], host["nodes"]) for host in status["hosts"]] == [("h1", "none", 1)]


async def test_status_says_how_far_behind_a_node_is_and_what_is_wrong(api: ApiStage) -> None:
    await api.node.follow()
    api.stage.clock.advance(20)
    await api.call("PATCH", DESTINATION, OFF)
    api.stage.clock.advance(15)
    behind = await join(api.stage.world, api.roster, api.stage.clock, "n2")
    status = (await api.call("GET", "/status")).json()
    lags = {node["node"]: (node["lag"], node["lag_seconds"]) for node in status["nodes"]}
    assert lags["n1"] == (0, 0.0)
    assert lags["n2"] == (status["head"], 35.0)
    assert {problem["code"] for problem in status["problems"]} >= {"node_behind"}
    await behind.leave()


async def test_only_the_instance_learns_where_nodes_listen_and_why_a_front_fails(api: ApiStage) -> None:
    await api.roster.join(Newcomer("n9", "h9", "1", front="nginx", url="http://10.0.0.9:9100"), api.stage.clock().wall)
    epoch = (await api.call("GET", "/status")).json()["epoch"]
    await api.roster.ack(AckRow("h9", epoch, 2, last_error="connection refused"), api.stage.clock().wall)

    async def shown(token: str) -> tuple[str, object, int]:
        status = (await api.call("GET", "/status", token=token)).json()
        (node,) = [node for node in status["nodes"] if node["node"] == "n9"]
        (host,) = [host for host in status["hosts"] if host["host"] == "h9"]
        return node["url"], host["last_error"], host["pending"]

    assert await shown("instance") == ("http://10.0.0.9:9100", "connection refused", 1)
    assert await shown("acme") == ("", None, 1)
