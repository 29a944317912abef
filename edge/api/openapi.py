"""The OpenAPI 3.1 document, made from the table of operations."""

import re
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from edge.api import answers
from edge.api.operations import OPERATIONS, PARAMETERS, Operation
from edge.journal.receipts import GOALS
from edge.store.lookup import PAGE_LIMIT

PREFIX = "/v1beta"
MEANINGS = {
    400: "Something in the request is not allowed; the text names it",
    401: "No valid token",
    403: "The token lacks the scope",
    404: "Not found, or in a workspace that the token does not see",
    409: "It exists already, or is in use",
    412: "It was changed meanwhile: it is not at the position that `If-Match` names",
    413: "The body is too large",
    429: "Too many requests for this token",
    503: "The store cannot be read or written at the moment",
}
QUERY: dict[str, dict[str, Any]] = {
    "page_size": {
        "type": "integer",
        "minimum": 1,
        "maximum": PAGE_LIMIT,
        "description": "Items at most; 50 if absent.",
    },
    "page_token": {"type": "string", "description": "`next_page_token` of the page before."},
    "wait": {
        "type": "string",
        "pattern": r"^([0-9]|[12][0-9]|30)s?$|^[0-9]{1,4}ms$",
        "description": "How long to wait: 500ms, 2s, up to 30s.",
    },
    "until": {
        "type": "string",
        "enum": list(GOALS),
        "description": "With `wait`: what to wait for; `live` if absent.",
    },
    "after": {
        "type": "integer",
        "minimum": 0,
        "maximum": 10**15 - 1,
        "description": "Answer when beyond this position.",
    },
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,15}")$'},
    "description": "The `ETag` of the answer that the change was made for. Refused with 412 if it changed meanwhile.",
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The position of its last change, in quotes."}}
POSITION = {
    "Edge-Position": {"schema": {"type": "integer"}, "description": "Journal position of the change."},
    "Edge-Receipt": {
        "schema": {"type": "string", "enum": ["pending", "live", "settled"]},
        "description": "With `?wait=`: how far the change was when it was answered.",
    },
}


@cache
def encoded(version: str) -> bytes:
    """The document as JSON, made when it is first asked for: most processes never are, and every one of them starts."""
    return orjson.dumps(document(version))


def document(version: str) -> dict[str, Any]:
    """The whole document."""
    models = {model for one in OPERATIONS for model in (one.body, one.answer) if model is not None} | {answers.Error}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in ordered], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(PREFIX + one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Edgewise Config API",
            "version": version,
            "description": "Segment's Config API as its public clients speak it, and what Edgewise adds.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"token": []}],
    }


def _operation(one: Operation) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", one.path)
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{PARAMETERS[name]}$"}}
        for name in names
    ]
    query = [{"name": name, "in": "query", "schema": QUERY[name]} for name in one.query]
    success: dict[str, Any] = {"description": one.summary, "content": _json(one.answer)}
    headers = (POSITION if one.writes else {}) | (ETAG if one.tagged else {})
    if headers:
        success["headers"] = headers
    described: dict[str, Any] = {
        "operationId": one.id,
        "summary": one.summary,
        "description": f"Scope: {' or '.join(f'`{scope}`' for scope in one.scopes)}.",
        "parameters": path + query + ([IF_MATCH] if one.conditional else []),
        "responses": {str(one.status): success}
        | {str(code): {"description": MEANINGS[code], "content": _json(answers.Error)} for code in one.errors},
    }
    if one.body is not None:
        needed = any(field.is_required() for field in one.body.model_fields.values())
        described["requestBody"] = {"required": needed, "content": _json(one.body)}
    return described


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
