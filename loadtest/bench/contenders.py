"""What a manifest hit is compared with: the least that framework and server can do with the same bytes."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

HEADERS = {"content-type": "application/json; charset=utf-8", "cache-control": "public, max-age=60"}


def starlette_route(body: bytes) -> ASGIApp:
    """One Starlette route with a path parameter, answering ``body``."""

    async def settings(_request: Request) -> Response:
        return Response(body, headers=HEADERS)

    return Starlette(routes=[Route("/v1/projects/{key}/settings", settings)])


def bare_callable(body: bytes, headers: Mapping[str, str] | None = None) -> ASGIApp:
    """An ASGI callable that looks at nothing and answers ``body``; with ``headers``, as many as the edge sends."""
    sent = {**HEADERS, "content-length": str(len(body))} if headers is None else dict(headers)
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    end = {"type": "http.response.body", "body": body}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send(start)
        await send(end)

    return answer
