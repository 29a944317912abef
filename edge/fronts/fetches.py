"""Reading back what was fetched only once all of it is: visitors wait for the bytes, and nobody for their proof."""

import asyncio
from collections.abc import Hashable, Iterable
from contextlib import suppress
from typing import Generic, TypeVar

V = TypeVar("V", bound=Hashable)

OTHERS = 0.05
"""Seconds at most for which one waits for the others: a variant that hangs holds up no proof of those that came."""


class Fetches(Generic[V]):
    """Those of one refresh that are under way."""

    def __init__(self, fetched: Iterable[V]) -> None:
        self._under_way = set(fetched)
        self._none_is = asyncio.Event()

    def ended(self, one: V) -> None:
        """Well or not; more than once is no harm."""
        self._under_way.discard(one)
        if not self._under_way:
            self._none_is.set()

    async def all_ended(self) -> None:
        """Returns then, or after OTHERS."""
        with suppress(TimeoutError):
            async with asyncio.timeout(OTHERS):
                await self._none_is.wait()
