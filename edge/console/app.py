"""The ASGI application beneath ``/console``: route, session, CSRF, token, scope, workspace, handler, headers.

It calls the operations of ``edge.manage`` in this process, with the rights of the session's token, checked as the
Config API does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from edge.console import csrf, headers
from edge.console.addresses import HOME, path_in, safe_next
from edge.console.call import Call, Visit
from edge.console.errors import Shown, no_store, of_problem
from edge.console.files import Files
from edge.console.forms import Form, read_form
from edge.console.page import Open, Page, Row, pattern
from edge.console.session import COOKIE, PATH, Sessions
from edge.console.table import NAVIGATION, ROUTES
from edge.console.view import View
from edge.manage import workspaces
from edge.manage.deps import Deps
from edge.manage.operation import require_any
from edge.manage.problem import ProblemError
from edge.model.failure import places_of
from edge.model.source import Workspace
from edge.model.token import Principal
from edge.store.failures import STORE_FAILURES
from edge.store.keyring import SecretUnreadableError
from edge.store.lookup import Page as Stretch

SWITCHABLE = 12
"""Workspaces that the switcher lists; the page of workspaces has them all."""
STATIC = "/static/"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Matched:
    row: Row
    path: Mapping[str, str]


@cache
def _appearance(version: str) -> tuple[Files, View]:
    """What all consoles of this release have in common, made once: files, and templates that are compiled when used."""
    files = Files()
    return files, View({row.name: row.path for row in ROUTES}, NAVIGATION, files, version)


class Console:
    def __init__(self, deps: Deps, sessions: Sessions) -> None:
        self._deps = deps
        self._sessions = sessions
        self._public_url = deps.origin.public_url
        self._rows = [(pattern(row.path), row) for row in ROUTES]
        self._files, self._view = _appearance(deps.version)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request, scope["path"].removeprefix(PATH))
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> Response:
        if path.startswith(STATIC):
            served = self._files.find(path.removeprefix(STATIC))
            if served is not None and request.method in ("GET", "HEAD"):
                return served.response()
        if path == "":
            return _sealed(RedirectResponse(HOME, 308))
        visit = Visit(
            deps=self._deps,
            sessions=self._sessions,
            view=self._view,
            request=request,
            session=self._sessions.read(request) or self._sessions.new(secure=csrf.is_https(request, self._public_url)),
            route="",
            path={},
        )
        try:
            response = await self._routed(visit, path)
        except ProblemError as problem:
            response = self._refused(visit, problem)
        except SecretUnreadableError as unreadable:
            log.error("stored credential unreadable", path=path)  # noqa: TRY400 - expected, no trace needed
            response = _shown(visit, Shown(503, "A stored credential cannot be read", str(unreadable)))
        except STORE_FAILURES as failure:
            log.error("store failed", path=path, error=type(failure).__name__)  # noqa: TRY400 - its text may hold values
            response = _shown(visit, no_store(request.method))
        except Exception as failure:
            frames = places_of(failure)
            log.error("page failed", path=path, error=type(failure).__name__, frames=frames)  # noqa: TRY400 - its text may hold values
            response = _shown(visit, Shown(500, "Something went wrong here", "The edge's log says what."))
        return _sealed(response)

    async def _routed(self, visit: Visit, path: str) -> Response:
        method = "GET" if visit.request.method == "HEAD" else visit.request.method
        matched = self._match(method, path)
        if isinstance(matched, Response):
            return matched
        row = matched.row
        form = await read_form(visit.request) if method == "POST" else Form()
        visit = replace(visit, route=row.name, path=matched.path, form=form)
        if method == "POST":
            kept = self._sessions.read(visit.request)
            refused = csrf.refusal(visit.request, form, kept, self._public_url)
            if refused is not None and (kept is not None or isinstance(row, Open)):
                raise ProblemError("forbidden", refused)
        response = await (row.handler(visit) if isinstance(row, Open) else self._called(row, visit))
        self._keep(response, visit, background=isinstance(row, Page) and row.background)
        return response

    def _match(self, method: str, path: str) -> Matched | Response:
        allowed = []
        for expression, row in self._rows:
            found = expression.match(path)
            if found is None:
                continue
            if row.method == method:
                return Matched(row, found.groupdict())
            allowed.append(row.method)
        if allowed:
            return Response("", 405, {"Allow": ", ".join(sorted({*allowed, *(["HEAD"] if "GET" in allowed else [])}))})
        raise ProblemError("not_found", "page")

    async def _called(self, row: Page, visit: Visit) -> Response:
        principal = await self._principal(visit)
        call = Call(
            deps=visit.deps,
            sessions=visit.sessions,
            view=visit.view,
            request=visit.request,
            session=visit.session,
            route=visit.route,
            path=visit.path,
            form=visit.form,
            principal=principal,
        )
        try:
            if row.scopes:
                require_any(principal, row.scopes)
            call = await self._placed(row, call)
            return await row.handler(call)
        except ProblemError as problem:
            return self._refused(call, problem)

    async def _principal(self, visit: Visit) -> Principal:
        """Who the session's token speaks for, read anew: revoked or ended, it speaks for nobody."""
        bearer = await self._deps.tokens.bearer(visit.session.token_id) if visit.session.token_id else None
        if bearer is None:
            raise ProblemError("unauthenticated", "sign in")
        return bearer.principal

    async def _placed(self, row: Page, call: Call) -> Call:
        """``call`` with its workspace, and the first of those that the switcher offers.

        Every page of a workspace needs ``workspace:read``, but for those whose scopes say that purging is enough.
        """
        slug = call.path.get("workspace")
        at: Workspace | None = None
        if slug is not None:
            look = workspaces.named if "cache:purge" in row.scopes else workspaces.show
            at = await look(self._deps.manage, call.principal, slug)
        listed: list[Workspace] = []
        if not call.is_htmx and call.principal.may("workspace:read"):
            listed = await workspaces.listed(self._deps.manage, call.principal, Stretch(limit=SWITCHABLE + 1))
        return replace(call, at=at, workspaces=tuple(listed))

    def _keep(self, response: Response, visit: Visit, *, background: bool) -> None:
        """Set the cookie of a session that is new or was used, unless the handler set one itself."""
        if any(value.startswith(f"{COOKIE}=") for value in response.headers.getlist("set-cookie")):
            return
        if self._sessions.read(visit.request) is None:
            self._sessions.keep(response, visit.session)
        elif not background and (renewed := self._sessions.renewed(visit.session)) is not None:
            self._sessions.keep(response, renewed)

    def _refused(self, visit: Visit, problem: ProblemError) -> Response:
        if problem.kind != "unauthenticated":
            return _shown(visit, of_problem(problem))
        request = visit.request
        back = request.headers.get("hx-current-url") or request.headers.get("referer", "")
        asked = path_in(str(request.url)) if request.method == "GET" and not visit.is_htmx else path_in(back)
        url = visit.view.sign_in(safe_next(asked))
        if visit.is_htmx:
            return Response(status_code=401, headers={"HX-Redirect": url})
        return RedirectResponse(url, 303)


def _shown(visit: Visit, shown: Shown) -> Response:
    """An error as a page; for htmx as a message, which htmx is told to put where messages are."""
    if visit.is_htmx:
        response = visit.render("components/failed.html", status=shown.status, shown=shown)
        response.headers.update({"HX-Retarget": "#messages", "HX-Reswap": "innerHTML"})
        return response
    response = visit.render("error.html", status=shown.status, shown=shown)
    if shown.status == 503:
        response.headers["Retry-After"] = "1"
    return response


def _sealed(response: Response) -> Response:
    for name, value in headers.PAGE.items():
        response.headers[name] = value
    return response
