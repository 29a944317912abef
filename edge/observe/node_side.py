"""What is reachable at a node's own listener: the documents as this node would answer them, its health, its numbers.

An allow-list: anything else ends as on the public listener, at nothing.
"""

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.observe.families import Families, rendered
from edge.observe.snapshot import Taking

METRICS = "/metrics"
STATS = "/stats"
MINUTES = "/minutes"
NODE_HEADER = b"edge-node"
"""Names the node on every answer: an address of its host's loopback may be another node's here."""
PUBLIC_ROUTES = ("settings", "loader", "integrations", "manifest", "code", "healthz", "readyz")
"""The public paths that are answered here too, by the names of their routes."""
PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class NodeSide:
    """``public`` is the public side with PUBLIC_ROUTES alone; ``minutes`` answers the last hour as JSON."""

    def __init__(self, node: str, public: ASGIApp, take: Taking, minutes: Callable[[], bytes]) -> None:
        self._node = node.encode()
        self._public = public
        self._take = take
        self._minutes = minutes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (NODE_HEADER, self._node)]}
            await send(message)

        own = self._own(scope)
        await (own or self._public)(scope, receive, named)

    def _own(self, scope: Scope) -> ASGIApp | None:
        if scope["type"] != "http" or scope["path"] not in (METRICS, STATS, MINUTES):
            return None
        if scope["method"] not in ("GET", "HEAD"):
            return not_allowed()
        if scope["path"] == STATS:
            return Response(self._take().to_json(), headers=PRIVATE, media_type="application/json")
        if scope["path"] == MINUTES:
            return Response(self._minutes(), headers=PRIVATE, media_type="application/json")
        return exposition(Families([self._take()]), scope)


def exposition(families: Families, scope: Scope) -> Response:
    """``families`` in the format that the request's ``Accept`` asks for."""
    accept = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
    body, media_type = rendered(families, accept)
    return Response(body, headers={**PRIVATE, "Content-Type": media_type})


def not_allowed() -> Response:
    return Response("allowed here: GET, HEAD\n", 405, {**PRIVATE, "Allow": "GET, HEAD"}, "text/plain")
