"""Bad input: a clear error that names the field, no traceback, nothing written."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from edge.api.body import MAX_BYTES, MAX_DEPTH
from tests.api.stage import ApiStage
from tests.support.world import SECRET

pytestmark = pytest.mark.anyio

SOURCES = "/workspaces/acme/sources"
DESTINATION = f"{SOURCES}/site/destinations/tally"


def nested(depth: int) -> bytes:
    return b'{"source": ' + b"[" * depth + b"]" * depth + b"}"


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{not json", "JSON"),
    "cut off": (b'{"source": {"name": "x"', "JSON"),
    "invalid UTF-8": (b'{"source": {"name": "\xff\xfe"}}', "UTF-8"),
    "half a surrogate pair": (rb'{"source": {"name": "\ud800"}}', "JSON"),
    "not a number": (b'{"source": NaN}', "JSON"),
    "infinity": (b'{"source": Infinity}', "JSON"),
    "a number beyond all numbers": (b'{"source": 1e999}', ""),
    "a huge whole number": (b'{"source": ' + b"9" * 5000 + b"}", ""),
    "an array": (b"[]", "object"),
    "a text": (b'"source"', "object"),
    "null": (b"null", "source"),
    "nothing": (b"", "source"),
    "deep": (nested(MAX_DEPTH), str(MAX_DEPTH)),
    "deeper than a stack": (nested(100_000), ""),
    "a field twice": (b'{"source": {"name": "a", "name": "b", "catalog_name": "ios"}}', "'name' twice"),
}


@pytest.mark.parametrize("what", UNREADABLE)
async def test_a_body_that_cannot_be_read_is_refused_and_nothing_is_written(api: ApiStage, what: str) -> None:
    content, says = UNREADABLE[what]
    before = await api.head()
    answer = await api.call("POST", SOURCES, content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert says in answer.json()["error"]
    assert "Traceback" not in answer.text
    assert await api.head() == before


async def test_nesting_up_to_the_limit_is_read(api: ApiStage) -> None:
    answer = await api.call("POST", SOURCES, content=nested(MAX_DEPTH - 2))
    assert "nested" not in answer.json()["error"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_oversized_body_is_refused_while_it_is_read(api: ApiStage, chunked: bool) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 64 * MAX_BYTES:
            read += 65_536
            yield b" " * 65_536

    before = await api.head()
    content: Any = endless() if chunked else b" " * (MAX_BYTES + 1)
    answer = await api.call("POST", SOURCES, content=content)
    assert (answer.status_code, answer.json()["code"]) == (413, 3)
    assert str(MAX_BYTES) in answer.json()["error"]
    assert await api.head() == before


async def test_a_body_of_just_the_limit_is_read(api: ApiStage) -> None:
    body = json.dumps({"source": {"name": "app", "catalog_name": "ios"}}).encode()
    answer = await api.call("POST", SOURCES, content=body.ljust(MAX_BYTES))
    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain; charset=latin-1", "x"])
async def test_any_content_type_is_read_as_json(api: ApiStage, content_type: str) -> None:
    body = json.dumps({"source": {"name": "app", "catalog_name": "ios"}})
    answer = await api.call("POST", SOURCES, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("destination", "says"),
    [
        ({"colour": "red"}, ["destination.colour", "allowed", "connection_mode"]),
        ({"enabled": "yes"}, ["destination.enabled", "boolean"]),
        ({"enabled": 1}, ["destination.enabled", "boolean"]),
        ({"connection_mode": "device"}, ["destination.connection_mode", "CLOUD", "DEVICE"]),
        ({"connection_mode": "CLOUD\n"}, ["destination.connection_mode"]),
        ({"config": {"apiKey": "x"}}, ["destination.config", "list"]),
        ({"config": [{"value": "x"}]}, ["destination.config.0.name", "required"]),
        ({"config": [{"name": "apiKey", "vaule": "x"}]}, ["destination.config.0.vaule"]),
        ({"display_name": "x" * 1001}, ["destination.display_name", "1000"]),
        ({"display_name": "x" * 201}, ["display_name", "200"]),
        ({"config": [{"name": "nonsense", "value": 1}]}, ["nonsense", "apiKey"]),
        ({"config": [{"name": "apiKey", "value": 5}]}, ["apiKey", "text"]),
        ({"config": [{"name": "apiKey", "value": 10**30}]}, ["apiKey"]),
        ({"config": [{"name": "apiKey", "value": "x" * 10_001}]}, ["apiKey", "10,000"]),
        ({"config": [{"name": "apiKey", "value": None}]}, ["apiKey", "enabled"]),
        ({"config": [{"name": "apiKey", "value": "1"}, {"name": "apiKey", "value": "2"}]}, ["apiKey", "twice"]),
    ],
)
async def test_a_field_that_does_not_fit_is_named_with_what_is_allowed(
    api: ApiStage, destination: dict[str, Any], says: list[str]
) -> None:
    before = await api.head()
    paths = [f"destination.{name}" for name in destination if name != "colour"]
    body = {"destination": destination, "update_mask": {"paths": paths or ["destination.enabled"]}}
    answer = await api.call("PATCH", DESTINATION, body)
    assert (answer.status_code, answer.json()["code"]) == (400, 3), answer.text
    assert all(word in answer.json()["error"] for word in says), answer.text
    assert await api.head() == before


async def test_an_error_never_repeats_what_may_be_a_credential(api: ApiStage) -> None:
    for value in (SECRET, [SECRET], {"a": SECRET}, SECRET * 1000):
        config = [{"name": "secretKey", "value": value}, {"name": "apiKey", "value": [SECRET]}]
        for destination in ({"config": config}, {"connection_mode": SECRET}, {"enabled": SECRET}):
            body = {"destination": destination, "update_mask": {"paths": [f"destination.{next(iter(destination))}"]}}
            answer = await api.call("PATCH", DESTINATION, body)
            assert answer.status_code == 400
            assert SECRET not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/workspaces/%2e%2e/sources",
        "/workspaces/acme%2fsources",
        "/workspaces/acme%00",
        "/workspaces/acme%0a/sources",
        "/workspaces//sources",
        "/workspaces/ACME",
        "/explain/short",
        "/explain/wk_first_key_0001%0a",
        "/explain/..%2f..%2fstatus",
        "/changes/-1",
        "/changes/1e3",
        "/changes/99999999999999999999",
        "/%",
        "/",
        "/workspaces/acme/sources/site/destinations/tally/config",
    ],
)
async def test_a_path_trick_leads_nowhere(api: ApiStage, path: str) -> None:
    answer = await api.call("GET", path, token="globex")
    assert (answer.status_code, answer.json()["code"]) == (404, 5)
