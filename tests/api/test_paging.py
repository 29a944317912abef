import base64

import pytest

from tests.api.stage import ApiStage

pytestmark = pytest.mark.anyio

SOURCES = "/workspaces/acme/sources"


async def test_pages_hold_every_item_once_in_order(api: ApiStage) -> None:
    for number in range(6):
        await api.stage.source(f"app-{number}", "ios")
    names: list[str] = []
    token, pages = "", 0
    while True:
        answer = (await api.call("GET", SOURCES, params={"page_size": 3, "page_token": token})).json()
        names += [one["slug"] for one in answer["sources"]]
        pages += 1
        token = answer["next_page_token"]
        if not token:
            break
        assert len(answer["sources"]) == 3
    assert names == sorted([*(f"app-{number}" for number in range(6)), "site"])
    assert pages == 3


async def test_an_item_that_appears_behind_the_page_does_not_shift_the_next_one(api: ApiStage) -> None:
    for number in range(4):
        await api.stage.source(f"app-{number}", "ios")
    first = (await api.call("GET", SOURCES, params={"page_size": 2})).json()
    await api.stage.source("aaa", "ios")
    second = (await api.call("GET", SOURCES, params={"page_size": 2, "page_token": first["next_page_token"]})).json()
    assert [one["slug"] for one in second["sources"]] == ["app-2", "app-3"]


@pytest.mark.parametrize(
    "listing",
    ["/workspaces", "/catalog/sources", "/catalog/destinations", "/access-tokens", f"{SOURCES}/site/destinations"],
)
async def test_every_listing_has_pages(api: ApiStage, listing: str) -> None:
    collection = {"/access-tokens": "access_tokens"}.get(listing, listing.rpartition("/")[2])
    whole = (await api.call("GET", listing, token="instance")).json()
    assert whole["next_page_token"] == ""
    found, token = [], ""
    for _ in range(len(whole[collection])):
        answer = await api.call("GET", listing, token="instance", params={"page_size": 1, "page_token": token})
        found += answer.json()[collection]
        token = answer.json()["next_page_token"]
    assert found == whole[collection]
    assert token == ""


@pytest.mark.parametrize("size", ["0", "-1", "201", "1e2", "ten", "1.5", "٣", "99999999999999999999"])
async def test_a_page_size_that_is_none_is_refused_with_the_range(api: ApiStage, size: str) -> None:
    answer = await api.call("GET", SOURCES, params={"page_size": size})
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "1 to 200" in answer.json()["error"]


@pytest.mark.parametrize("size", ["1", "200"])
async def test_both_ends_of_the_range_are_allowed(api: ApiStage, size: str) -> None:
    assert (await api.call("GET", SOURCES, params={"page_size": size})).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        "!!!!",
        "ä",
        "AAAA",
        base64.urlsafe_b64encode(b"a\nb").decode(),
        base64.urlsafe_b64encode(b"x/y").decode() + "==",
    ],
)
async def test_a_page_token_that_is_none_of_ours_is_refused(api: ApiStage, token: str) -> None:
    answer = await api.call("GET", SOURCES, params={"page_token": token})
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "page_token" in answer.json()["error"]


async def test_another_workspaces_page_token_shows_nothing_of_it(api: ApiStage) -> None:
    await api.stage.source("site", "javascript", "globex")
    token = base64.urlsafe_b64encode(b"workspaces/acme/sources/aaa").decode()
    answer = (await api.call("GET", "/workspaces/globex/sources", token="globex", params={"page_token": token})).json()
    assert {one["parent"] for one in answer["sources"]} <= {"workspaces/globex"}
