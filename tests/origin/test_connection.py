"""HTTP as a control node may speak it: connections kept and lost, answers whole and torn."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.origin import connection
from edge.origin.connection import IDLE, Connections, GoneError, OriginError, UnreachedError
from tests.support.clock import HandClock
from tests.support.loopback import loopback
from tests.support.polling import settle, until

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nEdge-Age: 1\r\nContent-Length: 4\r\n\r\nbody"
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


class Server:
    """Answers what a test says, byte for byte, and remembers what was asked on which connection."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[int, bytes]] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.writers)
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")), 0)
                self.asked.append((number, head + await reader.readexactly(length)))
                answer = self.answers.pop(0) if self.answers else OK
                writer.write(answer)
                if b"\r\n\r\n" not in answer or answer.endswith(b"torn"):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    def hang_up(self) -> None:
        for writer in self.writers:
            writer.close()


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[Server]:
    server = Server(*answers)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield server
    server.hang_up()
    listening.close()


def connections(url: str, clock: HandClock) -> Connections:
    return Connections(url, {"Authorization": "Bearer t0ken"}, clock)


async def test_a_call_has_its_method_path_host_and_token_and_the_answer_all_its_parts(clock: HandClock) -> None:
    async with serving() as server:
        made = connections(f"{server.url}/base/", clock)
        response = await made.call("GET", "/origin/ready?a=b")
        made.close()
    assert (response.status, response.headers["edge-age"], response.body) == (200, "1", b"body")
    (_, asked), host = server.asked[0], server.url.removeprefix("http://")
    assert asked.startswith(b"GET /base/origin/ready?a=b HTTP/1.1\r\n")
    assert f"\r\nHost: {host}\r\n".encode() in asked
    assert b"\r\nAuthorization: Bearer t0ken\r\n" in asked


async def test_a_body_is_sent_with_its_length(clock: HandClock) -> None:
    async with serving() as server:
        made = connections(server.url, clock)
        await made.call("POST", "/origin/roster/leave", b'{"node":"n1"}')
        await made.call("POST", "/origin/roster/leave", b"")
        made.close()
    assert server.asked[0][1].endswith(b'Content-Length: 13\r\n\r\n{"node":"n1"}')
    assert server.asked[1][1].endswith(b"Content-Length: 0\r\n\r\n")


async def test_one_connection_carries_calls_one_after_the_other_and_more_carry_those_at_once(clock: HandClock) -> None:
    async with serving() as server:
        made = connections(server.url, clock)
        for _ in range(3):
            await made.call("GET", "/")
        assert {number for number, _ in server.asked} == {0}
        await asyncio.gather(*(made.call("GET", "/") for _ in range(5)))
        assert len(server.writers) == 5
        made.close()


async def test_a_resting_connection_that_the_other_side_closed_costs_nothing(clock: HandClock) -> None:
    async with serving() as server:
        made = connections(server.url, clock)
        await made.call("GET", "/")
        server.hang_up()
        await settle()
        assert (await made.call("GET", "/")).status == 200
        made.close()


async def test_a_resting_connection_that_ends_as_it_is_used_is_tried_once_more_on_a_new_one(clock: HandClock) -> None:
    async with serving(OK, b"") as server:
        made = connections(server.url, clock)
        await made.call("GET", "/first")
        assert (await made.call("GET", "/second")).status == 200
        made.close()
    assert [number for number, _ in server.asked] == [0, 0, 1]


async def test_a_new_connection_that_ends_at_once_is_no_answer(clock: HandClock) -> None:
    async with serving(b"") as server:
        with pytest.raises(GoneError):
            await connections(server.url, clock).call("GET", "/")
    assert len(server.asked) == 1


async def test_a_connection_that_rested_for_long_is_not_used(clock: HandClock) -> None:
    async with serving() as server:
        made = connections(server.url, clock)
        await made.call("GET", "/")
        clock.advance(IDLE)
        await made.call("GET", "/")
        made.close()
    assert [number for number, _ in server.asked] == [0, 1]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ntorn", "torn-answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "bad-answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "torn-answer"),
    ],
)
async def test_what_is_no_whole_answer_is_none_and_is_not_asked_for_again(
    clock: HandClock, answer: bytes, reason: str
) -> None:
    async with serving(OK, answer) as server:
        made = connections(server.url, clock)
        await made.call("GET", "/")
        with pytest.raises(OriginError) as raised:
            await made.call("GET", "/")
        assert raised.value.reason == reason
        assert len(server.asked) == 2
        assert (await made.call("GET", "/")).status == 200
        made.close()


async def test_an_answer_in_chunks_is_put_together_and_one_that_says_so_ends_its_connection(clock: HandClock) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    closing = b"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with serving(chunked, closing, OK) as server:
        made = connections(server.url, clock)
        assert (await made.call("GET", "/")).body == b"abcde"
        assert (await made.call("GET", "/")).status == 503
        assert (await made.call("GET", "/")).status == 200
        made.close()
    assert [number for number, _ in server.asked] == [0, 0, 1]


async def test_an_answer_without_end_is_cut_off(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_BYTES", 1000)
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + bytes(5000)) as server:
        with pytest.raises(OriginError, match="too-large"):
            await connections(server.url, clock).call("GET", "/")


async def test_a_caller_who_goes_takes_the_connection_along(clock: HandClock) -> None:
    """The answer to what was asked may still come, and would be taken for that to the next question."""
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlate", OK) as server:
        made = connections(server.url, clock)
        asking = asyncio.create_task(made.call("GET", "/first"))
        await until(lambda: bool(server.asked), "asked")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await made.call("GET", "/second")).body == b"body"
        made.close()
    assert [number for number, _ in server.asked] == [0, 1]


async def test_nobody_at_the_address_is_unreached(clock: HandClock) -> None:
    with pytest.raises(UnreachedError, match="connect"):
        await connections("http://127.0.0.1:9", clock).call("GET", "/")


async def test_an_address_that_does_not_answer_is_unreached_after_a_moment(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_arguments: object, **_more: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(connection, "CONNECT", 0.01)
    monkeypatch.setattr(asyncio, "open_connection", never)
    with pytest.raises(UnreachedError, match="connect-timeout"):
        await connections("http://192.0.2.1", clock).call("GET", "/")


async def test_a_password_in_an_address_is_not_in_what_may_be_logged(clock: HandClock) -> None:
    made = connections("http://user:s3cret@control.example:8081/base", clock)
    assert made.place == "http://control.example:8081"


async def test_https_is_spoken_with_a_certificate_that_is_checked(clock: HandClock, tmp_path: Path) -> None:
    async def app(scope: object, receive: object, send: Callable[..., object]) -> None:
        raise AssertionError("no request comes through")

    async with loopback(app) as url:
        made = connections(url.replace("http:", "https:"), clock)
        assert made._tls is not None
        assert made._tls.verify_mode == ssl.CERT_REQUIRED
        with pytest.raises(UnreachedError):
            await made.call("GET", "/")
