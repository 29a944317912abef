"""A node's own listener: its address, its end, and that it takes no signals."""

import asyncio
import signal
import socket
from contextlib import closing
from functools import partial

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from edge.observe.asking import NO_TLS
from edge.observe.listener import CONCURRENCY, PORTS, NodeBindError, bind, serving, url_of
from tests.support.polling import until

pytestmark = pytest.mark.anyio


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def as_many(held: list[Scope], number: int) -> bool:
    return len(held) == number


async def get(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
        return await client.get(url)


def test_port_0_is_any_that_is_free() -> None:
    with closing(bind("127.0.0.1:0")) as first, closing(bind("127.0.0.1:0")) as second:
        assert port_of(first) != port_of(second)
        assert url_of("127.0.0.1:0", first) == f"http://127.0.0.1:{port_of(first)}"


def test_a_second_worker_takes_the_next_port() -> None:
    with closing(bind("127.0.0.1:0")) as first:
        address = f"127.0.0.1:{port_of(first)}"
        with closing(bind(address)) as second:
            assert port_of(first) < port_of(second) < port_of(first) + PORTS


def test_an_ipv6_address_stands_in_brackets_in_the_url() -> None:
    with closing(bind("[::1]:0")) as listener:
        assert url_of("[::1]:0", listener) == f"http://[::1]:{port_of(listener)}"


@pytest.mark.parametrize("address", ["0.0.0.0:9100", "[::]:9100", "0.0.0.0:0"])
def test_every_address_at_once_is_refused_since_it_names_no_machine(address: str) -> None:
    with pytest.raises(NodeBindError, match="name the one at which control nodes reach it"):
        bind(address)


@pytest.mark.parametrize("address", ["203.0.113.7:0", "no-such-host.invalid:0"])
def test_an_address_of_another_machine_is_refused_with_what_is_allowed(address: str) -> None:
    with pytest.raises(NodeBindError, match=r"cannot listen on .+ must be an address of this machine"):
        bind(address)


async def test_it_answers_inside_the_block_and_its_port_is_free_after_it() -> None:
    listener = bind("127.0.0.1:0")
    address, url = f"127.0.0.1:{port_of(listener)}", url_of("127.0.0.1:0", listener)
    async with serving(PlainTextResponse("here"), listener):
        answer = await get(url)
        assert (answer.text, "server" in answer.headers, "date" in answer.headers) == ("here", False, True)
    with closing(bind(address)) as again:
        assert f"127.0.0.1:{port_of(again)}" == address
    with pytest.raises(httpx.ConnectError):
        await get(url)


async def test_a_block_that_fails_ends_it_too() -> None:
    listener = bind("127.0.0.1:0")
    url = url_of("127.0.0.1:0", listener)
    with pytest.raises(LookupError):
        async with serving(PlainTextResponse("here"), listener):
            raise LookupError
    with pytest.raises(httpx.ConnectError):
        await get(url)


async def test_the_signals_stay_with_the_public_listeners_server() -> None:
    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    listener = bind("127.0.0.1:0")
    async with serving(PlainTextResponse("here"), listener):
        await get(url_of("127.0.0.1:0", listener))
        assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)] == before


async def test_an_open_connection_does_not_hold_the_node_up() -> None:
    listener = bind("127.0.0.1:0")
    url = url_of("127.0.0.1:0", listener)
    async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
        async with serving(PlainTextResponse("here"), listener):
            assert (await client.get(url)).status_code == 200
        with pytest.raises(httpx.TransportError):
            await client.get(url)


async def test_more_requests_at_a_time_than_it_answers_are_refused() -> None:
    gate, listener = asyncio.Event(), bind("127.0.0.1:0")
    held: list[Scope] = []

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        held.append(scope)
        await gate.wait()
        await PlainTextResponse("here")(scope, receive, send)

    limits = httpx.Limits(max_connections=None)
    async with serving(waiting, listener), httpx.AsyncClient(trust_env=False, limits=limits, timeout=60) as client:
        url = url_of("127.0.0.1:0", listener)
        asked = []
        for number in range(1, CONCURRENCY):
            asked.append(asyncio.create_task(client.get(url)))
            await until(partial(as_many, held, number), f"request {number} under way")
        assert (await client.get(url)).status_code == 503
        gate.set()
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
