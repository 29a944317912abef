"""Asking nodes: whoever answers has to be the node that was meant."""

import asyncio

import httpx
import pytest
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.observe.asking import MOST_BYTES, Asking, UnansweredError
from edge.observe.listener import bind, serving, url_of
from edge.publish.publication import KINDS, PATHS, Wanted
from tests.delivery.paths import DOCUMENTS
from tests.observe.stage import Listening
from tests.support.world import KEY

pytestmark = pytest.mark.anyio
NODE = "n1"


async def asked(app: ASGIApp, node: str = NODE, patience: float = 2.0) -> object:
    """A snapshot asked of whoever listens; the error's text where there is none."""
    listener, asking = bind("127.0.0.1:0"), Asking(patience)
    async with serving(app, listener):
        try:
            return await asking.snapshot(node, url_of("127.0.0.1:0", listener))
        except UnansweredError as error:
            return str(error)
        finally:
            await asking.close()


def named(status: int = 200, body: bytes = b"", node: str = NODE) -> Response:
    return Response(body, status, {"Edge-Node": node})


def test_the_paths_are_those_of_the_public_side() -> None:
    assert {kind: path.format(key=KEY) for kind, path in PATHS.items()} == DOCUMENTS


async def test_a_nodes_numbers_and_documents_are_read(nodes: list[Listening]) -> None:
    asking = Asking()
    one = nodes[0]
    assert (await asking.snapshot(one.id, one.url)).identity.node == one.id
    for kind in KINDS:
        answered = await asking.document(one.id, one.url, Wanted(kind, KEY), "gzip")
        assert (answered.status, answered.headers["content-encoding"]) == (200, "gzip")
        assert answered.body[:2] == b"\x1f\x8b", "it has to stay as it was sent"
    await asking.close()


async def test_another_process_at_the_address_is_not_taken_for_the_node(nodes: list[Listening]) -> None:
    asking = Asking()
    with pytest.raises(UnansweredError, match="EDGE_NODE_BIND must be an address that control nodes reach"):
        await asking.snapshot(nodes[1].id, nodes[0].url)
    await asking.close()
    assert "another process answers there" in str(await asked(Response(b"{}")))


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (named(404), "answered with 404"),
        (named(body=b"<html>"), "not understood"),
        (named(body=b"[]"), "not understood"),
        (named(body=b"{}"), "not understood"),
        (named(body=b'{"node":"n","host":"h","role":"all","build":"1","values":[],"audit":null}'), "not understood"),
        (named(body=bytes(MOST_BYTES + 1)), f"longer than {MOST_BYTES} bytes"),
        (RedirectResponse("http://127.0.0.1:1/stats", headers={"Edge-Node": NODE}), "answered with 307"),
    ],
)
async def test_an_answer_that_is_none_is_said_in_a_few_words(app: ASGIApp, said: str) -> None:
    assert said in str(await asked(app))


async def test_one_that_does_not_answer_is_not_waited_for() -> None:
    never = asyncio.Event()

    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await never.wait()

    async def drips(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"edge-node", NODE.encode())]})
        while True:
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.01)

    for app in (silent, drips):
        assert await asked(app, patience=0.2) == "no answer within 0.2 s"


async def test_one_that_is_not_there_is_unreachable() -> None:
    listener = bind("127.0.0.1:0")
    url = url_of("127.0.0.1:0", listener)
    listener.close()
    with pytest.raises(UnansweredError, match="cannot be reached: ConnectError"):
        await Asking().snapshot(NODE, url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://127.0.0.1:9",
        "http://127.0.0.1:9/path",
        "http://u@127.0.0.1:9",
        "http://127.0.0.1",
        "http://h:x",
        "x",
    ],
)
async def test_a_row_of_the_roster_makes_nobody_ask_anything_but_a_node(url: str) -> None:
    with pytest.raises(UnansweredError, match="none of a node"):
        await Asking().snapshot(NODE, url)


async def test_connections_are_kept(nodes: list[Listening]) -> None:
    asking, one = Asking(), nodes[0]
    for _ in range(5):
        await asking.snapshot(one.id, one.url)
    client = asking._opened()
    assert isinstance(client._transport, httpx.AsyncHTTPTransport)
    assert len(client._transport._pool.connections) == 1
    await asking.close()
