"""Forgetting, once at start and then daily."""

import asyncio

import structlog

from edge.store.failures import STORE_FAILURES
from edge.store.retention import DAY
from edge.store.store import Store

log = structlog.get_logger()


async def keep_house(store: Store, history_seconds: float) -> None:
    """Run until cancelled. A node that cannot reach the store now will forget tomorrow: nothing depends on it."""
    while True:
        try:
            forgotten = await store.forget(history_seconds)
            log.debug("forgot", versions=forgotten.versions, entries=forgotten.entries, assets=forgotten.assets)
        except STORE_FAILURES as error:
            log.warning("housekeeping failed", error=type(error).__name__)
        await asyncio.sleep(DAY)
