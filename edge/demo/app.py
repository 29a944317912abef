"""The demo's routes: its two pages, what they poll, and the switch. Mounted in demo mode only.

GET  /demo                        the page                    GET /demo/visitor        the page that it watches
GET  /demo/static/{name}          their files                 GET /demo/destinations   the site's, as configured
GET  /demo/events?after=          what the sink received      POST /demo/destinations/{slug}   {"enabled": bool}
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from edge.demo.content import SITE, WORKSPACE
from edge.demo.page import File, Pages, read_files
from edge.demo.recorder import Received, Recorder
from edge.demo.same_origin import refusal
from edge.journal.receipts import Receipts
from edge.manage import destinations
from edge.manage.destinations import Described, DestinationPatch
from edge.manage.operation import Manage
from edge.manage.problem import ProblemError
from edge.model.token import Principal
from edge.publish.manifest import plugin_name
from edge.store.lookup import FIRST_PAGE

VISITOR = Principal("demo page", "demo", WORKSPACE, frozenset({"workspace:read", "workspace:write"}))
"""The page may do what a token of the demo workspace may, and nothing elsewhere."""

LARGEST_BODY = 1024
LIVE_SECONDS = 2.0
NOT_A_SWITCH = 'the body must be {"enabled": true} or {"enabled": false}'
COMMON: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's collaborators. ``origins`` are the addresses at which this edge's own pages are."""

    manage: Manage
    receipts: Receipts
    recorder: Recorder
    pages: Pages
    origins: frozenset[str]
    files: Mapping[str, File]

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/demo", self.page),
            Route("/demo/visitor", self.visitor),
            Route("/demo/static/{name}", self.file),
            Route("/demo/events", self.events),
            Route("/demo/destinations", self.listing),
            Route("/demo/destinations/{slug}", self.switch, methods=["POST"]),
        ]

    async def home(self, _request: Request) -> Response:
        return RedirectResponse("/demo", headers=COMMON)

    async def page(self, _request: Request) -> Response:
        return _html(self.pages.page(), self.pages.page_policy())

    async def visitor(self, _request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        return _html(self.pages.visitor(nonce), self.pages.visitor_policy(nonce))

    async def file(self, request: Request) -> Response:
        found = self.files.get(request.path_params["name"])
        if found is None:
            return _error(404, "the demo has no such file")
        return Response(found.body, headers={**COMMON, "Content-Type": found.content_type})

    async def events(self, request: Request) -> Response:
        """``{total, by_destination, events}``: those after number ``after``, oldest first."""
        after = request.query_params.get("after", "0")
        if not after.isdecimal() or len(after) > 15:
            return _error(400, "after must be the number of an event, or 0")
        recorder = self.recorder
        shown = [_shown_event(event) for event in recorder.after(int(after))]
        return _json({"total": recorder.total, "by_destination": dict(recorder.by_destination), "events": shown})

    async def listing(self, _request: Request) -> Response:
        """``{destinations}``: those of the site with the switches' positions."""
        try:
            found = await destinations.listed(self.manage, VISITOR, WORKSPACE, SITE, FIRST_PAGE)
        except ProblemError as problem:
            return _error(problem.status, problem.text)
        return _json({"destinations": [_shown(described) for described in found]})

    async def switch(self, request: Request) -> Response:
        """Enable or disable one destination of the site; answers the receipt as soon as the change is live."""
        refused = refusal(request.headers, self.origins)
        if refused is not None:
            return _error(403, refused)
        enabled = _enabled(await _body(request))
        if enabled is None:
            return _error(400, NOT_A_SWITCH)
        slug, patch = request.path_params["slug"], DestinationPatch(enabled=enabled)
        try:
            done = await destinations.change(self.manage, VISITOR, WORKSPACE, SITE, slug, patch=patch)
        except ProblemError as problem:
            return _error(problem.status, problem.text)
        receipt = await self.receipts.wait_live(done.position, LIVE_SECONDS)
        return _json(
            {
                "position": done.position,
                "changed": done.changed,
                "state": receipt.state if receipt else "pending",
                "propagation_ms": receipt.propagation_ms if receipt else None,
                "browsers_until": receipt.browsers_until if receipt else None,
            }
        )


def create_demo(manage: Manage, receipts: Receipts, recorder: Recorder, pages: Pages, origins: frozenset[str]) -> Demo:
    """The demo over this edge's own operations; ``recorder.witness`` belongs into the edge's sink."""
    return Demo(manage, receipts, recorder, pages, origins, read_files())


def _shown(described: Described) -> dict[str, Any]:
    destination, definition = described.destination, described.definition
    return {
        "slug": destination.slug,
        "name": destination.display_name,
        "mode": destination.mode,
        "enabled": destination.enabled,
        "plugin_name": plugin_name(destination, definition) if definition else None,
        "creation_name": definition.creation_name if definition else None,
    }


def _shown_event(event: Received) -> dict[str, Any]:
    return {
        "number": event.number,
        "call": event.call,
        "name": event.name,
        "received_at": event.received_at,
        "routed": event.routed,
        "payload": orjson.Fragment(event.payload) if event.payload is not None else None,
    }


async def _body(request: Request) -> bytes:
    """The body as far as it can matter: one byte more than is allowed makes it no JSON that is."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return b""
    return body


def _enabled(body: bytes) -> bool | None:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    enabled = document.get("enabled") if isinstance(document, dict) and len(document) == 1 else None
    return enabled if isinstance(enabled, bool) else None


def _html(text: str, policy: str) -> Response:
    headers = {**COMMON, "Content-Security-Policy": policy, "Content-Type": "text/html; charset=utf-8"}
    return Response(text, headers=headers)


def _json(document: Any, status: int = 200) -> Response:
    headers = {**COMMON, "Content-Type": "application/json; charset=utf-8"}
    return Response(orjson.dumps(document), status, headers)


def _error(status: int, text: str) -> Response:
    return _json({"error": text}, status)
