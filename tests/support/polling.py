"""Waiting for what another task or process does: looked for until it is there, never slept for."""

import asyncio
import time
from collections.abc import Awaitable, Callable

DEADLINE = 60.0
"""Seconds after which a test gives up. Generous: it is reached only by a failure."""


async def until(holds: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    """Look again and again, letting others run; AssertionError names ``what`` did not come about."""

    async def look() -> bool:
        return holds()

    await until_async(look, what, seconds)


async def until_async(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = DEADLINE) -> None:
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.002)


async def settle(turns: int = 10) -> None:
    """Let every task that can run do so: a few turns of the event loop, no time."""
    for _ in range(turns):
        await asyncio.sleep(0)
