"""Background tasks of a node, ended when it is."""

import asyncio
from contextlib import suppress


async def end(task: asyncio.Task[None]) -> None:
    """Cancelled, and waited for: what it held open is closed when this returns."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
