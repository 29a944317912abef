"""``/metrics`` of the admin listener: every node of this process group, whichever worker is asked.

Workers find each other by their locks in the data directory, not by the roster: numbers must be had when the store is
away, which is when they are needed most.
"""

import asyncio

from prometheus_client.core import Metric
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.journal.membership import Presence
from edge.observe.asking import Asking, UnansweredError
from edge.observe.families import Families
from edge.observe.fleet import Fleet
from edge.observe.fleet_families import families_of
from edge.observe.node_side import exposition, not_allowed
from edge.observe.snapshot import Snapshot, Taking
from edge.store.failures import STORE_FAILURES

FLEET_TIMEOUT = 1.0
"""Seconds to read the fleet's state in the store. Without it there are still the nodes' own numbers."""


class Exporter:
    """``take`` is this node's own snapshot; ``fleet`` is ``None`` where there is no store to read it from."""

    def __init__(
        self, take: Taking, presence: Presence, asking: Asking, fleet: Fleet | None, otherwise: ASGIApp
    ) -> None:
        self._take = take
        self._presence = presence
        self._asking = asking
        self._fleet = fleet
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> ASGIApp:
        # A route's pattern also matches before a line break.
        if scope["type"] != "http" or scope["path"] != "/metrics":
            return self._otherwise
        if scope["method"] not in ("GET", "HEAD"):
            return not_allowed()
        own = self._take()
        others, fleet = await asyncio.gather(self._others(own.identity.node), self._of_fleet())
        found = [own, *(one for one in others.values() if one is not None)]
        found.sort(key=lambda one: one.identity.node)
        return exposition(Families(found, [node for node, one in others.items() if one is None], fleet), scope)

    async def _others(self, own: str) -> dict[str, Snapshot | None]:
        """What the other nodes of this process group say; ``None`` where one is there and does not answer."""
        present = [(node, url) for node, url in self._presence.urls().items() if node != own]
        found = await asyncio.gather(*(self._ask(node, url) for node, url in present))
        return dict(zip((node for node, _ in present), found, strict=True))

    async def _ask(self, node: str, url: str) -> Snapshot | None:
        try:
            return await self._asking.snapshot(node, url)
        except UnansweredError:
            return None

    async def _of_fleet(self) -> list[Metric]:
        if self._fleet is None:
            return []
        try:
            async with asyncio.timeout(FLEET_TIMEOUT):
                return families_of(await self._fleet.look(audit=False))
        except STORE_FAILURES:
            return []
