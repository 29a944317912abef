"""Somebody who administers the same edge by its Config API, while a person is at the browser."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from edge.demo.content import SOURCES, DemoSource
from tests.browser.config_api import config_api, config_of
from tests.cli.processes import Served

SCOPES = "workspace cache:purge tokens:admin"
_NUMBERS = itertools.count(1)


class Colleague:
    """``token`` is an instance token with SCOPES."""

    def __init__(self, api: httpx.Client, token: str) -> None:
        self._api = api
        self.token = token

    def do(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One call beneath /v1beta. A change is live when this returns."""
        writes = {"wait": "20s"} if method != "GET" and not path.startswith("/access-tokens") else {}
        answer = self._api.request(method, path, json=body, params=writes)
        assert answer.is_success, answer.text
        document: dict[str, Any] = answer.json() if answer.content else {}
        return document

    def workspace(self) -> str:
        """The slug of a new workspace that is called as the demo's is, and has no source."""
        slug = f"w{next(_NUMBERS)}"
        self.do("POST", "/workspaces", {"workspace": {"name": slug, "display_name": "Demo"}})
        return slug

    def furnish(self, workspace: str) -> dict[str, str]:
        """Give a workspace what the demo's has. Source -> its write key."""
        return {source.slug: self._source(workspace, source) for source in SOURCES}

    def change(self, destination: str, **fields: Any) -> None:
        """``destination`` is workspace/source/destination; ``settings`` among the fields are those to change."""
        if "settings" in fields:
            fields["config"] = config_of(fields.pop("settings"))
        paths = [f"destination.{name}" for name in fields]
        self.do("PATCH", path_of(destination), {"destination": fields, "update_mask": {"paths": paths}})

    def token_of(self, workspace: str, *scopes: str) -> str:
        """A token of one workspace."""
        wanted = {"description": "of a test", "workspace_names": [f"workspaces/{workspace}"], "scopes": list(scopes)}
        text: str = self.do("POST", "/access-tokens", wanted)["token"]
        return text

    def _source(self, workspace: str, wanted: DemoSource) -> str:
        source = {
            "name": wanted.slug,
            "catalog_name": f"catalog/sources/{wanted.type}",
            "display_name": wanted.display_name,
        }
        made = self.do("POST", f"/workspaces/{workspace}/sources", {"source": source})
        for one in wanted.destinations:
            connected = {
                "name": one.definition,
                "catalog_name": f"catalog/destinations/{one.definition}",
                "enabled": one.enabled,
                "connection_mode": one.mode.upper(),
                "config": config_of(one.settings),
            }
            path = f"/workspaces/{workspace}/sources/{wanted.slug}/destinations"
            self.do("POST", path, {"destination": connected})
        key: str = made["write_keys"][0]
        return key


def path_of(destination: str) -> str:
    workspace, source, slug = destination.split("/")
    return f"/workspaces/{workspace}/sources/{source}/destinations/{slug}"


@contextmanager
def colleague_of(edge: Served) -> Iterator[Colleague]:
    """With a token from the command line."""
    with config_api(edge, SCOPES) as api:
        yield Colleague(api.client, api.token)
