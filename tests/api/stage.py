"""The Config API on a real store and a real follower, called without a network."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from edge.api.app import Api
from edge.api.operations import OPERATIONS, Operation
from edge.manage.deps import Deps
from edge.manage.tokens import Tokens
from edge.model.token import EVERY_WORKSPACE, SCOPES
from edge.observe.asking import Asking
from edge.observe.evidence import Evidence
from edge.observe.fleet import Fleet
from edge.observe.probe import Probe
from edge.publish.pieces import Pieces
from edge.publish.publication import Publisher
from edge.publish.snippet import Snippets
from edge.store.engine import open_engine
from edge.store.roster import Roster
from tests.manage.stage import INSTANCE, Stage, open_stage, prepare_stage
from tests.support.node import ORIGIN, TIMEOUT, HandNode, join, open_roster
from tests.support.world import FILTER, KEY

KEYS = {"k1": "the-signing-key-of-these-tests-0123"}
BASE = "http://edge.test"
LIFE = 30 * 86_400

EXAMPLES: Mapping[str, str] = {
    "w": "acme",
    "s": "site",
    "d": "tally",
    "f": FILTER.id,
    "slug": "tally",
    "key": KEY,
    "position": "2",
    "id": "0" * 32,
}
"""A value for each path parameter: acme's own, where it is of a workspace."""

ADDED: Mapping[str, str] = {"addCatalogDestination": "mail-tool", "removeCatalogDestination": "mail-tool"}
"""The slug for operations that are not for a definition of a release."""

MAIL_TOOL = """
slug = "mail-tool"
name = "Mail Tool"
creation_name = "Mail Tool"
description = "Sends mail."
website = "https://mail-tool.example"
category = "Email Marketing"
methods = ["track"]

[modes]
web = ["device"]
"""

BODIES: Mapping[str, Any] = {
    "createWorkspace": {"workspace": {"name": "initech"}},
    "updateWorkspace": {"workspace": {"display_name": "A"}, "update_mask": {"paths": ["workspace.display_name"]}},
    "createSource": {"source": {"name": "another", "catalog_name": "catalog/sources/ios"}},
    "updateSource": {"source": {"display_name": "S"}, "update_mask": {"paths": ["source.display_name"]}},
    "createWriteKey": {},
    "createDestination": {"destination": {"name": "tally-eu", "catalog_name": "catalog/destinations/tally"}},
    "updateDestination": {"destination": {}, "update_mask": {"paths": ["destination.enabled"]}},
    "createFilter": {"filter": {"if": "all", "actions": [{"type": "drop_event"}]}},
    "updateFilter": {"filter": {"title": "T"}, "update_mask": {"paths": ["filter.title"]}},
    "addCatalogDestination": {
        "definition": MAIL_TOOL,
        "bundle": {"library_name": "mailToolDestination", "code": "window.mailToolDestination = () => ({});"},
    },
    "createAccessToken": {"workspace_names": ["acme"], "scopes": ["workspace:read"]},
    "createPurge": {"tags": ["workspace:acme"]},
}
"""A body that would be accepted, for each operation that has one."""


def path_of(operation: Operation, **given: str) -> str:
    path = operation.path
    slug = {"slug": ADDED[operation.id]} if operation.id in ADDED else {}
    for name, value in {**EXAMPLES, **slug, **given}.items():
        path = path.replace(f"{{{name}}}", value)
    return f"/v1beta{path.replace('/catalog/sources/tally', '/catalog/sources/ios')}"


def operation(name: str) -> Operation:
    return next(one for one in OPERATIONS if one.id == name)


@dataclass(frozen=True, slots=True)
class ApiStage:
    """``jwts`` are tokens with every scope: of the instance, of acme, of globex."""

    stage: Stage
    roster: Roster
    node: HandNode
    deps: Deps
    client: httpx.AsyncClient
    jwts: dict[str, str]

    async def head(self) -> int:
        return await self.stage.head()

    async def token(self, workspace: str, *scopes: str) -> str:
        return await _issue(self.deps.tokens, workspace, *(scopes or SCOPES))

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = "acme", **given: Any
    ) -> httpx.Response:
        """``token`` is a name in ``jwts``, a token, or ``None`` for none; ``path`` is beneath ``/v1beta``."""
        headers = dict(given.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {self.jwts.get(token, token)}"
        if body is not None:
            given["json"] = body
        url = path if path.startswith("/v1beta") else f"/v1beta{path}"
        return await self.client.request(method, url, headers=headers, **given)

    async def run(self, operation: Operation, *, token: str | None = "acme", **path: str) -> httpx.Response:
        return await self.call(operation.method, path_of(operation, **path), BODIES.get(operation.id), token=token)

    async def close(self) -> None:
        await self.client.aclose()
        await self.node.leave()
        await self.roster.close()
        await self.stage.world.close()


def application(api: Api) -> Starlette:
    app = Starlette(routes=[Mount("/v1beta", app=api)])
    app.router.redirect_slashes = False
    # Mount's pattern does not match a line break.
    app.router.default = api
    return app


def client_of(deps: Deps, api: Api | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application(api or Api(deps)))
    return httpx.AsyncClient(transport=transport, base_url=BASE)


async def prepare_api_stage(directory: Path) -> dict[str, str]:
    """The stores of a stage in ``directory``, closed again, and the tokens in them."""
    await prepare_stage(directory)
    await (await open_roster(directory)).close()
    stage = open_stage(directory)
    await stage.world.commit(FILTER)
    tokens = Tokens(stage.manage, KEYS)
    named = (("instance", EVERY_WORKSPACE), ("acme", "acme"), ("globex", "globex"))
    jwts = {name: await _issue(tokens, workspace, *SCOPES) for name, workspace in named}
    await stage.world.close()
    return jwts


async def open_api_stage(directory: Path, jwts: dict[str, str]) -> ApiStage:
    stage = open_stage(directory)
    roster = Roster(open_engine(f"sqlite+aiosqlite:///{directory / 'roster.db'}"))
    node = await join(stage.world, roster, stage.clock, "n1")

    async def reached(_position: int, _seconds: float, /) -> bool:
        await node.follow()
        return True

    tokens, asking = Tokens(stage.manage, KEYS), Asking()
    evidence = Evidence(stage.world.store, Publisher(stage.world.store, ORIGIN, TIMEOUT), asking, node.stats)
    deps = Deps(
        manage=stage.manage,
        tokens=tokens,
        authenticate=tokens.principal,
        receipts=node.receipts,
        fleet=Fleet(stage.world.store, roster, node.membership, asking, stage.clock, store_kind="sqlite"),
        probe=Probe(asking, node.membership, evidence),
        reached=reached,
        origin=ORIGIN,
        snippets=Snippets(
            "<script>__WRITE_KEY__</script>", "<script>halves of __WRITE_KEY__</script>", ORIGIN.public_url
        ),
        pieces=Pieces(stage.world.store),
        version="1.2.3",
        requests_per_minute=0,
    )
    return ApiStage(stage, roster, node, deps, client_of(deps), jwts)


async def _issue(tokens: Tokens, workspace: str, *scopes: str) -> str:
    if workspace == EVERY_WORKSPACE:
        return (await tokens.issue_instance(INSTANCE, scopes, seconds=LIFE)).jwt
    return (await tokens.issue(INSTANCE, workspace, scopes, seconds=LIFE)).jwt


def with_manage(deps: Deps, **changed: Any) -> Deps:
    return replace(deps, manage=replace(deps.manage, **changed))
