from dataclasses import replace
from typing import Any

import pytest

from edge.model.token import SCOPES
from tests.api.stage import ApiStage, client_of

pytestmark = pytest.mark.anyio

ASKED = {
    "description": "for the deploys",
    "workspace_names": ["workspaces/acme"],
    "scopes": "workspace:read cache:purge",
}


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("scopes", ["workspace:read cache:purge", ["workspace:read", "cache:purge"]])
async def test_a_token_is_answered_once_and_works(api: ApiStage, wrapped: bool, scopes: str | list[str]) -> None:
    asked = ASKED | {"scopes": scopes}
    made = (await api.call("POST", "/access-tokens", {"access_token": asked} if wrapped else asked)).json()
    assert (made["workspace_names"], made["scopes"]) == (["workspaces/acme"], "workspace:read cache:purge")
    assert (await api.call("GET", "/workspaces/acme", token=made["token"])).status_code == 200
    assert (await api.call("DELETE", "/workspaces/acme", token=made["token"])).status_code == 403
    shown = await api.call("GET", f"/{made['name']}")
    assert shown.json() == {name: value for name, value in made.items() if name != "token"}
    assert made["token"] not in (await api.call("GET", "/access-tokens")).text


async def test_a_revoked_token_is_refused_from_then_on(api: ApiStage) -> None:
    made = (await api.call("POST", "/access-tokens", ASKED)).json()
    assert (await api.call("DELETE", f"/{made['name']}")).status_code == 200
    assert (await api.call("GET", "/workspaces", token=made["token"])).status_code == 401
    assert (await api.call("GET", f"/{made['name']}")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"workspace_names": []}, 400, "exactly one"),
        ({"workspace_names": ["acme", "globex"]}, 400, "exactly one"),
        ({"workspace_names": ["globex"]}, 404, "globex"),
        ({"workspace_names": ["workspaces/nowhere"]}, 404, "nowhere"),
        ({"workspace_names": ["sources/acme"]}, 400, "workspace_names"),
        ({"scopes": ""}, 400, "scopes"),
        ({"scopes": []}, 400, "scopes"),
        ({"scopes": "everything"}, 400, "workspace:read"),
        ({"expires_in": 1}, 400, "1 minute"),
        ({"expires_in": 10**12}, 400, "10 years"),
        ({"expires_in": "90d"}, 400, "expires_in"),
        ({"description": "x" * 201}, 400, "description"),
    ],
)
async def test_a_token_that_cannot_be_made_says_why_and_leaves_no_trace(
    api: ApiStage, changed: dict[str, Any], status: int, says: str
) -> None:
    before = await api.head()
    answer = await api.call("POST", "/access-tokens", ASKED | changed)
    assert answer.status_code == status
    assert says in answer.json()["error"]
    assert await api.head() == before


@pytest.mark.parametrize("name", ["*", "workspaces/*"])
async def test_an_instance_token_is_never_made_over_the_network(api: ApiStage, name: str) -> None:
    before = await api.head()
    for token in ("instance", "acme"):
        answer = await api.call("POST", "/access-tokens", ASKED | {"workspace_names": [name]}, token=token)
        assert answer.status_code in (400, 403)
        assert "token" not in answer.json()
    assert await api.head() == before


async def test_the_command_lines_own_way_makes_an_instance_token(api: ApiStage) -> None:
    local = replace(api, client=client_of(replace(api.deps, local=True)))
    asked = ASKED | {"workspace_names": ["*"], "scopes": list(SCOPES)}
    made = (await local.call("POST", "/access-tokens", asked, token="instance")).json()
    assert len((await api.call("GET", "/workspaces", token=made["token"])).json()["workspaces"]) == 2


async def test_nobody_gives_a_scope_that_they_lack(api: ApiStage) -> None:
    token = await api.token("acme", "tokens:admin", "workspace:read")
    before = await api.head()
    answer = await api.call("POST", "/access-tokens", ASKED, token=token)
    assert (answer.status_code, answer.json()["code"]) == (403, 7)
    assert "cache:purge" in answer.json()["error"]
    assert await api.head() == before
