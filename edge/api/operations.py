"""The table of operations: what both the routes and the OpenAPI document are made of."""

import re
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from edge.api import answers, answers_fleet, bodies
from edge.api.call import Handler
from edge.api.handlers import catalog, changes, destinations, filters, sources, tokens, workspaces
from edge.model.token import Scope

_SLUG = "[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
PARAMETERS: dict[str, str] = {
    "w": _SLUG,
    "s": _SLUG,
    "d": _SLUG,
    "slug": _SLUG,
    "key": "[A-Za-z0-9_-]{8,64}",
    "f": "[A-Za-z0-9_-]{1,64}",
    "id": "[A-Za-z0-9_-]{1,64}",
    "position": "[0-9]{1,15}",
}
"""Path parameter -> what it may look like; anything else is an unknown path."""

Scopes = tuple[Scope, ...]

PAGED = ("page_size", "page_token")
WAIT = ("wait",)
WAIT_UNTIL = ("wait", "until")


@dataclass(frozen=True, slots=True)
class Operation:
    """One row. A token needs one of ``scopes``. ``query`` are query parameters; ``writes`` gives it ``?wait=`` and the
    header ``Edge-Position``, ``conditional`` the header ``If-Match``; ``tagged``: its answers have an ``ETag``."""

    method: str
    path: str
    id: str
    summary: str
    scopes: Scopes
    handler: Handler
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    query: tuple[str, ...] = ()
    status: int = 200
    writes: bool = False
    conditional: bool = False
    tagged: bool = False
    errors: tuple[int, ...] = field(default=(400, 401, 403, 404, 429, 503))

    def pattern(self) -> re.Pattern[str]:
        r"""The path as a pattern that ends with ``\Z``; one trailing slash is taken off before."""
        parts = [
            f"(?P<{part[1:-1]}>{PARAMETERS[part[1:-1]]})" if part.startswith("{") else re.escape(part)
            for part in self.path.split("/")
        ]
        return re.compile("/".join(parts) + r"\Z")


def _get(
    path: str, name: str, summary: str, scopes: Scopes, handler: Handler, answer: type[BaseModel], *query: str
) -> Operation:
    return Operation("GET", path, name, summary, scopes, handler, answer, query=query)


def _write(
    method: str,
    path: str,
    name: str,
    summary: str,
    scopes: Scopes,
    handler: Handler,
    answer: type[BaseModel],
    body: type[BaseModel] | None = None,
    status: int = 200,
) -> Operation:
    errors = (400, 401, 403, 404, 409, 413, 429, 503)
    return Operation(
        method, path, name, summary, scopes, handler, answer, body, WAIT, status, writes=True, errors=errors
    )


def _conditional(operation: Operation) -> Operation:
    tagged = operation.method != "DELETE"
    return replace(operation, conditional=True, tagged=tagged, errors=tuple(sorted({*operation.errors, 412})))


_W = "/workspaces/{w}"
_S = _W + "/sources/{s}"
_D = _S + "/destinations/{d}"
_F = _D + "/filters/{f}"
READ: Scopes = ("workspace:read",)
WRITE: Scopes = ("workspace:write",)
ADMIN: Scopes = ("tokens:admin",)
PURGE: Scopes = ("cache:purge",)
RECEIPT: Scopes = ("workspace:read", "cache:purge")
DISTRIBUTION: Scopes = ("distribution:read",)

