"""An admin at work on a running edge: everything goes through the Config API, as any client of it does."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx

import edge
from edge.catalog.bundles import SNIPPETS
from edge.publish.snippet import Snippets
from tests.browser.config_api import config_api, config_of
from tests.cli.processes import Served

WORKSPACE = "browser"
WHOLE = Path(edge.__file__).parent / "assets" / SNIPPETS[0]
_NUMBERS = itertools.count(1)
WAIT = {"wait": "10s"}
"""A write answers once the change is live."""

SCOPE = "workspace:read workspace:write"


class Admin:
    """An administrator of ``edge`` with a workspace in it."""

    def __init__(self, edge: Served, api: httpx.Client) -> None:
        self.edge = edge
        self._api = api
        self.write("POST", "/workspaces", {"workspace": {"name": WORKSPACE}})

    def site(self, *, api_host: str | None = None) -> "Site":
        """A new web source without destinations. Without ``api_host`` its events go to the edge's own sink."""
        number = next(_NUMBERS)
        source = {"name": f"site{number:04}", "catalog_name": "catalog/sources/javascript"}
        if api_host is not None:
            source["api_host"] = api_host
        return Site(self, number, self.write("POST", f"/workspaces/{WORKSPACE}/sources", {"source": source}))

    def write(self, method: str, path: str, body: Any) -> dict[str, Any]:
        """A change, live when this returns."""
        answer = self._api.request(method, path, json=body, params=WAIT)
        assert answer.is_success, answer.text
        assert answer.headers.get("edge-receipt") != "pending", "the change was not live in time"
        document: dict[str, Any] = answer.json()
        return document

    def read(self, path: str) -> dict[str, Any]:
        document: dict[str, Any] = self._api.get(path).raise_for_status().json()
        return document


class Site:
    """One web source and its destinations. ``write_key`` and ``number`` are no other site's."""

    def __init__(self, admin: Admin, number: int, source: Mapping[str, Any]) -> None:
        self.number = f"{number:04}"
        self.write_key: str = source["write_keys"][0]
        self.cdn = admin.edge.url
        self._admin = admin
        self._source = f"/{source['name']}"
        self._path = f"{self._source}/destinations"

    def snippet(self) -> str:
        """What the page carries, from the edge."""
        text: str = self._admin.read(f"/snippets/{self.write_key}")["snippet"]
        return text

    def other_snippet(self) -> str:
        """What a page carries that knows of no halves: from when the code was inline, or of another maker."""
        return Snippets(WHOLE.read_text(encoding="utf-8"), "", self.cdn).text(self.write_key)

    def connect(
        self, slug: str, settings: Mapping[str, Any], mode: Literal["DEVICE", "CLOUD"] = "DEVICE", *, name: str = ""
    ) -> None:
        """Add a destination, enabled; a second one of its definition under a ``name`` of its own."""
        wanted = {
            "name": name or slug,
            "catalog_name": f"catalog/destinations/{slug}",
            "enabled": True,
            "connection_mode": mode,
            "config": config_of(settings),
        }
        self._admin.write("POST", self._path, {"destination": wanted})

    def require(self, slug: str, *categories: str) -> None:
        """Let a destination need consent to these."""
        self._change(slug, consent_categories=list(categories))

    def filter(self, slug: str, condition: str, kind: str, **of_action: Any) -> None:
        """Give a destination a filter with one action, enabled."""
        wanted = {"if": condition, "actions": [{"type": kind, **of_action}], "enabled": True}
        self._admin.write("POST", f"{self._path}/{slug}/filters", {"filter": wanted})

    def plan(self, track: Mapping[str, Any]) -> None:
        """Set the source's tracking plan."""
        self.change(tracking_plan={"track": track})

    def change(self, **fields: Any) -> None:
        """Change the source itself."""
        paths = [f"source.{name}" for name in fields]
        self._admin.write("PATCH", self._source, {"source": fields, "update_mask": {"paths": paths}})

    def switch(self, slug: str, *, enabled: bool) -> None:
        self._change(slug, enabled=enabled)

    def configure(self, slug: str, **settings: Any) -> None:
        """Change some of a destination's settings, keeping the others."""
        self._change(slug, config=config_of(settings))

    def manifest(self) -> dict[str, Any]:
        """The settings document as the edge serves it now."""
        url = f"{self.cdn}/v1/projects/{self.write_key}/settings"
        document: dict[str, Any] = httpx.get(url, trust_env=False, verify=False).raise_for_status().json()
        return document

    def _change(self, slug: str, **fields: Any) -> None:
        paths = [f"destination.{name}" for name in fields]
        self._admin.write("PATCH", f"{self._path}/{slug}", {"destination": fields, "update_mask": {"paths": paths}})


@contextmanager
def administering(edge: Served) -> Iterator[Admin]:
    """An admin with a token from the command line."""
    with config_api(edge, SCOPE) as api:
        yield Admin(edge, api.client)
