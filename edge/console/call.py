"""One request: what a handler is given, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from edge.console.flash import Flash, forget, leave
from edge.console.forms import Form
from edge.console.session import Session, Sessions
from edge.console.view import View
from edge.manage.deps import OWN_NODE_SECONDS, Deps
from edge.manage.operation import Done
from edge.model.source import Workspace
from edge.model.token import Principal
from edge.store.failures import STORE_FAILURES

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of anybody. ``form`` is empty but for a POST, whose origin and CSRF token were checked already."""

    deps: Deps
    sessions: Sessions
    view: View
    request: Request
    session: Session
    route: str
    path: Mapping[str, str]
    form: Form = field(default_factory=Form)

    @property
    def is_htmx(self) -> bool:
        return "hx-request" in self.request.headers

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    def url(self, name: str, **path: str) -> str:
        """The address of a route. Raises KeyError when there is none of that name."""
        return self.view.url(name, **path)

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page or a fragment. A page shows the flash that was left for it, and so ends it."""
        return self._rendered(template, status, {**values, "principal": None, "workspace": None})

    def redirect(self, url: str, flash: Flash | None = None) -> Response:
        """See Other; for htmx, its own header for it, so that the whole page is loaded."""
        response: Response = RedirectResponse(url, 303)
        if self.is_htmx:
            response = Response(status_code=204, headers={"HX-Redirect": url})
        if flash is not None:
            leave(response, flash, secure=self.session.secure)
        return response

    def _rendered(self, template: str, status: int, values: Mapping[str, Any]) -> HTMLResponse:
        text = self.view.render(template, {**values, "call": self, "form": values.get("form", self.form)})
        response = HTMLResponse(text, status)
        if not self.is_htmx:
            forget(response)
        return response


@dataclass(frozen=True, slots=True)
class Call(Visit):
    """A request of somebody who is signed in. ``at`` is the workspace of the path, if one is in it."""

    principal: Principal = field(kw_only=True)
    at: Workspace | None = None
    workspaces: tuple[Workspace, ...] = ()
    """The first of those that the token sees, for the switcher."""

    @property
    def workspace(self) -> Workspace:
        assert self.at is not None, "the route has no {workspace} in its path"  # noqa: S101 - the table of routes is ours
        return self.at

    def here(self, name: str, **path: str) -> str:
        """The address of a route in this workspace."""
        return self.view.url(name, workspace=self.workspace.slug, **path)

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        return self._rendered(template, status, {**values, "principal": self.principal, "workspace": self.at})

    async def changed(self, done: Done[Any], url: str, text: str) -> Response:
        """The answer to a change: to ``url``, which says ``text`` and shows the change going live."""
        return await self.changed_at(done.position if done.changed else 0, url, text)

    async def changed_at(self, position: int, url: str, text: str) -> Response:
        """The same by position; 0: nothing had to change."""
        if position:
            try:
                await self.deps.reached(position, OWN_NODE_SECONDS)
            except STORE_FAILURES as failure:
                log.warning("not known to be applied here", position=position, error=type(failure).__name__)
        return self.redirect(url, Flash("done" if position else "notice", text, position))
