"""The ASGI application beneath ``/v1beta``: route, authenticate, limit, validate, handle, answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from edge.api.body import read_json, validated
from edge.api.call import Call, Reply, position_of, seconds_of
from edge.api.limiter import Limiter, RateLimitedError
from edge.api.openapi import encoded
from edge.api.operations import OPERATIONS, Operation
from edge.manage.deps import OWN_NODE_SECONDS, Deps
from edge.manage.operation import require_any
from edge.manage.problem import ProblemError, invalid
from edge.manage.tokens import REFUSED
from edge.model.failure import places_of
from edge.model.token import Principal
from edge.store.failures import STORE_FAILURES
from edge.store.keyring import SecretUnreadableError

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
OPENAPI = "/openapi.json"
RECEIPT = "Edge-Receipt"
READING = ("GET", "HEAD")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Found:
    operation: Operation
    path: Mapping[str, str]


class Api:
    def __init__(self, deps: Deps, limiter: Limiter | None = None) -> None:
        self._deps = deps
        self._routes = [(operation.pattern(), operation) for operation in OPERATIONS]
        self._limiter = limiter or Limiter(deps.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._guarded(request, _path_of(scope))
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _guarded(self, request: Request, path: str) -> Response:
        """The answer, whatever happens. Reasons go to the log by type and place: their texts may hold a credential."""
        try:
            return await self._answer(request, path)
        except ProblemError as problem:
            response = error(problem.status, problem.code, problem.text)
            if isinstance(problem, RateLimitedError):
                response.headers["Retry-After"] = str(problem.retry_after)
            return response
        except SecretUnreadableError as unreadable:
            log.error("stored credential unreadable", path=path)  # noqa: TRY400 - expected, no trace needed
            return error(503, 14, str(unreadable))
        except STORE_FAILURES as failure:
            log.error("store failed", path=path, error=type(failure).__name__)  # noqa: TRY400 - its text may hold values
            # A connection that breaks during a commit leaves open whether it happened.
            then = "try again" if request.method in READING else "look whether your change is there, then try again"
            return error(503, 14, f"the store cannot be used at the moment: {then}")
        except Exception as failure:
            frames = places_of(failure)
            log.error("request failed", path=path, error=type(failure).__name__, frames=frames)  # noqa: TRY400 - its text may hold values
            return error(500, 13, "something went wrong here; the edge's log says what")

    async def _answer(self, request: Request, path: str) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if path == OPENAPI:
            return self._described(method)
        found = self._route(method, path)
        if isinstance(found, Response):
            return found
        operation = found.operation
        principal = await self._principal(request)
        await self._limiter.check(principal.token_id)
        require_any(principal, operation.scopes)
        query = _query(request, operation)
        body: Any = None
        if operation.body is not None:
            body = validated(operation.body, await read_json(request))
        # Checked before anything is written: a wait that is no duration must not leave half a request done.
        wait = seconds_of(query["wait"]) if operation.writes and "wait" in query else None
        expected = position_of(request.headers.get("if-match")) if operation.conditional else None
        reply = await operation.handler(Call(self._deps, principal, found.path, query, body, expected))
        headers = {**HEADERS, **reply.headers}
        if reply.position is not None:
            headers["Edge-Position"] = str(reply.position)
            headers |= await self._shown(reply, wait)
        return Response(orjson.dumps(reply.body), reply.status, headers, media_type="application/json")

    async def _shown(self, reply: Reply, wait: float | None) -> dict[str, str]:
        """How far a write has come, after waiting for this node and, if asked, for ``live``.

        The write stands whatever happens here: what cannot be known is ``pending``, never an error.
        """
        assert reply.position is not None  # noqa: S101 - asked only for writes
        try:
            await self._deps.reached(reply.position, OWN_NODE_SECONDS)
            if wait is None or RECEIPT in reply.headers:
                return {}
            receipt = await self._deps.receipts.wait_live(reply.position, wait)
        except STORE_FAILURES as failure:
            log.warning("receipt unknown", position=reply.position, error=type(failure).__name__)
            return {} if wait is None or RECEIPT in reply.headers else {RECEIPT: "pending"}
        # A write that changed nothing has no entry of its own to wait for: what it asked for is so already.
        return {RECEIPT: receipt.state if receipt is not None else "settled"}

    def _described(self, method: str) -> Response:
        if method != "GET":
            return not_allowed(method, ["GET"])
        return Response(encoded(self._deps.version), media_type="application/json", headers=HEADERS)

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
        return not_allowed(method, allowed)

    async def _principal(self, request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise ProblemError("unauthenticated", REFUSED)
        if len(token) > 8192:
            raise invalid("authorization: the token is too long")
        return await self._deps.authenticate(token.strip())


def _query(request: Request, operation: Operation) -> dict[str, str]:
    """The query parameters, each once. An unknown one is refused: a misspelt ``wait`` must not be silently lost."""
    query: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in operation.query:
            allowed = ", ".join(operation.query) or "none"
            raise invalid(f"query: there is no parameter {name[:60]!r} here; allowed: {allowed}")
        if name in query:
            raise invalid(f"{name}: it is given twice; send it once")
        query[name] = value
    return query


def not_allowed(method: str, allowed: Sequence[str]) -> Response:
    names = ", ".join(sorted({*allowed, *(["HEAD"] if "GET" in allowed else [])}))
    response = error(405, 3, f"{method[:20]} is not allowed here; allowed: {names}")
    response.headers["Allow"] = names
    return response


def error(status: int, code: int, text: str) -> Response:
    headers = dict(HEADERS)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "1"
    return Response(orjson.dumps({"error": text, "code": code}), status, headers, media_type="application/json")


def _path_of(scope: Scope) -> str:
    """The path beneath the mount, without the one trailing slash that clients may send."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path[:-1] if len(path) > 1 and path.endswith("/") else path
