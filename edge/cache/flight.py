"""Single flight: callers who want the same thing at the same time share one read.

A caller may join a flight that began before it arrived, so it must not trust one blindly. What would go wrong:

    A starts a flight ── purge P is applied ── B arrives, joins A's flight ── the flight ends with what it read before P

So every flight has a number, a caller remembers the number at its arrival, and a flight is *authoritative* for a caller
only if it began after that. What the others bring is checked against the floors by the cache (I1, I2).
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Flight(Generic[R]):
    number: int
    task: asyncio.Task[R]

    async def result(self) -> R:
        """Wait for the read. Shielded: a caller that is cancelled takes nobody with it (I32)."""
        return await asyncio.shield(self.task)


class Flights(Generic[K, R]):
    """The flights under way. ``read`` runs in a task of its own, owned by no caller."""

    def __init__(self, read: Callable[[K], Awaitable[R]]) -> None:
        self._read = read
        self._latest = 0
        self._under_way: dict[K, Flight[R]] = {}

    def mark(self) -> int:
        """A caller's arrival: flights with a higher number begin after it."""
        return self._latest

    def join(self, key: K) -> tuple[Flight[R], bool]:
        """The flight under way for ``key``, or a new one; and whether it was there already."""
        flight = self._under_way.get(key)
        if flight is not None:
            return flight, True
        self._latest += 1
        flight = Flight(self._latest, asyncio.create_task(self._fly(key, self._latest)))
        self._under_way[key] = flight
        return flight, False

    async def _fly(self, key: K, number: int) -> R:
        try:
            return await self._read(key)
        finally:
            # Only its own entry: a superseded flight must not remove its successor's (I32).
            flight = self._under_way.get(key)
            if flight is not None and flight.number == number:
                del self._under_way[key]

    async def close(self) -> None:
        """End all flights, for shutdown."""
        tasks = [flight.task for flight in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
