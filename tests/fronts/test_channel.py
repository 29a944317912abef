"""Claims about connections to nginx: kept, used by one at a time, and dropped when nobody knows what is in them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from edge.fronts.channel import ChannelError, Channels, Exchange

pytestmark = pytest.mark.anyio
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nEDGE-As-Of: e1.7\r\nCache-Status: nginx; hit\r\n\r\nabc"
HEAD_ONLY = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\nEdge-As-Of: e1.7\r\n\r\n"


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Both loops: their transports are of two families."""
    return "asyncio", {"loop_factory": uvloop.new_event_loop if request.param == "uvloop" else None}


class Server:
    """Says ``answer`` to every request, in pieces, and ends the connection after it where ``ends`` is set."""

    def __init__(self) -> None:
        self.answer = OK
        self.pieces = 1
        self.ends = False
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        while await reader.readuntil(b"\r\n\r\n"):
            size = -(-len(self.answer) // self.pieces) or 1
            for start in range(0, len(self.answer), size):
                writer.write(self.answer[start : start + size])
                await writer.drain()
                await asyncio.sleep(0)
            if self.ends:
                writer.close()
                return


@asynccontextmanager
async def serving(limit: int) -> AsyncIterator[tuple[Server, Channels]]:
    with tempfile.TemporaryDirectory(prefix="edge-") as directory:
        address = Path(directory) / "s"
        server = Server()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await server.serve(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        listening = await asyncio.start_unix_server(serve, address)
        channels = Channels(address, limit)
        yield server, channels
        channels.close()
        listening.close()
        for writer in server.writers:
            writer.close()


async def ask(channels: Channels, *, head: bool = False) -> Exchange:
    async with channels.channel() as channel:
        return await channel.ask(GET, head=head)


@pytest.mark.parametrize("pieces", [1, 7, 1000])
async def test_an_answer_is_its_status_and_two_headers_however_it_comes(pieces: int) -> None:
    async with serving(2) as (server, channels):
        server.pieces = pieces
        assert await ask(channels) == Exchange(200, "e1.7", "nginx; hit")


async def test_a_connection_is_used_again() -> None:
    async with serving(2) as (server, channels):
        for _ in range(5):
            await ask(channels)
        server.answer = HEAD_ONLY
        for _ in range(3):
            assert (await ask(channels, head=True)).as_of == "e1.7"
        server.answer = OK
        await ask(channels)
        assert server.connections == 1


async def test_no_more_than_so_many_are_open_at_once() -> None:
    async with serving(3) as (server, channels):
        await asyncio.gather(*(ask(channels) for _ in range(20)))
        assert server.connections <= 3


async def test_one_that_the_other_side_ended_is_not_used_again() -> None:
    async with serving(2) as (server, channels):
        server.answer = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        server.ends = True
        for _ in range(3):
            assert (await ask(channels)).status == 200
        assert server.connections == 3


def cut_short(server: Server) -> None:
    server.answer, server.ends = OK[:-1], True


def no_http(server: Server) -> None:
    server.answer = b"220 mail.example ESMTP\r\n\r\n"


@pytest.mark.parametrize("spoil", [cut_short, no_http])
async def test_what_is_no_whole_answer_is_an_error(spoil: Callable[[Server], None]) -> None:
    async with serving(2) as (server, channels):
        spoil(server)
        with pytest.raises(ChannelError):
            await ask(channels)
        server.answer, server.ends = OK, False
        assert (await ask(channels)).status == 200


async def test_an_answer_that_was_given_up_is_not_taken_for_the_next_one() -> None:
    async with serving(1) as (server, channels):
        server.answer = OK[:20]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask(channels)
        server.answer = OK.replace(b"e1.7", b"e1.8")
        assert (await ask(channels)).as_of == "e1.8"


async def test_what_nobody_asked_for_ends_the_connection() -> None:
    async with serving(1) as (server, channels):
        server.answer = OK + OK.replace(b"e1.7", b"e1.6")
        await ask(channels)
        server.answer = OK.replace(b"e1.7", b"e1.8")
        for _ in range(50):
            await asyncio.sleep(0)
        assert (await ask(channels)).as_of == "e1.8"
