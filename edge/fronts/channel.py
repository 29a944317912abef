"""HTTP over a unix socket, kept alive: what one refresh costs is what a change waits for.

Of httptools' parser and a socket, since a general client takes ten times as long for the eighteen exchanges of one
write key, and there is one answer to read from them: status and ``Edge-As-Of``.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httptools

from edge.fronts.short_path import short_path

AS_OF = b"edge-as-of"
CACHE_STATUS = b"cache-status"


class ChannelError(Exception):
    """The connection ended before the answer did, or the answer is not HTTP."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one request was answered. ``as_of`` as it stands in the header, empty where there is none."""

    status: int
    as_of: str
    cache_status: str


class Channel(asyncio.Protocol):
    """One connection; one request at a time. Bodies are read to their end and dropped."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._answer: asyncio.Future[Exchange] | None = None
        self._headers: dict[bytes, bytes] = {}
        self._head = False
        self.closed = False

    async def ask(self, request: bytes, *, head: bool) -> Exchange:
        """Send ``request``; ``head``: its answer has no body, whatever length it announces. Raises ChannelError."""
        if self._transport is None or self.closed:
            raise ChannelError("the connection was closed")
        self._parser, self._headers, self._head = httptools.HttpResponseParser(self), {}, head
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self.closed = True
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have every method of asyncio's, but are of another family.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            self._fail("an answer that nobody asked for")
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"no HTTP: {type(error).__name__}")

    def connection_lost(self, _error: Exception | None) -> None:
        self._fail("the connection ended before the answer did")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if self._head:
            self.on_message_complete()

    def on_message_complete(self) -> None:
        parser, answer, self._parser = self._parser, self._answer, None
        if parser is None or answer is None or answer.done():
            return
        if not parser.should_keep_alive():
            self.close()
        as_of, status = (self._headers.get(name, b"").decode("latin-1") for name in (AS_OF, CACHE_STATUS))
        answer.set_result(Exchange(parser.get_status_code(), as_of, status))

    def _fail(self, reason: str) -> None:
        self.close()
        self._parser = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChannelError(reason))


class Channels:
    """Open connections to one socket, at most ``limit`` in use at a time."""

    def __init__(self, address: Path, limit: int) -> None:
        self._address = address
        self._free: deque[Channel] = deque()
        self._room = asyncio.Semaphore(limit)

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[Channel]:
        """A connection for some requests one after the other. Raises OSError when there is none to be had.

        After an exception it is closed: who knows what is still on its way there.
        """
        async with self._room:
            channel = self._open() or await self._connect()
            try:
                yield channel
            except BaseException:
                channel.close()
                raise
            if not channel.closed:
                self._free.append(channel)

    def close(self) -> None:
        while self._free:
            self._free.pop().close()

    def _open(self) -> Channel | None:
        while self._free:
            channel = self._free.pop()
            if not channel.closed:
                return channel
        return None

    async def _connect(self) -> Channel:
        with short_path(self._address) as address:
            _, channel = await asyncio.get_running_loop().create_unix_connection(Channel, address)
        return channel