OPERATIONS: tuple[Operation, ...] = (
    _get("/workspaces", "listWorkspaces", "Workspaces that the token sees", READ, workspaces.index, answers.Workspaces, *PAGED),
    _write("POST", "/workspaces", "createWorkspace", "Create a workspace (instance token)", WRITE, workspaces.create, answers.Workspace, bodies.WorkspaceBody),
    _get(_W, "getWorkspace", "One workspace", READ, workspaces.show, answers.Workspace),
    _write("PATCH", _W, "updateWorkspace", "Change a workspace's name for people", WRITE, workspaces.change, answers.Workspace, bodies.WorkspacePatchBody),
    _write("DELETE", _W, "deleteWorkspace", "Delete an empty workspace (instance token)", WRITE, workspaces.delete, answers.Nothing),
    _get(_W + "/sources", "listSources", "Sources of a workspace", READ, sources.index, answers.Sources, *PAGED),
    _write("POST", _W + "/sources", "createSource", "Create a source with a write key", WRITE, sources.create, answers.Source, bodies.SourceBody),
    replace(_get(_S, "getSource", "One source", READ, sources.show, answers.Source), tagged=True),
    _conditional(_write("PATCH", _S, "updateSource", "Change a source", WRITE, sources.change, answers.Source, bodies.SourcePatchBody)),
    _conditional(_write("DELETE", _S, "deleteSource", "Delete a source with its destinations", WRITE, sources.delete, answers.Nothing)),
    _write("POST", _S + "/write-keys", "createWriteKey", "Add a write key, made or adopted", WRITE, sources.add_key, answers.Source, bodies.WriteKeyBody),
    _write("DELETE", _S + "/write-keys/{key}", "retireWriteKey", "Retire a write key", WRITE, sources.retire_key, answers.Nothing),
    _get(_S + "/distribution", "getDistribution", "Enabled cloud-mode destinations with credentials, for a cloud router", DISTRIBUTION, sources.distribute, answers.Distribution, "after", "wait"),
    _get(_S + "/explain", "explainSource", "Each destination: published or not, and why", READ, sources.explained, answers.Explanation),
    _get("/explain/{key}", "explainWriteKey", "The same by write key", READ, sources.explained_key, answers.Explanation),
    _get("/snippets/{key}", "getSnippet", "The snippet for a page", READ, sources.snippet, answers.Snippet),
    _get(_S + "/destinations", "listDestinations", "Destinations of a source", READ, destinations.index, answers.Destinations, *PAGED),
    _write("POST", _S + "/destinations", "createDestination", "Connect a destination", WRITE, destinations.create, answers.Destination, bodies.DestinationBody),
    replace(_get(_D, "getDestination", "One destination, secrets masked", READ, destinations.show, answers.Destination), tagged=True),
    _conditional(_write("PATCH", _D, "updateDestination", "Change a destination", WRITE, destinations.change, answers.Destination, bodies.DestinationPatchBody)),
    _conditional(_write("DELETE", _D, "deleteDestination", "Delete a destination", WRITE, destinations.delete, answers.Nothing)),
    _get(_D + "/filters", "listFilters", "Filters of a destination", READ, filters.index, answers.Filters, *PAGED),
    _write("POST", _D + "/filters", "createFilter", "Add a filter to a destination", WRITE, filters.create, answers.Filter, bodies.FilterBody),
    replace(_get(_F, "getFilter", "One filter", READ, filters.show, answers.Filter), tagged=True),
    _conditional(_write("PATCH", _F, "updateFilter", "Change a filter", WRITE, filters.change, answers.Filter, bodies.FilterPatchBody)),
    _conditional(_write("DELETE", _F, "deleteFilter", "Delete a filter", WRITE, filters.delete, answers.Nothing)),
    _get("/catalog/sources", "listCatalogSources", "Source types", READ, catalog.sources, answers.CatalogSources, *PAGED),
    _get("/catalog/sources/{slug}", "getCatalogSource", "One source type", READ, catalog.source, answers.CatalogSource),
    _get("/catalog/destinations", "listCatalogDestinations", "Destination definitions", READ, catalog.destinations, answers.CatalogDestinations, *PAGED),
    _get("/catalog/destinations/{slug}", "getCatalogDestination", "One definition with its settings", READ, catalog.destination, answers.CatalogDestination),
    _write("PUT", "/catalog/destinations/{slug}", "addCatalogDestination", "Add a definition of the instance's own, with its browser code (instance token)", WRITE, catalog.add, answers.CatalogDestination, bodies.CatalogDestinationBody),
    _write("DELETE", "/catalog/destinations/{slug}", "removeCatalogDestination", "Remove a definition that was added (instance token)", WRITE, catalog.remove, answers.Nothing),
    _get("/access-tokens", "listAccessTokens", "Tokens, without the tokens themselves", ADMIN, tokens.index, answers.AccessTokens, *PAGED),
    _write("POST", "/access-tokens", "createAccessToken", "Make a token; it is answered once", ADMIN, tokens.create, answers.NewAccessToken, bodies.AccessTokenBody),
    _get("/access-tokens/{id}", "getAccessToken", "One token, without the token itself", ADMIN, tokens.show, answers.AccessToken),
    _write("DELETE", "/access-tokens/{id}", "revokeAccessToken", "Revoke a token", ADMIN, tokens.revoke, answers.Nothing),
    _write("POST", "/purges", "createPurge", "Purge tags or sources", PURGE, changes.create_purge, answers.Purge, bodies.PurgeBody, 202),
    _get("/purges/{position}", "getPurge", "The receipt of a purge", RECEIPT, changes.show_purge, answers.Purge, *WAIT_UNTIL),
    _get("/changes/{position}", "getChange", "The receipt of a change", RECEIPT, changes.show_change, answers.Receipt, *WAIT_UNTIL),
    _get("/status", "getStatus", "How the fleet stands: nodes, hosts, fronts, and what is wrong", READ, changes.status, answers_fleet.Status),
)  # fmt: skip
