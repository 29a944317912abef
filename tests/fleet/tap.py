"""A proxy that reads along: it counts requests, and can keep back the answers to those that name something.

Requests of one connection are answered one after the other, in HTTP/1.1 as these clients speak it: while an answer is
kept back, its connection stands still, and no other does.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from loadtest.fleet.proxy import Proxy


class Tap(Proxy):
    """``count`` and ``holding`` may be asked from any thread."""

    def __init__(self, target: tuple[str, int], host: str = "127.0.0.1") -> None:
        super().__init__(target, host)
        self._requests: list[bytes] = []
        self._marker: bytes | None = None
        self._every = False
        self._held: set[int] = set()
        self._released = asyncio.Event()

    @property
    def holding(self) -> bool:
        """Whether an answer is being kept back from somebody who waits for it."""
        return bool(self._held)

    def count(self, marker: bytes) -> int:
        """How many GET requests there were, ever, for a path with ``marker`` in it."""
        return sum(marker in line for line in self._requests)

    @contextmanager
    def keeping_back(self, marker: bytes, *, every: bool = False) -> Iterator[None]:
        """The answer to the first request with ``marker`` in it, or to ``every`` such, comes when the block ends."""
        self._released = asyncio.Event()
        self._marker, self._every = marker, every
        try:
            yield
        finally:
            self._call(self._release())

    async def _release(self) -> None:
        self._marker = None
        self._held.clear()
        self._released.set()

    async def asked(self, connection: int, data: bytes) -> None:
        if data.startswith(b"GET "):
            self._requests.append(data.partition(b"\r\n")[0])
        marker = self._marker
        if marker is not None and marker in data:
            self._marker = marker if self._every else None
            self._held.add(connection)

    async def left(self, connection: int) -> None:
        self._held.discard(connection)

    async def answered(self, connection: int, data: bytes) -> None:
        if connection in self._held:
            await self._released.wait()
