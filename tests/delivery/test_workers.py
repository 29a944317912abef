"""Claims about several workers of one machine: real applications on one data directory, with their own loops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from edge.app import create_app, local_api
from edge.model.instant import system_clock
from edge.settings import Settings
from tests.delivery.paths import SETTINGS
from tests.support.polling import until_async
from tests.support.world import KEY, make_world

pytestmark = pytest.mark.anyio
DESTINATION = "/v1beta/workspaces/acme/sources/site/destinations/tally"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Clients of running workers; ``stops`` end one each."""

    workers: tuple[httpx.AsyncClient, ...]
    stops: tuple[AsyncExitStack, ...]

    async def patch(self, worker: int, wait: str = "", **fields: object) -> httpx.Response:
        body = {"destination": fields, "update_mask": {"paths": [f"destination.{name}" for name in fields]}}
        return await self.workers[worker].patch(DESTINATION + wait, json=body)

    async def receipt(self, worker: int, position: str) -> dict[str, object]:
        answer = await self.workers[worker].get(f"/v1beta/changes/{position}")
        found = answer.json()
        assert isinstance(found, dict)
        return found

    async def settled(self, worker: int, position: str) -> None:
        async def look() -> bool:
            return (await self.receipt(worker, position))["state"] == "settled"

        await until_async(look, f"position {position} live on every worker")


def client(app: ASGIApp, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://edge.test",
        headers={"Authorization": f"Bearer {token}"},
    )


async def issued_token(settings: Settings) -> str:
    """A workspace's token, made as the command line makes one."""
    async with local_api(settings) as (api, local), client(api, local) as local_client:
        scopes = ["workspace:read", "workspace:write", "cache:purge"]
        body = {"description": "tests", "workspace_names": ["workspaces/acme"], "scopes": scopes}
        answer = await local_client.post("/v1beta/access-tokens", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[Fleet]:
    world = await make_world(tmp_path, system_clock)
    await world.close()
    settings = Settings(data_dir=tmp_path, read_timeout=30, public_url="http://edge.test", rate_limit=0)
    token = await issued_token(settings)
    async with AsyncExitStack() as all_stops:
        workers, stops = [], []
        for _ in range(2):
            app, stop = create_app(settings), await all_stops.enter_async_context(AsyncExitStack())
            await stop.enter_async_context(app.router.lifespan_context(app))
            workers.append(await stop.enter_async_context(client(app, token)))
            stops.append(stop)
        for worker in workers:
            await until_async(partial(ready, worker), "readiness")
        yield Fleet(tuple(workers), tuple(stops))


async def ready(worker: httpx.AsyncClient) -> bool:
    return (await worker.get("/readyz")).status_code == 200


async def api_keys(fleet: Fleet) -> list[str]:
    found = []
    for worker in fleet.workers:
        document = (await worker.get(SETTINGS)).json()
        found.append(document["remotePlugins"][0]["settings"]["apiKey"])
    return found


async def test_a_change_through_one_worker_is_in_the_next_answer_of_each_once_its_receipt_is_live(fleet: Fleet) -> None:
    assert await api_keys(fleet) == ["first-api-key"] * 2
    for number in range(5):
        changed = await fleet.patch(number % 2, config=[{"name": "apiKey", "value": f"key-{number}"}])
        assert changed.status_code == 200, changed.text
        await fleet.settled((number + 1) % 2, changed.headers["Edge-Position"])
        assert await api_keys(fleet) == [f"key-{number}"] * 2


async def test_a_write_that_waits_is_answered_when_every_worker_shows_it(fleet: Fleet) -> None:
    await api_keys(fleet)
    changed = await fleet.patch(0, "?wait=20s", config=[{"name": "apiKey", "value": "waited-for"}])
    assert changed.headers["Edge-Receipt"] == "settled"
    assert await api_keys(fleet) == ["waited-for"] * 2


async def test_the_writer_itself_sees_its_change_without_waiting(fleet: Fleet) -> None:
    await api_keys(fleet)
    for enabled in (False, True, False):
        await fleet.patch(0, enabled=enabled)
        document = (await fleet.workers[0].get(SETTINGS)).json()
        assert bool(document["remotePlugins"]) is enabled


async def test_a_purge_is_read_again_by_every_worker(fleet: Fleet) -> None:
    await api_keys(fleet)
    body = {"tags": [f"key:{KEY}"], "verb": "revoke", "reason": "tests", "wait": "20s"}
    purge = await fleet.workers[1].post("/v1beta/purges", json=body)
    assert (purge.status_code, purge.headers["Edge-Receipt"]) == (202, "settled")
    answers = await asyncio.gather(*(worker.get(SETTINGS) for worker in fleet.workers))
    positions = [int(answer.headers["edge-as-of"].rpartition(".")[2]) for answer in answers]
    assert min(positions) >= int(purge.headers["Edge-Position"])


async def test_a_receipt_names_the_workers_of_the_host_and_waits_for_none_that_ended(fleet: Fleet) -> None:
    async def named(enabled: bool) -> list[int]:
        changed = await fleet.patch(1, "?wait=20s", enabled=enabled)
        receipt = await fleet.receipt(1, changed.headers["Edge-Position"])
        assert receipt["state"] == "settled"
        hosts = receipt["hosts"]
        assert isinstance(hosts, list)
        return [len(host["nodes"]) for host in hosts]

    assert await named(False) == [2]
    await fleet.stops[0].aclose()
    assert await named(True) == [1]
