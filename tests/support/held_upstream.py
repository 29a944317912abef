"""What stands for the nodes behind a real nginx: a server that answers documents as of a position it is told.

An answer can be held after it was decided, as a node's is that has read its document and not sent it yet.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httptools

from edge.publish.publication import PATHS, Kind
from edge.publish.variants import Encoding


@dataclass(slots=True)
class Held:
    """One answer that was decided and waits to be sent."""

    decided: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Upstream:
    """``position`` is what documents are as of, in ``epoch``. ``status`` other than 200 is answered to everything;
    ``silent`` answers nothing; ``lifetime`` in seconds is what nginx is told."""

    epoch: str = "e1"
    position: int = 1
    status: int = 200
    silent: bool = False
    lifetime: int = 240
    missing: set[str] = field(default_factory=set)
    says_as_of: bool = True
    lagging: set[tuple[str, str]] = field(default_factory=set)
    """(path, encoding) of what is answered as of one position before."""
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(path, encoding) -> times."""
    _held: dict[tuple[str, str], Held] = field(default_factory=dict)

    def hold(self, kind: Kind, key: str, encoding: Encoding) -> Held:
        """The next answer of this variant is held."""
        held = self._held[PATHS[kind].format(key=key), encoding] = Held()
        return held

    async def answer(self, path: str, encoding: str) -> bytes | None:
        self.asked[path, encoding] += 1
        if self.silent:
            await asyncio.Event().wait()
        answer = self._decide(path, encoding)
        held = self._held.pop((path, encoding), None)
        if held is not None:
            held.decided.set()
            await held.release.wait()
        return answer

    def _decide(self, path: str, encoding: str) -> bytes:
        missing = any(key in path for key in self.missing)
        status = self.status if self.status != 200 else 404 if missing else 200
        body = f"{path} as of {self.position}, {encoding}".encode()
        lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
        lines += ["Cache-Control: max-age=1, stale-while-revalidate=30, stale-if-error=300"]
        lines += [f"X-Accel-Expires: {self.lifetime}", "X-Client-Cache-Control: public, max-age=60"]
        if self.says_as_of and status in (200, 404):
            lines.append(f"Edge-As-Of: {self.epoch}.{self.position - ((path, encoding) in self.lagging)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, upstream: Upstream, tasks: set[asyncio.Task[None]]) -> None:
        self._upstream, self._tasks = upstream, tasks
        self._parser = httptools.HttpRequestParser(self)
        self._path, self._encoding = "", "identity"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._path, self._encoding = "", "identity"

    def on_url(self, url: bytes) -> None:
        self._path += url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"accept-encoding" and value:
            self._encoding = value.decode()

    def on_message_complete(self) -> None:
        task = asyncio.create_task(self._answer(self._path, self._encoding))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, path: str, encoding: str) -> None:
        answer = await self._upstream.answer(path, encoding)
        transport = self._transport
        assert isinstance(transport, asyncio.Transport)
        if answer is not None and not transport.is_closing():
            transport.write(answer)


@asynccontextmanager
async def upstream_at(address: Path) -> AsyncIterator[Upstream]:
    upstream, tasks = Upstream(), set[asyncio.Task[None]]()
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(lambda: _Connection(upstream, tasks), str(address))
    try:
        yield upstream
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
