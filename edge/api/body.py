"""Request bodies: read within limits, parsed, and validated with errors that name the field."""

import json
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from edge.manage.problem import ProblemError, invalid

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64

M = TypeVar("M", bound=BaseModel)


async def read_json(request: Request) -> Any:
    """The body as JSON, ``None`` when empty. Refuses more than MAX_BYTES while reading, and deep nesting."""
    too_large = ProblemError("too_large", f"body: at most {MAX_BYTES} bytes are allowed")
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > MAX_BYTES:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MAX_BYTES:
                raise too_large
            parts.append(part)
    except ClientDisconnect:
        raise invalid("body: it ended before its announced length") from None
    text = b"".join(parts)
    if not text.strip():
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise invalid(f"body: it is not valid JSON in UTF-8 ({error.msg}, line {error.lineno})") from None
    _check_depth(value)
    # Only now: the standard library's reader knows of names that are there twice, but would recurse without bound.
    json.loads(text, object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=str)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> None:
    """Readers of JSON differ in which of two equal names they believe (RFC 8259 section 4), so neither is."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise invalid(f"body: an object has the field {name[:60]!r} twice; send each field once")
        seen.add(name)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for container in level
            if isinstance(container, dict | list)
            for child in (container.values() if isinstance(container, dict) else container)
        ]
        if not level:
            return
    raise invalid(f"body: arrays and objects may be nested at most {MAX_DEPTH} deep")


def validated(model: type[M], value: Any) -> M:
    """``value`` as ``model``; the first thing wrong with it as a sentence, without the value itself."""
    if value is not None and not isinstance(value, dict):
        raise invalid("body: a JSON object is required")
    try:
        return model.model_validate({} if value is None else value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(step) for step in first["loc"]) or "body"
        raise invalid(f"{field[:200]}: {_sentence(model, first['type'], first['msg'], first['loc'])}") from None


def _sentence(model: type[BaseModel], kind: str, message: str, location: tuple[int | str, ...]) -> str:
    if kind == "missing":
        return "it is required"
    if kind == "extra_forbidden":
        allowed = _fields_at(model, location[:-1])
        return (
            f"there is no such field here; allowed: {', '.join(allowed)}" if allowed else "there is no such field here"
        )
    return message[:1].lower() + message[1:]


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    current: Any = model
    for step in location:
        if isinstance(step, int) or step not in current.model_fields:
            return []
        annotation = current.model_fields[step].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        current = next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)
        if current is None:
            return []
    return sorted(field.alias or name for name, field in current.model_fields.items())
