"""Servers of the tests' own, on free loopback ports, each in a thread."""

import gzip
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

STARTED_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived; ``host`` without a port."""

    method: str
    host: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def origin(self) -> str | None:
        return self.headers.get("origin")


@dataclass(slots=True)
class Recorder:
    """An ASGI application that keeps every request and lets ``answer`` reply. Appended to by one thread only."""

    answer: Callable[[Received], Response]
    received: list[Received] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        arrived = Received(
            method=request.method,
            host=request.url.hostname or "",
            path=request.url.path,
            query=parse_qs(request.url.query),
            headers=dict(request.headers),
            body=_plain(await request.body(), request.headers.get("content-encoding")),
        )
        self.received.append(arrived)
        await self.answer(arrived)(scope, receive, send)


def _plain(body: bytes, encoding: str | None) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body


@contextmanager
def serving(app: ASGIApp | Callable[[Scope, Receive, Send], Awaitable[None]], tls: Path | None = None) -> Iterator[int]:
    """Serve ``app`` until the block ends and give its port; with ``tls``, a file of key and certificate, over https."""
    config = uvicorn.Config(
        app,
        log_level="error",
        lifespan="off",
        ssl_certfile=tls,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + STARTED_SECONDS
        while not server.started:
            assert thread.is_alive(), "a server of the tests could not start"
            assert time.monotonic() < deadline, "a server of the tests did not start"
            thread.join(0.01)
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join(10)
