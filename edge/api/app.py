"""The ASGI application beneath ``/v1beta``: route, authenticate, limit, validate, handle, answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from edge.api.body import read_json, validated
from edge.api.call import Call, Deps, Reply, seconds_of
from edge.api.openapi import document
from edge.api.operations import OPERATIONS, Operation
from edge.manage.problem import ProblemError, invalid
from edge.manage.tokens import REFUSED
from edge.model.token import Principal
from edge.store.keyring import SecretUnreadableError

OWN_NODE_SECONDS = 1.0
"""How long a write waits for this process to have applied it, so that the writer's next request sees it."""

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
OPENAPI = "/openapi.json"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Found:
    operation: Operation
    path: Mapping[str, str]


class Limiter:
    """So many requests a minute for one token (in this process)."""

    def __init__(self, requests_per_minute: int) -> None:
        self._item = parse(f"{requests_per_minute}/minute") if requests_per_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def check(self, token_id: str) -> None:
        if self._item is not None and not await self._limiter.hit(self._item, token_id):
            raise ProblemError(
                "rate_limited",
                f"this token may make {self._item.amount} requests a minute: wait, and go on more slowly",
            )


class Api:
    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._routes = [(operation.pattern(), operation) for operation in OPERATIONS]
        self._limiter = Limiter(deps.requests_per_minute)
        self._openapi = orjson.dumps(document(deps.version))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request, _path_of(scope))
        except ProblemError as problem:
            response = error(problem.status, problem.code, problem.text)
        except SecretUnreadableError as unreadable:
            log.error("stored credential unreadable", path=request.url.path)  # noqa: TRY400 - expected, no trace needed
            response = error(503, 14, str(unreadable))
        except (SQLAlchemyError, OSError, TimeoutError) as failure:
            log.error("store failed", path=request.url.path, error=type(failure).__name__)  # noqa: TRY400 - as above
            response = error(503, 14, "the store cannot be used at the moment; nothing was changed: try again")
        except Exception as failure:
            # The last resort: the reason goes to the log, never into an answer.
            log.exception("request failed", path=request.url.path, error=type(failure).__name__)
            response = error(500, 13, "something went wrong here; the edge's log says what")
        await response(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> Response:
        if path == OPENAPI and request.method in ("GET", "HEAD"):
            return Response(self._openapi, media_type="application/json", headers=HEADERS)
        found = self._route(request.method, path)
        if isinstance(found, Response):
            return found
        principal = await self._principal(request)
        await self._limiter.check(principal.token_id)
        operation = found.operation
        body: Any = None
        if operation.body is not None:
            body = validated(operation.body, await read_json(request))
        query = dict(request.query_params)
        # Checked before anything is written: a wait that is no duration must not leave half a request done.
        wait = seconds_of(query["wait"]) if operation.writes and "wait" in query else None
        reply = await operation.handler(Call(self._deps, principal, found.path, query, body))
        return await self._finished(reply, wait)

    async def _finished(self, reply: Reply, wait: float | None) -> Response:
        headers = {**HEADERS, **reply.headers}
        if reply.position is not None:
            headers["Edge-Position"] = str(reply.position)
            await self._deps.reached(reply.position, OWN_NODE_SECONDS)
            if wait is not None:
                receipt = await self._deps.receipts.wait_live(reply.position, wait)
                # A write that changed nothing has no entry of its own to wait for: what it asked for is so already.
                headers["Edge-Receipt"] = receipt.state if receipt is not None else "settled"
        content = orjson.dumps(reply.body)
        return Response(content, reply.status, headers, media_type="application/json")

    def _route(self, method: str, path: str) -> Found | Response:
        allowed = []
        for pattern, operation in self._routes:
            match = pattern.match(path)
            if match is None:
                continue
            if operation.method == method:
                return Found(operation, match.groupdict())
            allowed.append(operation.method)
        if not allowed:
            return error(404, 5, f"no such path; /v1beta{OPENAPI} lists what there is")
        names = ", ".join(sorted(allowed))
        response = error(405, 3, f"{method[:20]} is not allowed here; allowed: {names}")
        response.headers["Allow"] = names
        return response

    async def _principal(self, request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ProblemError("unauthenticated", REFUSED)
        if len(token) > 8192:
            raise invalid("authorization: the token is too long")
        return await self._deps.authenticate(token.strip())


def error(status: int, code: int, text: str) -> Response:
    headers = dict(HEADERS)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 429:
        headers["Retry-After"] = "60"
    if status == 503:
        headers["Retry-After"] = "1"
    return Response(orjson.dumps({"error": text, "code": code}), status, headers, media_type="application/json")


def _path_of(scope: Scope) -> str:
    """The path beneath the mount, without the one trailing slash that clients may send."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path[:-1] if len(path) > 1 and path.endswith("/") else path
