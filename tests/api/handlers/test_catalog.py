"""Definitions of an instance's own over HTTP."""

from typing import Any

import pytest

from tests.api.stage import BODIES, ApiStage

pytestmark = pytest.mark.anyio

PATH = "/catalog/destinations/mail-tool"
BODY: dict[str, Any] = dict(BODIES["addCatalogDestination"])


async def test_what_was_added_is_read_like_any_other_and_gone_once_removed(api: ApiStage) -> None:
    added = await api.call("PUT", PATH, BODY, token="instance")
    assert (added.status_code, added.json()["name"]) == (200, PATH[1:])
    assert (await api.call("GET", PATH)).json() == added.json()
    assert (await api.call("DELETE", PATH, token="instance")).status_code == 200
    assert (await api.call("GET", PATH)).status_code == 404


async def test_a_workspaces_token_neither_adds_nor_removes(api: ApiStage) -> None:
    for method, body in (("PUT", BODY), ("DELETE", None)):
        answer = await api.call(method, PATH, body)
        assert (answer.status_code, answer.json()["code"]) == (403, 7)
        assert "instance token" in answer.json()["error"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"definition": "slug = "}, "mail-tool.toml"),
        ({"definition": BODY["definition"].replace("mail-tool", "other")}, "slug"),
        ({"bundle": None}, "no browser code"),
        ({"bundle": {**BODY["bundle"], "library_name": "a b"}}, "global's name"),
        ({"bundle": {"code": "1"}}, "library_name"),
        ({"code": "1"}, "code"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_written(api: ApiStage, change: dict[str, Any], said: str) -> None:
    before = await api.head()
    answer = await api.call("PUT", PATH, BODY | change, token="instance")
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert await api.head() == before


async def test_a_snippet_comes_with_the_policies_of_its_page(api: ApiStage) -> None:
    key = (await api.call("GET", "/workspaces/acme/sources/site")).json()["write_keys"][0]
    found = (await api.call("GET", f"/snippets/{key}")).json()
    assert set(found) == {"write_key", "snippet", "csp"}
    assert "'strict-dynamic'" in found["csp"]["nonce"]
    assert "script-src 'sha256-" in found["csp"]["hosts"]
