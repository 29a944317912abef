"""A proxy that reads along: it counts requests, and can keep back the answers to those that name something.

Requests of one connection are answered one after the other, in HTTP/1.1 as these clients speak it: while an answer is
kept back, its connection stands still, and no other does.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadtest.fleet.proxy import Address, Proxy, Sockets, tcp


class Tap(Proxy):
    """``count``, ``held`` and ``holding`` may be asked from any thread."""

    def __init__(self, target: Address, at: str | Path = "127.0.0.1", *, listens: Sockets = tcp) -> None:
        super().__init__(target, at, listens=listens)
        self._requests: list[bytes] = []
        self._markers: set[bytes] = set()
        self._every = False
        self._held: set[int] = set()
        self._released = asyncio.Event()

    @property
    def holding(self) -> bool:
        """Whether an answer is being kept back from somebody who waits for it."""
        return self.held > 0

    @property
    def held(self) -> int:
        """How many answers are being kept back."""
        return len(self._held)

    def count(self, marker: bytes) -> int:
        """How many GET requests there were, ever, for a path with ``marker`` in it."""
        return sum(marker in line for line in self._requests)

    @contextmanager
    def keeping_back(self, *markers: bytes, every: bool = False) -> Iterator[None]:
        """The answer to the first request with each of ``markers`` in it, or to ``every`` such, comes when the block
        ends."""
        self._released = asyncio.Event()
        self._every = every
        self._markers = set(markers)
        try:
            yield
        finally:
            self._call(self._release())

    def let_pass(self) -> None:
        """Keep back what is kept back already, and nothing more."""
        self._call(self._forget())

    async def _forget(self) -> None:
        self._markers = set()

    async def _release(self) -> None:
        self._markers = set()
        self._held.clear()
        self._released.set()

    async def asked(self, connection: int, data: bytes) -> None:
        if data.startswith(b"GET "):
            self._requests.append(data.partition(b"\r\n")[0])
        marker = next((one for one in self._markers if one in data), None)
        if marker is not None:
            if not self._every:
                self._markers = self._markers - {marker}
            self._held.add(connection)

    async def left(self, connection: int) -> None:
        self._held.discard(connection)

    async def answered(self, connection: int, data: bytes) -> None:
        if connection in self._held:
            await self._released.wait()
