"""Who is let in, and what is answered when something fails here."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipts
from edge.manage.tokens import REFUSED
from edge.publish.images import PublishedImages
from edge.store.documents import Codec
from edge.store.engine import open_engine
from edge.store.keyring import Keyring, new_secret_key
from edge.store.roster import Newcomer, Roster
from edge.store.store import Store
from tests.api.stage import KEYS, LIFE, ApiStage, client_of, operation, with_manage
from tests.manage.stage import INSTANCE
from tests.support.ids import random_id
from tests.support.node import BUDGET
from tests.support.world import SECRET

pytestmark = pytest.mark.anyio

NOWHERE = "sqlite+aiosqlite:////nowhere/at/all.db"
RENAME = {"workspace": {"display_name": "New"}, "update_mask": {"paths": ["workspace.display_name"]}}


def store_on(api: ApiStage, engine: AsyncEngine, keyring: Keyring) -> Store:
    return Store(engine, Codec(keyring), PublishedImages(), api.stage.clock, random_id)


async def rename(api: ApiStage, token: str | None, **given: Any) -> int:
    return (await api.call("PATCH", "/workspaces/acme", RENAME, token=token, **given)).status_code


async def test_a_valid_token_is_let_in(api: ApiStage) -> None:
    assert await rename(api, "acme") == 200


def resigned(token: str, key: str = KEYS["k1"], algorithm: str = "HS256", **claims: Any) -> str:
    old = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(old | claims, key, algorithm=algorithm, headers={"kid": "k1"})


async def expired(api: ApiStage) -> str:
    api.stage.clock.advance(LIFE)
    return api.jwts["acme"]


async def revoked(api: ApiStage) -> str:
    issued = await api.deps.tokens.issue(INSTANCE, "acme", ["workspace"])
    await api.deps.tokens.revoke(INSTANCE, issued.token.id)
    return issued.jwt


async def of_another_key(api: ApiStage) -> str:
    return resigned(api.jwts["acme"], "a-signing-key-of-somebody-elses-edge")


async def unsigned(api: ApiStage) -> str:
    claims = jwt.decode(api.jwts["acme"], options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})


async def raised_to_every_workspace(api: ApiStage) -> str:
    return resigned(api.jwts["acme"], workspace="*")


async def no_token(_api: ApiStage) -> str:
    return "not-a-token"


@pytest.mark.parametrize(
    "make",
    [expired, revoked, of_another_key, unsigned, raised_to_every_workspace, no_token],
    ids=lambda make: make.__name__,
)
async def test_a_token_that_is_not_valid_is_refused_and_nothing_is_written(
    api: ApiStage, make: Callable[[ApiStage], Awaitable[str]]
) -> None:
    token = await make(api)
    before = await api.head()
    answer = await api.call("PATCH", "/workspaces/acme", RENAME, token=token)
    assert (answer.status_code, answer.json()) == (401, {"error": REFUSED, "code": 16})
    assert token not in answer.text
    assert await api.head() == before


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token {token}", "{token}"])
async def test_only_a_bearer_is_asked_in(api: ApiStage, header: str) -> None:
    value = header.format(token=api.jwts["acme"])
    assert await rename(api, None, headers={"Authorization": value}) == 401


async def test_the_name_of_the_scheme_is_not_case_sensitive(api: ApiStage) -> None:
    assert await rename(api, None, headers={"Authorization": f"bearer {api.jwts['acme']}"}) == 200


async def test_a_token_in_a_query_or_a_cookie_lets_nobody_in(api: ApiStage) -> None:
    token = api.jwts["acme"]
    assert await rename(api, None, params={"access_token": token, "token": token}) == 401
    assert await rename(api, None, headers={"Cookie": f"token={token}"}) == 401


async def test_a_scope_that_is_missing_is_named_and_nothing_is_written(api: ApiStage) -> None:
    token = await api.token("acme", "workspace:read")
    before = await api.head()
    answer = await api.call("PATCH", "/workspaces/acme", RENAME, token=token)
    assert (answer.status_code, answer.json()["code"]) == (403, 7)
    assert "workspace:write" in answer.json()["error"]
    assert await api.head() == before


async def test_a_failure_nobody_thought_of_is_a_500_that_gives_nothing_away(api: ApiStage) -> None:
    async def broken(_path: str) -> bytes | None:
        raise ValueError(f"the credential is {SECRET}")

    client = client_of(with_manage(api.deps, read_back=broken))
    before = await api.head()
    body = {
        "destination": {
            "name": "tally-eu",
            "catalog_name": "catalog/destinations/tally",
            "enabled": True,
            "config": [{"name": "apiKey", "value": "k"}],
        }
    }
    with capture_logs() as logs:
        answer = await replace(api, client=client).call("POST", "/workspaces/acme/sources/site/destinations", body)
    assert (answer.status_code, answer.json()["code"]) == (500, 13)
    assert SECRET not in answer.text + repr(logs)
    assert "ValueError" not in answer.text
    assert [(line["error"], line["log_level"]) for line in logs] == [("ValueError", "error")]
    assert any("edge/manage/proof.py" in frame for frame in logs[0]["frames"])
    assert await api.head() == before


async def test_a_store_that_cannot_be_used_is_a_503_that_says_to_come_again(api: ApiStage) -> None:
    down = store_on(api, open_engine(NOWHERE), Keyring([new_secret_key()]))
    with capture_logs() as logs:
        answer = await replace(api, client=client_of(with_manage(api.deps, store=down))).call("GET", "/workspaces")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, 14, "1")
    assert [(line["event"], line["error"]) for line in logs] == [("store failed", "OperationalError")]


async def test_a_credential_that_cannot_be_decrypted_is_a_503_and_never_an_empty_list(api: ApiStage) -> None:
    other = store_on(api, api.stage.world.engine, Keyring([new_secret_key()]))
    stage = replace(api, client=client_of(with_manage(api.deps, store=other)))
    answer = await stage.run(operation("getDistribution"))
    assert (answer.status_code, answer.json()["code"]) == (503, 14)
    assert "EDGE_SECRET_KEYS" in answer.json()["error"]


async def test_a_destination_that_cannot_be_decrypted_is_shown_without_config_and_with_the_reason(
    api: ApiStage,
) -> None:
    other = store_on(api, api.stage.world.engine, Keyring([new_secret_key()]))
    stage = replace(api, client=client_of(with_manage(api.deps, store=other)))
    listed = (await stage.run(operation("listDestinations"))).json()["destinations"]
    shown = (await stage.run(operation("getDestination"))).json()
    assert shown in listed
    assert "config" not in shown
    assert "cannot be decrypted" in shown["config_error"]
    explained = (await stage.run(operation("explainSource"))).json()["destinations"]
    assert all("cannot be decrypted" in one["warnings"][0] for one in explained)
    assert (await stage.run(operation("updateDestination"))).json()["enabled"] is False
    assert (await stage.run(operation("deleteDestination"))).status_code == 200


def receipts_down(api: ApiStage) -> Receipts:
    """Receipts of a roster that cannot be read."""
    roster = Roster(open_engine(NOWHERE))
    membership = Membership(roster, Presence(api.stage.world.directory / "nodes"), Newcomer("n2", "h1", "1"), 1.0)
    return Receipts(api.stage.world.store, roster, membership, BUDGET, api.stage.clock)


@pytest.mark.parametrize("wait", [None, "0"])
async def test_a_write_that_stands_is_never_answered_as_failed(api: ApiStage, wait: str | None) -> None:
    deps = replace(api.deps, receipts=receipts_down(api))
    stage = replace(api, client=client_of(deps))
    answer = await stage.call("PATCH", "/workspaces/acme", RENAME, params={"wait": wait} if wait else {})
    assert answer.status_code == 200
    assert int(answer.headers["Edge-Position"]) == await api.head()
    assert answer.headers.get("Edge-Receipt") == ("pending" if wait else None)


async def test_a_purge_whose_receipt_cannot_be_read_says_that_it_is_written(api: ApiStage) -> None:
    deps = replace(api.deps, receipts=receipts_down(api))
    answer = await replace(api, client=client_of(deps)).call("POST", "/purges", {"tags": ["workspace:acme"]})
    assert (answer.status_code, answer.json()["code"]) == (503, 14)
    assert f"purge {await api.head()} is written" in answer.json()["error"]
