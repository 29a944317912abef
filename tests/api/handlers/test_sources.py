from typing import Any

import pytest

from tests.api.stage import ApiStage
from tests.support.world import KEY

pytestmark = pytest.mark.anyio

SOURCES = "/workspaces/acme/sources"


async def test_a_source_is_created_as_the_public_go_client_asks_for_it(api: ApiStage) -> None:
    body = {
        "source": {
            "name": "workspaces/acme/sources/app",
            "catalog_name": "catalog/sources/ios",
            "library_config": {},
            "create_time": "0001-01-01T00:00:00Z",
        }
    }
    made = (await api.call("POST", f"{SOURCES}/", body)).json()
    assert (made["name"], made["parent"], made["catalog_name"]) == (
        "workspaces/acme/sources/app",
        "workspaces/acme",
        "catalog/sources/ios",
    )
    assert len(made["write_keys"]) == 1
    assert made["library_config"] == {
        "metrics_enabled": False,
        "retry_queue": True,
        "cross_domain_id_enabled": False,
        "api_host": "",
    }
    assert (await api.call("GET", f"{SOURCES}/app/")).json() == made


@pytest.mark.parametrize(
    ("source", "paths", "expected"),
    [
        ({"library_config": {"api_host": "t.example/v1"}}, ["library_config.api_host"], "t.example/v1"),
        ({"library_config": {"api_host": "t.example"}}, ["library_config"], "t.example"),
        ({"api_host": "t.example"}, ["api_host"], "t.example"),
        ({"library_config": {"api_host": "t.example"}}, ["display_name"], "old.example"),
        ({}, ["library_config.api_host"], ""),
        ({}, ["library_config"], ""),
    ],
)
async def test_an_api_host_changes_by_its_path_alone(
    api: ApiStage, source: dict[str, Any], paths: list[str], expected: str
) -> None:
    old = {"source": {"api_host": "old.example"}, "update_mask": {"paths": ["api_host"]}}
    await api.call("PATCH", f"{SOURCES}/site", old)
    body = {"source": source, "update_mask": {"paths": [f"source.{path}" for path in paths]}}
    assert (await api.call("PATCH", f"{SOURCES}/site", body)).json()["library_config"]["api_host"] == expected


async def test_a_write_key_is_made_adopted_and_retired(api: ApiStage) -> None:
    made = await api.call("POST", f"{SOURCES}/site/write-keys")
    assert len(made.json()["write_keys"]) == 2
    adopted = await api.call("POST", f"{SOURCES}/site/write-keys", {"key": "an-adopted-key"})
    assert adopted.json()["write_keys"][-1] == "an-adopted-key"
    assert (await api.call("DELETE", f"{SOURCES}/site/write-keys/{KEY}")).status_code == 200
    assert KEY not in (await api.call("GET", f"{SOURCES}/site")).json()["write_keys"]
    again = await api.call("POST", f"{SOURCES}/site/write-keys", {"key": KEY})
    assert (again.status_code, again.json()["code"]) == (409, 6)


@pytest.mark.parametrize("key", ["with-a-newline\n", "short", "x" * 65, "a b c d e f", ""])
async def test_a_write_key_that_is_none_is_refused(api: ApiStage, key: str) -> None:
    before = await api.head()
    answer = await api.call("POST", f"{SOURCES}/site/write-keys", {"key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "8 to 64" in answer.json()["error"]
    assert await api.head() == before


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "-1"}, {"wait": "soon"}, {"after": "1", "wait": "31s"}])
async def test_a_router_that_asks_wrongly_is_told_so(api: ApiStage, query: dict[str, str]) -> None:
    answer = await api.call("GET", f"{SOURCES}/site/distribution", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


async def test_a_router_gets_credentials_that_are_never_stored_on_the_way(api: ApiStage) -> None:
    answer = await api.call("GET", f"{SOURCES}/site/distribution")
    assert answer.headers["Cache-Control"] == "no-store"
    assert [one["slug"] for one in answer.json()["destinations"]] == ["courier"]
    assert answer.json()["position"] == await api.head()


async def test_a_snippet_is_of_a_key_that_the_token_sees(api: ApiStage) -> None:
    assert KEY in (await api.call("GET", f"/snippets/{KEY}")).json()["snippet"]
    assert (await api.call("GET", f"/snippets/{KEY}", token="globex")).status_code == 404


async def test_the_catalog_lists_definitions_with_their_settings(api: ApiStage) -> None:
    tally = (await api.call("GET", "/catalog/destinations/tally")).json()
    assert [(one["name"], one["required"], one["secret"], one["exposed"]) for one in tally["settings"]] == [
        ("apiKey", True, False, True),
        ("secretKey", False, True, False),
    ]
    assert tally["connection_modes"] == {"web": ["DEVICE", "CLOUD"], "mobile": ["DEVICE", "CLOUD"], "server": ["CLOUD"]}
    assert (await api.call("GET", "/catalog/destinations/nothing")).status_code == 404
    assert (await api.call("GET", "/catalog/sources/javascript")).json()["platform"] == "web"


@pytest.mark.parametrize(
    ("source", "paths", "expected"),
    [
        ({"bundle": "inline"}, ["bundle"], ("edgewise", "", "inline")),
        ({"bundle": "separate"}, ["source.display_name"], ("edgewise", "", "")),
        ({"client": "edgewise", "client_version": "", "bundle": ""}, ["client", "bundle"], ("edgewise", "", "")),
    ],
)
async def test_what_the_loader_is_made_of_changes_by_its_path_alone(
    api: ApiStage, source: dict[str, Any], paths: list[str], expected: tuple[str, str, str]
) -> None:
    body = {"source": source, "update_mask": {"paths": paths}}
    changed = (await api.call("PATCH", f"{SOURCES}/site", body)).json()
    assert (changed["client"], changed["client_version"], changed["bundle"]) == expected
    explained = (await api.call("GET", f"{SOURCES}/site/explain")).json()
    assert (explained["client"], explained["client_version"], explained["bundle"]) == expected


async def test_a_client_that_there_is_not_is_refused_with_those_that_there_are(api: ApiStage) -> None:
    body = {"source": {"client": "segment"}, "update_mask": {"paths": ["client"]}}
    refused = await api.call("PATCH", f"{SOURCES}/site", body)
    assert (refused.status_code, "allowed" in refused.text or "edgewise, analytics-next" in refused.text) == (400, True)


async def test_a_change_made_for_an_older_source_is_refused(api: ApiStage) -> None:
    path = f"{SOURCES}/site"
    body = {"source": {"display_name": "The site"}, "update_mask": {"paths": ["source.display_name"]}}
    seen = (await api.call("GET", path)).headers["ETag"]
    done = await api.call("PATCH", path, body, headers={"If-Match": seen})
    assert done.status_code == 200
    assert done.headers["ETag"] == f'"{done.headers["Edge-Position"]}"' != seen
    for method, given in (("PATCH", body), ("DELETE", None)):
        refused = await api.call(method, path, given, headers={"If-Match": seen})
        assert (refused.status_code, refused.json()["code"]) == (412, 10)
    again = await api.call("PATCH", path, body, headers={"If-Match": done.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (200, done.headers["ETag"])
    assert (await api.call("DELETE", path, headers={"If-Match": again.headers["ETag"]})).status_code == 200
