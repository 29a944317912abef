"""Claims about health: alive from the start, ready after the first sync and from then on."""

import orjson
import pytest

from tests.delivery.conftest import Edge
from tests.support.asgi import Reply
from tests.support.sqlite import outage

pytestmark = pytest.mark.anyio


def state(reply: Reply) -> dict[str, object]:
    found = orjson.loads(reply.body)
    assert isinstance(found, dict)
    return found


async def test_i35_not_ready_until_the_journal_was_read_once(starting: Edge) -> None:
    reply = await starting.get("/readyz")
    assert (reply.status, reply["retry-after"], reply["cache-control"]) == (503, "1", "no-store")
    assert "not ready" in str(state(reply)["error"])
    await starting.follow()
    assert (await starting.get("/readyz")).status == 200


async def test_i35_ready_stays_ready_when_the_store_goes_away(edge: Edge) -> None:
    assert state(await edge.get("/readyz")) == {"status": "ready", "position": 2, "proof_age_seconds": 0.0}
    with outage(edge.database):
        edge.clock.advance(3600)
        reply = await edge.get("/readyz")
    assert reply.status == 200
    assert state(reply) == {"status": "degraded", "position": 2, "proof_age_seconds": 3600.0}


async def test_alive_says_nothing_of_the_store(starting: Edge) -> None:
    reply = await starting.get("/healthz")
    assert (reply.status, state(reply), reply["cache-control"]) == (200, {"status": "alive"}, "no-store")


async def test_degraded_ends_with_the_next_proof(edge: Edge) -> None:
    edge.clock.advance(60)
    assert state(await edge.get("/readyz"))["status"] == "degraded"
    await edge.follow()
    assert state(await edge.get("/readyz"))["status"] == "ready"
