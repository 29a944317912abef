"""As many requests as a server answers on a few connections: with wrk where it is installed, else with our own client.

Ours counts bytes: every answer must have the length of the first one. Python is slower than nginx all the same: with it
requests a second say more of the client than of the server, while what the server used of the processor says something
with both. It never has two requests under way on one connection: no browser does, and nginx, which holds back what
does not fill a packet (tcp_nopush), would wait 40 ms for each of them.
"""

import asyncio
import re
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import cast

import uvloop

CONNECTIONS = 32
ON_ONE_CONNECTION = 5000
"""Requests after which a connection is given up: the server would close it after 10,000 (keepalive_requests)."""
_LAST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Pounded:
    """``seconds`` is how long it really took."""

    requests: int
    seconds: float

    @property
    def rps(self) -> float:
        return self.requests / self.seconds


def client() -> str:
    """Which client is used here, for the report."""
    return f"{'wrk' if shutil.which('wrk') else 'own client'}, {CONNECTIONS} connections"


def pound(port: int, path: str, accept_encoding: str, seconds: float) -> Pounded:
    """Raises RuntimeError when an answer is no 200, or not like the others."""
    if shutil.which("wrk"):
        return _with_wrk(port, path, accept_encoding, seconds)
    return uvloop.run(_with_ours(port, path, accept_encoding, seconds))


def _with_wrk(port: int, path: str, accept_encoding: str, seconds: float) -> Pounded:
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-H", f"Accept-Encoding: {accept_encoding}"]
    text = subprocess.run([*words, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in ([\d.]+)s", text)
    if found is None or "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"errors under load:\n{text}")
    return Pounded(int(found[1]), float(found[2]))


@dataclass(slots=True, eq=False)
class _Pounder(asyncio.Protocol):
    request: bytes
    until: float
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    requests: int = 0
    _size: int = 0
    _got: int = 0
    _first: bytes = b""
    _transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._got += len(data)
        if not self._size:
            self._first += data
            self._size = _size_of(self._first)
        if not self._size or self._got < self._size:
            return
        self.requests += 1
        if self._got > self._size:
            self._end(RuntimeError("an answer is longer than the first one was"))
        elif time.perf_counter() < self.until and self.requests < ON_ONE_CONNECTION:
            self._send()
        else:
            self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or RuntimeError("the server closed the connection"))

    def _send(self) -> None:
        assert self._transport is not None
        self._got = 0
        self._transport.write(self.request)

    def _end(self, error: Exception | None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)
        if self._transport is not None:
            self._transport.close()


def _size_of(answer: bytes) -> int:
    """Bytes of a whole answer, 0 while its head is not there. Raises RuntimeError when it is no 200."""
    head, end, _ = answer.lower().partition(b"\r\n\r\n")
    if not end:
        return 0
    if not head.startswith(b"http/1.1 200 "):
        raise RuntimeError(f"not a 200: {head[:60]!r}")
    return len(head) + 4 + int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])


async def _with_ours(port: int, path: str, accept_encoding: str, seconds: float) -> Pounded:
    text = f"GET {path} HTTP/1.1\r\nHost: edge\r\nAccept-Encoding: {accept_encoding}\r\n\r\n"
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    until = started + seconds

    async def one_after_the_other() -> int:
        requests = 0
        while time.perf_counter() < until:
            _, pounder = await loop.create_connection(lambda: _Pounder(text.encode(), until), "127.0.0.1", port)
            await pounder.done
            requests += pounder.requests
        return requests

    async with asyncio.timeout(seconds + _LAST_SECONDS):
        counts = await asyncio.gather(*(one_after_the_other() for _ in range(CONNECTIONS)))
    return Pounded(sum(counts), time.perf_counter() - started)
