"""The one way to the configuration: the Config API, over the network or in this process.

A local store is reached through the same application and the same calls, so both answer and refuse alike.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from edge.app import local_api
from edge.cli.address import addressed
from edge.cli.durations import seconds
from edge.cli.errors import CliError
from edge.cli.place import API, Place, Remote
from edge.cli.standing import needs_store

LOCAL = "http://local-store"
PATIENCE = httpx.Timeout(30.0, connect=5.0)
"""Seconds for a remote edge to answer; a call that waits for ``live`` gets its wait on top."""

HINTS = {
    401: "Make a token with `edgewise token create` on the edge's machine and set EDGE_TOKEN to it.",
    403: "Use a token that has the scope, or make one with `edgewise token create`.",
    404: "The list commands show what there is, as `edgewise source list WORKSPACE` or `edgewise catalog list`.",
    429: "Wait a moment and try again.",
    503: "Try again in a moment; `edgewise status` says how the edge is.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to. ``position`` and ``receipt`` (``live``, ``pending``) are of a write."""

    body: dict[str, Any]
    position: int | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Calls of the Config API, one after the other; each raises CliError with the API's own text."""

    portal: BlockingPortal = field(repr=False)
    client: httpx.AsyncClient = field(repr=False)

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._call("GET", path, params=params).body

    def pages(self, path: str, collection: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Every item of a listing, whatever the number of its pages."""
        items: list[dict[str, Any]] = []
        asked = dict(params or {})
        while True:
            page = self.get(path, asked)
            items += page[collection]
            token = page.get("next_page_token")
            if not token:
                return items
            asked["page_token"] = token

    def write(self, method: str, path: str, body: Any = None, wait: str | None = None) -> Answer:
        """A change; with ``wait`` (a duration) it answers when the change is live, or when the wait is over."""
        return self._call(method, path, body=body, params=_waiting(wait), wait=wait)

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        wait: str | None = None,
    ) -> Answer:
        longer = httpx.Timeout(PATIENCE.read or 0.0, connect=PATIENCE.connect)
        if wait:
            longer.read = (PATIENCE.read or 0.0) + seconds(wait)
        return self.portal.call(
            self._send, self.client.build_request(method, API + path, json=body, params=params, timeout=longer)
        )

    async def _send(self, request: httpx.Request) -> Answer:
        try:
            response = await self.client.send(request)
        except httpx.HTTPError as error:
            place = f"{request.url.scheme}://{request.url.netloc.decode()}"
            raise CliError(
                f"cannot reach {place}: {error or type(error).__name__}",
                "Is the edge running, and is EDGE_URL its address? Unset EDGE_URL to use the local store.",
            ) from error
        return read_answer(response)


def _waiting(wait: str | None) -> dict[str, str] | None:
    """The API's spelling of a wait."""
    return {"wait": f"{seconds(wait):g}s"} if wait is not None else None


def read_answer(response: httpx.Response) -> Answer:
    """The answer in ``response``, or its error as CliError."""
    try:
        body = response.json() if response.content.strip() else {}
    except (JSONDecodeError, UnicodeDecodeError):
        body = None
    if response.status_code >= 400:
        said = body.get("error") if isinstance(body, dict) else None
        text = said if isinstance(said, str) else f"the edge answered {response.status_code} {response.reason_phrase}"
        raise CliError(text, HINTS.get(response.status_code, ""))
    if not isinstance(body, dict):
        raise CliError(
            "what answered is not the Config API of an edge", "Look at EDGE_URL: it is the base, without a path."
        )
    position = response.headers.get("Edge-Position")
    return Answer(body, int(position) if position else None, response.headers.get("Edge-Receipt"))


@contextmanager
def open_desk(place: Place) -> Iterator[Desk]:
    """A desk at ``place``, closed with everything behind it."""
    remote = place.remote()
    with start_blocking_portal() as portal:
        client = _remote_client(remote) if remote is not None else _local_client(place)
        with portal.wrap_async_context_manager(client) as opened:
            yield Desk(portal, opened)


@asynccontextmanager
async def _remote_client(remote: Remote) -> AsyncIterator[httpx.AsyncClient]:
    token = remote.token.get_secret_value().strip() if remote.token else ""
    async with httpx.AsyncClient(base_url=remote.url or "", headers=_bearer(token)) as client:
        yield client


@asynccontextmanager
async def _local_client(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    async with local_api(addressed(needs_store(place.settings()))) as (app, token):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=LOCAL, headers=_bearer(token)) as client:
            yield client


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
