"""Asking nodes at their own listeners: what each counts, and what each would serve."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from edge.observe.minutes import Minute, MinutesError, read_minutes
from edge.observe.snapshot import Snapshot, SnapshotError, read_snapshot
from edge.publish.publication import PATHS, Wanted
from edge.publish.variants import Encoding

TIMEOUT = 2.0
"""Seconds for a node to answer. They are beside each other; one that takes longer has stopped, or is not there."""
MOST_BYTES = 8 * 1024 * 1024
CONNECTIONS = httpx.Limits(max_connections=32, max_keepalive_connections=32, keepalive_expiry=60.0)
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Of clients that speak plain HTTP. It trusts nobody: httpx's own reads the certificates of all authorities, for 35 ms
of the event loop."""
ELSEWHERE = "another process answers there: EDGE_NODE_BIND must be an address that control nodes reach"


class UnansweredError(Exception):
    """A node did not answer, or somebody else did; the text says so in a few words."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A node's answer, undecoded. ``headers``: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Asking:
    """One client for a process. Connections are kept alive; nothing but a node's listener is ever asked."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def snapshot(self, node: str, url: str) -> Snapshot:
        answered = await self._get(node, url, "/stats", "identity")
        if answered.status != 200:
            raise UnansweredError(f"its numbers were answered with {answered.status}")
        try:
            return read_snapshot(answered.body)
        except SnapshotError:
            raise UnansweredError("its numbers were not understood: it may be of another build") from None

    async def minutes(self, node: str, url: str) -> list[Minute]:
        answered = await self._get(node, url, "/minutes", "identity")
        if answered.status != 200:
            raise UnansweredError("it keeps no numbers by the minute: it may be of another build")
        try:
            return read_minutes(answered.body)
        except MinutesError:
            raise UnansweredError("its minutes were not understood: it may be of another build") from None

    async def document(self, node: str, url: str, wanted: Wanted, encoding: Encoding) -> Answered:
        return await self._get(node, url, PATHS[wanted.kind].format(key=wanted.write_key), encoding)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _get(self, node: str, url: str, path: str, encoding: Encoding) -> Answered:
        """Raises UnansweredError. Redirects are not followed, and no proxy is used."""
        if not _is_node_url(url):
            raise UnansweredError("its address in the roster is none of a node")
        try:
            async with asyncio.timeout(self._timeout):
                answered = await raw_answer(self._opened(), url + path, encoding)
        except (TimeoutError, httpx.TimeoutException):
            raise UnansweredError(f"no answer within {self._timeout:g} s") from None
        except httpx.HTTPError as error:
            raise UnansweredError(f"cannot be reached: {type(error).__name__}") from None
        if answered.headers.get("edge-node") != node:
            raise UnansweredError(ELSEWHERE)
        return answered

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout, limits=CONNECTIONS, trust_env=False, verify=NO_TLS)
        return self._client


async def raw_answer(client: httpx.AsyncClient, address: str, encoding: Encoding) -> Answered:
    """Raises httpx.HTTPError; UnansweredError for an answer that does not end."""
    async with client.stream("GET", address, headers={"Accept-Encoding": encoding}) as response:
        body = bytearray()
        # Undecoded, since an ETag is of the bytes that were sent.
        async for part in response.aiter_raw():
            body += part
            if len(body) > MOST_BYTES:
                raise UnansweredError(f"its answer is longer than {MOST_BYTES} bytes")
    return Answered(response.status_code, dict(response.headers), bytes(body))


def _is_node_url(url: str) -> bool:
    """Only ``http://host:port``: a row of the roster makes nobody ask anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return url == f"http://{parts.netloc}" and "@" not in parts.netloc and bool(parts.hostname) and port is not None
