"""Finished documents kept outside the process, as bytes under a key: a plain store, which is asked and not trusted."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from aiocache import RedisCache
from aiocache.serializers import NullSerializer
from redis.asyncio import Redis

from edge.cache.gathering import Gathering
from edge.journal.redis_client import FAILURES, close_client

NAMESPACE = "edgewise:copy"
AT_ONCE = 32
"""Calls under way at most; each has a connection to itself. Those beyond wait, within their own time."""


class CopiesError(Exception):
    """The store could not be asked, or not in time."""


class Copies(Protocol):
    """``seconds``: for how long a copy is kept at most; it may be gone at any moment. All calls are bounded in time."""

    async def get(self, key: str) -> bytes | None:
        """Raises CopiesError."""

    async def put(self, key: str, parcel: bytes, seconds: float) -> None:
        """Raises CopiesError."""

    async def close(self) -> None: ...


class NoCopies:
    """Where there is no shared cache: never has anything."""

    async def get(self, key: str) -> bytes | None:
        return None

    async def put(self, key: str, parcel: bytes, seconds: float) -> None:
        pass

    async def close(self) -> None:
        pass


class RedisCopies:
    """In Redis, through aiocache, of which only keys and set are used: its locks do not lock across processes, and what
    may be served is not its to decide. Owns ``client``; ``timeout`` in seconds.
    """

    def __init__(self, client: Redis, timeout: float) -> None:
        self._client = client
        self._timeout = timeout
        self._calls = asyncio.Semaphore(AT_ONCE)
        # Bytes in, bytes out. The time-out here is the one around both the wait for a turn and the call; aiocache's own
        # would begin with the call, in a task of its own.
        serializer = NullSerializer(encoding=None)
        self._store = RedisCache(serializer=serializer, namespace=NAMESPACE, timeout=None)
        # aiocache makes clients for one host; this one may as well ask Sentinels where to go.
        self._store.client = client
        self._gets: Gathering[str, bytes | None] = Gathering(self._several)

    async def get(self, key: str) -> bytes | None:
        """Those of one turn of the event loop are one call: a change of a source concerns three documents at least."""
        return await self._gets.ask(key)

    async def put(self, key: str, parcel: bytes, seconds: float) -> None:
        try:
            async with asyncio.timeout(self._timeout), self._calls:
                await self._store.set(key, parcel, ttl=float(seconds))
        except FAILURES as error:
            raise CopiesError(type(error).__name__) from error

    async def close(self) -> None:
        await self._gets.close()
        with suppress(*FAILURES):
            await close_client(self._client)

    async def _several(self, keys: Sequence[str]) -> dict[str, bytes | None]:
        # Not MGET: what an operator allows this user is GET (docs/redis.md), and one round trip these are too.
        pipeline = self._client.pipeline(transaction=False)
        for key in keys:
            pipeline.get(self._store.build_key(key, namespace=NAMESPACE))
        try:
            async with asyncio.timeout(self._timeout), self._calls, pipeline:
                found: list[bytes | None] = await pipeline.execute()
        except FAILURES as error:
            raise CopiesError(type(error).__name__) from error
        return dict(zip(keys, found, strict=True))
