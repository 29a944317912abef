"""The console on the Config API's stage, called without a network by somebody with a browser's cookies."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from edge.console.app import Console
from edge.console.session import COOKIE, Sessions
from edge.publish.wire import Origin
from tests.api.stage import ApiStage
from tests.support.ids import counted_ids

KEYS = ["the-newest-key-that-signs-these-sessions", "an-older-key-that-is-still-accepted-here"]
HOST = "edge.test"


def sessions_of(api: ApiStage, keys: list[str] | None = None) -> Sessions:
    return Sessions(keys or KEYS, api.stage.clock, counted_ids("csrf"))


def application(api: ApiStage, sessions: Sessions, public_url: str) -> Starlette:
    deps = replace(api.deps, origin=Origin(public_url))
    console = Console(deps, sessions)
    app = Starlette(routes=[Route("/console", console), Mount("/console", app=console)])
    app.router.redirect_slashes = False
    return app


@dataclass(slots=True)
class Somebody:
    """A browser: it keeps cookies, says where a form comes from, and sends the CSRF token of the last page it saw."""

    client: httpx.AsyncClient
    csrf: str = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return self._seen(await self.client.get(f"/console{path}", headers=_named(headers)))

    async def post(
        self, path: str, data: dict[str, Any] | None = None, *, csrf: str | None = None, **headers: str
    ) -> httpx.Response:
        base = self.client.base_url
        sent = {"Origin": f"{base.scheme}://{base.host}", "Sec-Fetch-Site": "same-origin", **_named(headers)}
        body = {"csrf_token": self.csrf if csrf is None else csrf, **(data or {})}
        kept = {name: value for name, value in sent.items() if value}
        return self._seen(await self.client.post(f"/console{path}", data=body, headers=kept))

    async def sign_in(self, token: str, following: str = "") -> httpx.Response:
        await self.get("/sign-in")
        return await self.post("/sign-in", {"token": token, "next": following})

    @property
    def cookie(self) -> str:
        return self.client.cookies.get(COOKIE, path="/console") or ""

    async def is_signed_in(self) -> bool:
        return (await self.get("/workspaces")).status_code == 200

    def _seen(self, response: httpx.Response) -> httpx.Response:
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
        if found is not None:
            self.csrf = found[1]
        return response


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def leads_to_sign_in(response: httpx.Response) -> bool:
    return response.status_code == 303 and urlsplit(response.headers["Location"]).path == "/console/sign-in"


@dataclass(frozen=True, slots=True)
class ConsoleStage:
    api: ApiStage
    sessions: Sessions

    def somebody(self, *, base: str = f"http://{HOST}", public_url: str = f"http://{HOST}") -> Somebody:
        app = application(self.api, self.sessions, public_url)
        return Somebody(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base))

    async def admin(self, name: str = "acme", *scopes: str) -> Somebody:
        """Somebody signed in: with every scope as ``instance``, ``acme`` or ``globex``, or with some as of acme."""
        one = self.somebody()
        token = await self.api.token(name, *scopes) if scopes else self.api.jwts[name]
        response = await one.sign_in(token)
        assert response.status_code == 303, response.text
        await one.get("/sign-in")
        return one
