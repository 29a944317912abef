"""Asking control nodes: the first that is up, the next where that fails, and back to the first when it is up again."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode

import structlog

from edge.model.instant import Clock
from edge.model.stats import Stats
from edge.origin.addresses import Addresses
from edge.origin.connection import Connections, OriginError, Response, UnreachedError
from edge.origin.wire import MARK, PREFIX

LOOK_AGAIN = 2.0
"""Seconds between two questions to control nodes that are down, whether they are up again."""

HINTS = {
    "token-refused": "EDGE_ORIGIN_TOKEN must be an instance token with the scope origin:read",
    "no-origin": "EDGE_ORIGIN_URL must be the admin address of a control node",
}

Query = Sequence[tuple[str, str]]

log = structlog.get_logger()


class RefusedError(OriginError):
    """The control node does not take ``EDGE_ORIGIN_TOKEN``."""


class OriginClient:
    """``timeout`` in seconds for a whole call, at however many addresses; ``wait`` comes on top.

    Raises OriginError, which is an OSError, or TimeoutError: with no answer, or none that says anything.
    """

    def __init__(
        self, origins: Sequence[str], token: str, agent: str, *, clock: Clock, stats: Stats, timeout: float
    ) -> None:
        headers = {"Authorization": f"Bearer {token}", "User-Agent": agent}
        self._connections = {origin: Connections(origin, headers, clock) for origin in origins}
        self._addresses = Addresses(origins)
        self._stats = stats
        self._timeout = timeout

    async def get(self, path: str, query: Query = (), *, wait: float = 0.0, insist: bool = False) -> Response:
        """What is there: status 200. ``insist``: ask those too that are down."""
        response = await self.find(path, query, wait=wait, insist=insist)
        return _there(response)

    async def find(self, path: str, query: Query = (), *, wait: float = 0.0, insist: bool = False) -> Response:
        """What is there, or 404: a control node knows that there is no such thing."""
        asked = f"{PREFIX}{path}?{urlencode(query)}" if query else PREFIX + path
        return await self._call("GET", asked, None, self._timeout + wait, insist=insist)

    async def post(self, path: str, body: bytes) -> Response:
        return _there(await self._call("POST", PREFIX + path, body, self._timeout, insist=True))

    async def watch(self) -> None:
        """Ask those that are down whether they are up again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            for origin in self._addresses.down():
                try:
                    async with asyncio.timeout(self._timeout):
                        await self._ask(origin, "GET", f"{PREFIX}/ready", None)
                except OSError:
                    continue
                self._answered(origin)

    async def close(self) -> None:
        for connections in self._connections.values():
            connections.close()

    async def _call(self, method: str, path: str, body: bytes | None, seconds: float, *, insist: bool) -> Response:
        last: OSError = OriginError("all-down")
        deadline = asyncio.get_running_loop().time() + seconds
        for origin in self._addresses.candidates(insist=insist):
            try:
                async with asyncio.timeout_at(deadline):
                    response = await self._ask(origin, method, path, body)
            except OriginError as error:
                last = error
                self._failed(origin, error)
            except TimeoutError as error:
                last = error
                if self._addresses.slow(origin):
                    self._say_down(origin, "timeout")
                break
            else:
                self._answered(origin)
                return response
        self._stats.origin_failures += 1
        raise last

    async def _ask(self, origin: str, method: str, path: str, body: bytes | None) -> Response:
        response = await self._connections[origin].call(method, path, body)
        if MARK not in response.headers:
            raise UnreachedError("no-origin")
        if response.status in (401, 403):
            raise RefusedError("token-refused")
        if response.status not in (200, 404):
            raise OriginError(f"status-{response.status}")
        return response

    def _failed(self, origin: str, error: OriginError) -> None:
        if isinstance(error, UnreachedError | RefusedError) and self._addresses.unreached(origin):
            self._say_down(origin, error.reason)

    def _answered(self, origin: str) -> None:
        if self._addresses.answered(origin):
            log.info("a control node answers again", origin=self._connections[origin].place)

    def _say_down(self, origin: str, reason: str) -> None:
        place, hint = self._connections[origin].place, HINTS.get(reason)
        log.warning("a control node cannot be used", origin=place, reason=reason, **({"hint": hint} if hint else {}))


def _there(response: Response) -> Response:
    if response.status != 200:
        raise OriginError(f"status-{response.status}")
    return response
