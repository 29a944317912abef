"""Claims about the sink: every call of a client is answered, counted and discarded; nothing else is."""

import orjson
import pytest

from edge.delivery.sink import CALLS, EVENT_LIMIT, Witness
from tests.delivery.conftest import Edge

pytestmark = pytest.mark.anyio
EVENT = orjson.dumps({"event": "Bought", "writeKey": "wk"})


class Seen:
    """A witness that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []

    def __call__(self, call: str, body: bytes) -> None:
        self.calls.append((call, body))


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def witness(seen: Seen) -> Witness:
    return seen


async def test_short_and_long_names_are_accepted_counted_and_witnessed_by_their_long_name(
    edge: Edge, seen: Seen
) -> None:
    for name in (*CALLS, *CALLS.values()):
        reply = await edge.ask(f"/v1/{name}", method="POST", body=EVENT)
        assert (reply.status, orjson.loads(reply.body), reply["cache-control"]) == (200, {"success": True}, "no-store")
    assert edge.node.ground.stats.sink_events == len(seen.calls) == 16
    assert seen.calls == [(call, EVENT) for call in (*CALLS.values(), *CALLS.values())]


async def test_a_body_of_exactly_the_limit_is_accepted_and_one_byte_more_is_413(edge: Edge, seen: Seen) -> None:
    assert (await edge.ask("/v1/b", method="POST", body=b"x" * EVENT_LIMIT)).status == 200
    refused = await edge.ask("/v1/b", method="POST", body=b"x" * (EVENT_LIMIT + 1))
    assert (refused.status, refused["cache-control"]) == (413, "no-store")
    assert str(EVENT_LIMIT) in orjson.loads(refused.body)["error"]
    assert edge.node.ground.stats.sink_events == len(seen.calls) == 1


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff\xfe", b"[" * 100_000])
async def test_whatever_a_page_sends_is_answered_and_never_an_error(edge: Edge, body: bytes) -> None:
    assert (await edge.ask("/v1/t", method="POST", body=body)).status == 200


async def test_a_page_of_another_origin_may_post_json_and_credentials_of_its_own(edge: Edge) -> None:
    reply = await edge.ask("/v1/t", method="OPTIONS")
    assert "POST" in reply["access-control-allow-methods"]
    assert {"content-type", "authorization"} <= set(reply["access-control-allow-headers"].split(", "))
    assert reply["access-control-allow-origin"] == "*"


async def test_reading_is_refused_and_counts_nothing(edge: Edge) -> None:
    for method in ("GET", "HEAD"):
        assert (await edge.ask("/v1/t", method=method)).status == 405
    assert edge.node.ground.stats.sink_events == 0


async def test_events_are_taken_before_the_journal_was_read_and_without_a_store(starting: Edge) -> None:
    assert (await starting.ask("/v1/t", method="POST", body=EVENT)).status == 200
