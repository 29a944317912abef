"""Asking for one document again and again, with as little client around it as HTTP/1.1 allows."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edge.publish.variants import Encoding
from loadtest.checks import ACCEPTED
from loadtest.documents import Kind, path_of

PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where something listens: a port of loopback, or a Unix socket."""

    name: str
    port: int = 0
    uds: Path | None = None


class Reader:
    """One keep-alive connection to one place, for one variant of one document."""

    def __init__(self, place: Place, key: str, kind: Kind, encoding: Encoding) -> None:
        self.place = place
        head = f"GET {path_of(kind, key)} HTTP/1.1\r\nHost: edge\r\nAccept-Encoding: {ACCEPTED[encoding]}\r\n\r\n"
        self._request = head.encode()
        self._revision = b""

    async def open(self) -> "Reader":
        await self._connect()
        self._revision = (await self.ask())[0]
        return self

    async def _connect(self) -> None:
        if self.place.uds is not None:
            self._answers, self._requests = await asyncio.open_unix_connection(str(self.place.uds))
        else:
            self._answers, self._requests = await asyncio.open_connection("127.0.0.1", self.place.port)

    def close(self) -> None:
        self._requests.close()

    async def ask(self) -> tuple[bytes, float]:
        """The answer's revision, and when its head was there (seconds of ``time.perf_counter``)."""
        self._requests.write(self._request)
        head = (await self._answers.readuntil(b"\r\n\r\n")).lower()
        came = time.perf_counter()
        await self._answers.readexactly(int(_value(head, b"content-length")))
        if not head.startswith(b"http/1.1 200 "):
            raise RuntimeError(f"{self.place.name}: {head[:60]!r}")
        # nginx ends a connection after so many requests (`keepalive_requests`), and says so in the last answer.
        if _value(head, b"connection") == b"close":
            self.close()
            await self._connect()
        return _value(head, b"edge-revision"), came

    async def changed(self, pause: Callable[[], float]) -> float:
        """Ask until the answer has another revision than the last one; when that was. TimeoutError after PATIENCE.

        Not its ETag: a loader's is another one, too, once a node has compressed it anew. ``pause`` answers the
        seconds from an answer to the next question. What is answered meanwhile is seen so much later.
        """
        deadline = time.perf_counter() + PATIENCE
        while time.perf_counter() < deadline:
            revision, came = await self.ask()
            if revision != self._revision:
                self._revision = revision
                return came
            await asyncio.sleep(pause())
        raise TimeoutError(f"{self.place.name}: a change was not seen within {PATIENCE:g} s")


def _value(head: bytes, name: bytes) -> bytes:
    return head.partition(b"\r\n" + name + b": ")[2].partition(b"\r\n")[0]
