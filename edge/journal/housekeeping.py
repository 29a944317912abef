"""Forgetting: of the store, once at start and then daily; of the roster, every minute."""

import asyncio
from typing import Protocol

import structlog

from edge.model.budget import Budget
from edge.model.instant import Clock
from edge.store.failures import STORE_FAILURES
from edge.store.retention import DAY
from edge.store.roster import CURSOR_MEMORY
from edge.store.store import Store

ROSTER_EVERY = 60.0

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


class Forgetful(Protocol):
    """A roster that forgets: nodes and hosts that were last heard of, and arrivals from before these Unix seconds."""

    async def forget(self, nodes_before: float, hosts_before: float, marks_before: float) -> None: ...


async def keep_roster(roster: Forgetful, clock: Clock, budget: Budget, patience: float) -> None:
    """Run until cancelled. ``patience``: after so many seconds of silence a node has fenced itself.

    A silent node is forgotten when it has nothing left to answer on error either, a host without nodes when what its
    front may show has ended: from then on no receipt waits for them.
    """
    while True:
        now = clock().wall
        try:
            await roster.forget(
                now - patience - budget.on_error(), now - patience - budget.front_copies(), now - CURSOR_MEMORY
            )
        except STORE_FAILURES as error:
            log.warning("roster not tidied", error=type(error).__name__)
        await asyncio.sleep(ROSTER_EVERY)
