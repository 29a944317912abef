"""The table of public routes, and the ASGI callable that reads it."""

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.delivery.assets import Assets
from edge.delivery.documents import JSON, Documents, error_reply
from edge.delivery.headers import ALWAYS, PREFLIGHT, HeaderWriter
from edge.delivery.health import Health
from edge.delivery.http import Reply, error_body, header_list
from edge.delivery.sink import CALLS, Sink
from edge.model.failure import places_of
from edge.publish.publication import Wanted

Handler = Callable[[str, Scope, Receive, Send], Awaitable[None]]

KEY = r"(?P<argument>[A-Za-z0-9_-]{8,64})"
HASH = r"(?P<argument>[0-9a-f]{32})"
CHUNK = r"(?P<argument>[A-Za-z0-9_-]{1,64}\.bundle\.[0-9a-f]{8,64}\.js)"
FAILED = "this edge has failed at this request and logged why: try again in a few seconds"
NOTHING_HERE = "nothing is served at this path: see the README for the paths of an edge"
CALL = "(?P<argument>" + "|".join([*CALLS, *CALLS.values()]) + ")"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PublicRoute:
    """One public path. ``pattern`` ends with ``\\Z``: ``$`` would also match before a trailing newline."""

    name: str
    pattern: re.Pattern[str]
    handler: Handler
    methods: tuple[str, ...] = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Delivery:
    """The collaborators of the public side."""

    documents: Documents
    assets: Assets
    sink: Sink
    health: Health
    headers: HeaderWriter

    def routes(self) -> tuple[PublicRoute, ...]:
        """Every public path there is; the busiest first."""
        documents = self.documents

        async def settings(key: str, scope: Scope, receive: Receive, send: Send) -> None:
            await documents.answer(Wanted("settings", key), scope, receive, send)

        async def loader(key: str, scope: Scope, receive: Receive, send: Send) -> None:
            await documents.answer(Wanted("loader", key), scope, receive, send)

        async def integrations(key: str, scope: Scope, receive: Receive, send: Send) -> None:
            await documents.answer(Wanted("integrations", key), scope, receive, send)

        async def manifest(key: str, scope: Scope, receive: Receive, send: Send) -> None:
            await documents.answer(Wanted("manifest", key), scope, receive, send)

        async def code(key: str, scope: Scope, receive: Receive, send: Send) -> None:
            await documents.answer(Wanted("code", key), scope, receive, send)

        return (
            PublicRoute("settings", re.compile(rf"/v1/projects/{KEY}/settings\Z"), settings),
            PublicRoute("loader", re.compile(rf"/analytics\.js/v1/{KEY}/analytics\.min\.js\Z"), loader),
            PublicRoute("manifest", re.compile(rf"/analytics\.js/v1/{KEY}/manifest\.js\Z"), manifest),
            PublicRoute("code", re.compile(rf"/analytics\.js/v1/{KEY}/code\.js\Z"), code),
            PublicRoute(
                "asset", re.compile(rf"/next-integrations/actions/[a-z0-9_-]{{1,64}}/{HASH}\.js\Z"), self.assets.answer
            ),
            PublicRoute("chunk", re.compile(rf"/analytics-next/bundles/{CHUNK}\Z"), self.assets.answer),
            PublicRoute("integrations", re.compile(rf"/v1/projects/{KEY}/integrations\Z"), integrations),
            PublicRoute("sink", re.compile(rf"/v1/{CALL}\Z"), self.sink.answer, ("POST",)),
            PublicRoute("healthz", re.compile(r"/(?P<argument>healthz)\Z"), self.health.alive),
            PublicRoute("readyz", re.compile(r"/(?P<argument>readyz)\Z"), self.health.ready),
        )


class Public:
    """Answers the public paths, or those of ``names``; ``inner`` gets what is none of them.

    It stands before the framework's router: a hit costs a match and two sends.
    """

    def __init__(self, inner: ASGIApp, delivery: Delivery, names: Collection[str] | None = None) -> None:
        self._inner = inner
        self._routes = tuple(route for route in delivery.routes() if names is None or route.name in names)
        self._headers = delivery.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        path: str = scope["path"]
        # An encoded slash is not a slash (RFC 3986 section 2.2), though servers decode it to one.
        routes = () if b"%2f" in (scope.get("raw_path") or b"").lower() else self._routes
        if path.startswith("//"):
            # What clients make of a base URL that ends with a slash; one doubled slash, no more.
            path = path[1:]
        for route in routes:
            found = route.pattern.match(path)
            if found is not None:
                await self._dispatch(route, found["argument"], scope, receive, send)
                return
        await self._inner(scope, receive, send)

    async def _dispatch(self, route: PublicRoute, argument: str, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method in route.methods:
            try:
                await route.handler(argument, scope, receive, send)
            except Exception as error:
                # Answered here, since a framework's answer says nothing of how long caches may keep it (I28).
                kind = type(error).__name__
                log.error("request failed", route=route.name, error=kind, frames=places_of(error))  # noqa: TRY400 - its text may hold values
                failed = error_reply(self._headers, 500, FAILED, [("Retry-After", "1")])
                await failed.send(send, head=method == "HEAD")
        elif method == "OPTIONS":
            await _preflight(self._headers).send(send, head=True)
        else:
            allowed = ", ".join([*route.methods, "OPTIONS"])
            reply = error_reply(self._headers, 405, f"allowed here: {allowed}", [("Allow", allowed)])
            await reply.send(send, head=method == "HEAD")


def _preflight(headers: HeaderWriter) -> Reply:
    return Reply(204, header_list([*headers.error(), *PREFLIGHT, *ALWAYS]), b"")


def nothing_here(headers: HeaderWriter) -> ASGIApp:
    """The end of every other path: 404, as for an unknown key, with the same headers."""

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        body = error_body(NOTHING_HERE)
        pairs = [*headers.missing("fresh"), *ALWAYS, ("Content-Type", JSON), ("Content-Length", str(len(body)))]
        await Reply(404, header_list(pairs), body).send(send, head=scope["method"] == "HEAD")

    return answer
