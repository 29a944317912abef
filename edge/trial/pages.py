"""The pages of a trial: routes beside the edge's own, on its loopback port."""

import asyncio
import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from edge.publish.snippet import Snippets, inline_script
from edge.trial.report import Contract, Live, Official, Report

SCRIPT = Path(__file__).with_name("page.js")
LARGEST = 1024 * 1024


@dataclass(slots=True)
class Pages:
    """``keys`` are of the source with our client and of that with the official one. ``stub`` stands in for the vendor's
    script."""

    keys: tuple[str, str]
    library: str
    stub: str | None
    snippets: Snippets
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _contract: Contract | None = None
    _live: Live | None = None
    _official: Official | None = None

    def report(self) -> Report:
        return Report(contract=self._contract, live=self._live, official=self._official)

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/trial/contract", self._page),
            Route("/trial/live", self._page),
            Route("/trial/official", self._page),
            Route("/trial/page.js", self._script),
            Route("/trial/stub.js", self._stub),
            Route("/trial/report/{part}", self._take, methods=["POST"]),
        )

    async def _page(self, request: Request) -> Response:
        about = {"key": self.keys[0], "stub": self.stub is not None, "library": self.library}
        # As text of an element that is no script: nothing of a package becomes code here.
        told = html.escape(orjson.dumps(about).decode())
        key = dict(zip(("/trial/live", "/trial/official"), self.keys, strict=True)).get(request.url.path)
        client = f"<script>{inline_script(self.snippets.text(key))}</script>" if key else ""
        head = f'<!doctype html><meta charset="utf-8"><title>Trial</title><p id="trial" hidden>{told}</p>'
        text = f'{head}<script src="/trial/page.js"></script>{client}'
        policy = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline' data: blob:"} if self.stub else {}
        return HTMLResponse(text, headers={"Cache-Control": "no-store", **policy})

    async def _script(self, _request: Request) -> Response:
        return Response(SCRIPT.read_bytes(), media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def _stub(self, _request: Request) -> Response:
        return Response(self.stub or "", media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > LARGEST:
            return Response(status_code=413)
        try:
            match request.path_params["part"]:
                case "contract":
                    self._contract = Contract.model_validate_json(body)
                case "live":
                    self._live = Live.model_validate_json(body)
                case _:
                    self._official = Official.model_validate_json(body)
                    self.done.set()
        except ValidationError:
            return Response(status_code=400)
        return Response(status_code=204)
