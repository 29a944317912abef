"""The few parts of HTTP that a hit needs, without a framework's work per request."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

HeaderList = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer: the two ASGI messages that send it. Shared by every request that gets it, never changed."""

    status: int
    headers: HeaderList
    body: bytes

    async def send(self, send: Send, *, head: bool) -> None:
        """Start and body in one step of the event loop: uvicorn yields between them only under back-pressure."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


def header_list(pairs: Iterable[tuple[str, str]]) -> HeaderList:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def request_header(scope: Scope, name: bytes) -> str:
    """All lines of ``name`` as one list value (RFC 9110 section 5.3), empty when absent."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def error_body(message: str) -> bytes:
    return orjson.dumps({"error": message})


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The request's body, or ``None`` as soon as it is longer than ``limit`` bytes."""
    parts: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
