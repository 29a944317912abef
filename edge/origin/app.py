"""The ASGI application beneath ``/origin``: admit, route, handle, answer. For edge nodes; browsers never come here."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

import orjson
import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from edge.manage.problem import CODES, ProblemError
from edge.model.failure import places_of
from edge.origin import reading_calls, roster_calls
from edge.origin.admission import Admission
from edge.origin.call import MAX_WAIT, Answer, Call
from edge.origin.sources import Sources
from edge.origin.wire import JSON, MARK

MAX_BYTES = 64 * 1024
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", MARK: "1"}
Handler = Callable[[Call], Awaitable[Answer]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    handler: Handler

    def pattern(self) -> re.Pattern[str]:
        # A dot only before a name of a letter or digit: none of these leads elsewhere.
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*)", self.path) + r"\Z")


OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/journal", reading_calls.journal),
    Operation("GET", "/revokes", reading_calls.revokes),
    Operation("GET", "/documents/{kind}/{key}", reading_calls.document),
    Operation("GET", "/assets/{name}", reading_calls.asset),
    Operation("GET", "/keys", reading_calls.keys),
    Operation("GET", "/keys/count", reading_calls.key_count),
    Operation("GET", "/ready", reading_calls.ready),
    Operation("POST", "/roster/join", roster_calls.join),
    Operation("POST", "/roster/beat", roster_calls.beat),
    Operation("POST", "/roster/leave", roster_calls.leave),
    Operation("POST", "/roster/ack", roster_calls.ack),
    Operation("GET", "/roster/rows", roster_calls.rows),
    Operation("GET", "/roster/hosts", roster_calls.hosts),
    Operation("GET", "/roster/acks", roster_calls.acks),
    Operation("GET", "/roster/applied-at", roster_calls.applied_at),
)
"""Every origin call there is."""


class OriginApi:
    def __init__(self, sources: Sources, admission: Admission) -> None:
        self._sources = sources
        self._admission = admission
        self._routes = [(operation.pattern(), operation) for operation in OPERATIONS]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        answer = await self._guarded(request, path)
        headers = HEADERS | {"Content-Type": answer.content_type} | dict(answer.headers)
        await Response(answer.body, answer.status, headers)(scope, receive, send)

    async def _guarded(self, request: Request, path: str) -> Answer:
        """The answer, whatever happens. Reasons go to the log by type and place, never by their texts."""
        try:
            return await self._answer(request, path)
        except ProblemError as problem:
            return _error(problem)
        except (SQLAlchemyError, OSError) as failure:
            log.warning("origin call failed", path=path, error=type(failure).__name__)
            return _error(ProblemError("unavailable", "the store cannot be used at the moment: try again"))
        except Exception as failure:
            log.error("origin call failed", path=path, error=type(failure).__name__, frames=places_of(failure))  # noqa: TRY400 - its text may hold values
            text = "something went wrong here; the control node's log says what"
            return Answer(orjson.dumps({"error": text, "code": 13}), 500)

    async def _answer(self, request: Request, path: str) -> Answer:
        # Before the path is looked at: who may not call is not told what there is.
        async with asyncio.timeout(self._sources.timeout):
            await self._admission.admit(request.headers.get("authorization", ""))
        operation, parts = self._route(request.method, path)
        query = parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        body = await _body(request) if operation.method == "POST" else b""
        call = Call(self._sources, parts, query, body)
        async with asyncio.timeout(self._sources.timeout + call.seconds("wait", MAX_WAIT)):
            return await operation.handler(call)

    def _route(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        there = [(match, operation) for pattern, operation in self._routes if (match := pattern.match(path))]
        if not there:
            raise ProblemError("not_found", "no such origin call: is the edge node of a newer release than this one?")
        for match, operation in there:
            if operation.method == method:
                return operation, match.groupdict()
        raise MethodError(there[0][1].method)


class MethodError(ProblemError):
    """The path is there, for another method."""

    def __init__(self, allowed: str) -> None:
        super().__init__("invalid", f"allowed here: {allowed}")
        self.allowed = allowed


async def _body(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MAX_BYTES:
                raise ProblemError("too_large", f"body: at most {MAX_BYTES} bytes are allowed")
            parts.append(part)
    except ClientDisconnect:
        raise ProblemError("invalid", "body: it ended before its announced length") from None
    return b"".join(parts)


def _error(problem: ProblemError) -> Answer:
    headers: dict[str, str] = {}
    status = problem.status
    if isinstance(problem, MethodError):
        status, headers["Allow"] = 405, problem.allowed
    if problem.kind == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    if problem.kind == "unavailable":
        headers["Retry-After"] = "1"
    code = CODES[problem.kind][1]
    return Answer(orjson.dumps({"error": problem.text, "code": code}), status, JSON, headers)
