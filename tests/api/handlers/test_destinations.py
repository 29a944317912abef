"""Destinations as an unmodified client of the Config API handles them."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.api.stage import ApiStage, client_of, with_manage
from tests.support.world import CODE, DEVICE, KEY, SECRET

pytestmark = pytest.mark.anyio

SITE = "workspaces/acme/sources/site"
HERE = f"/{SITE}/destinations"
MASK = "••••••••6789"


async def patch(api: ApiStage, destination: dict[str, Any], *paths: str, slug: str = "tally") -> httpx.Response:
    body = {"destination": destination, "update_mask": {"paths": [f"destination.{path}" for path in paths]}}
    return await api.call("PATCH", f"{HERE}/{slug}", body)


def config(answer: httpx.Response) -> dict[str, Any]:
    return {one["name"].rpartition("/config/")[2]: one["value"] for one in answer.json()["config"]}


async def stored(api: ApiStage, slug: str = "tally") -> dict[str, Any]:
    """The settings as a cloud router gets them: with credentials."""
    await patch(api, {"connection_mode": "CLOUD"}, "connection_mode", slug=slug)
    found = (await api.call("GET", f"/{SITE}/distribution")).json()["destinations"]
    return dict(next(one["settings"] for one in found if one["slug"] == slug))


async def test_a_terraform_provider_creates_reads_changes_and_deletes(api: ApiStage) -> None:
    """The bodies as the public Go client encodes them: zero times there, false and empty fields left out."""
    name = f"{SITE}/destinations/tally-eu"
    never = "0001-01-01T00:00:00Z"
    created = await api.call(
        "POST",
        f"{HERE}/",
        {
            "destination": {
                "name": name,
                "catalog_name": "catalog/destinations/tally",
                "connection_mode": "DEVICE",
                "enabled": True,
                "config": [{"name": f"{name}/config/apiKey", "value": "eu-key", "type": "string"}],
                "create_time": never,
                "update_time": never,
            }
        },
    )
    assert created.status_code == 200, created.text
    read = await api.call("GET", f"{HERE}/tally-eu/")
    assert read.json() == created.json()
    assert config(read) == {"apiKey": "eu-key"}
    switched_off = await api.call(
        "PATCH",
        f"{HERE}/tally-eu/",
        {
            "destination": {"name": name, "create_time": never, "update_time": never},
            "update_mask": {"paths": ["destination.enabled"]},
        },
    )
    assert switched_off.json()["enabled"] is False
    assert config(switched_off) == {"apiKey": "eu-key"}
    assert (await api.call("DELETE", f"{HERE}/tally-eu/")).json() == {}
    assert (await api.call("GET", f"{HERE}/tally-eu/")).status_code == 404


async def test_an_answer_sent_back_whole_changes_nothing(api: ApiStage) -> None:
    answer = (await api.call("GET", f"{HERE}/tally")).json()
    before = await api.head()
    again = await patch(api, answer, "enabled", "config", "connection_mode", "display_name")
    assert again.json() == answer
    assert await api.head() == before == int(again.headers["Edge-Position"])


async def test_secrets_are_masked_and_a_mask_sent_back_keeps_the_secret(api: ApiStage) -> None:
    shown = await api.call("GET", f"{HERE}/tally")
    assert config(shown) == {"apiKey": "first-api-key", "secretKey": MASK}
    items = [{"name": "secretKey", "value": MASK}, {"name": "apiKey", "value": "second"}]
    changed = await patch(api, {"config": items}, "config")
    assert config(changed) == {"apiKey": "second", "secretKey": MASK}
    assert (await stored(api))["secretKey"] == SECRET


async def test_another_mask_never_becomes_the_secret(api: ApiStage) -> None:
    before = await api.head()
    answer = await patch(api, {"config": [{"name": "secretKey", "value": "••••••••dada"}]}, "config")
    assert answer.status_code == 400
    assert "secretKey" in answer.json()["error"]
    assert await api.head() == before


@pytest.mark.parametrize(
    ("destination", "paths", "expected"),
    [
        ({"enabled": False}, ["enabled"], {"enabled": False}),
        ({}, ["enabled"], {"enabled": False}),
        ({"enabled": False}, ["display_name"], {"enabled": True, "display_name": "Tally"}),
        ({"display_name": "Mine"}, ["display_name"], {"display_name": "Mine"}),
        ({"display_name": "Mine", "enabled": False}, ["display_name"], {"display_name": "Mine", "enabled": True}),
        ({"connection_mode": "CLOUD"}, ["connection_mode"], {"connection_mode": "CLOUD"}),
        ({"connection_mode": "UNSPECIFIED"}, ["connection_mode"], {"connection_mode": "DEVICE"}),
        ({}, ["connection_mode"], {"connection_mode": "DEVICE"}),
        ({"enabled": False}, ["enabled", "config"], {"enabled": False, "config": []}),
    ],
)
async def test_only_the_masks_paths_change_and_a_path_without_a_value_empties_its_field(
    api: ApiStage, destination: dict[str, Any], paths: list[str], expected: dict[str, Any]
) -> None:
    answer = (await patch(api, destination, *paths)).json()
    assert {name: answer[name] for name in expected} == expected


async def test_settings_merge_by_name_bare_or_whole(api: ApiStage) -> None:
    whole = f"{SITE}/destinations/tally/config/apiKey"
    assert config(await patch(api, {"config": [{"name": whole, "value": "third"}]}, "config")) == {
        "apiKey": "third",
        "secretKey": MASK,
    }
    gone = await patch(api, {"config": [{"name": "secretKey", "value": None}]}, "config")
    assert config(gone) == {"apiKey": "third"}


async def test_a_mask_may_stand_beside_or_inside(api: ApiStage) -> None:
    inside = {"destination": {"enabled": False, "update_mask": {"paths": ["destination.enabled"]}}}
    assert (await api.call("PATCH", f"{HERE}/tally", inside)).json()["enabled"] is False
    bare = {"destination": {"enabled": True}, "update_mask": {"paths": ["enabled"]}}
    assert (await api.call("PATCH", f"{HERE}/tally", bare)).json()["enabled"] is True


@pytest.mark.parametrize("paths", [[], ["destination.name"], ["destination.create_time"], ["source.display_name"]])
async def test_a_mask_of_nothing_or_of_what_cannot_change_is_refused_with_what_can(
    api: ApiStage, paths: list[str]
) -> None:
    body = {"destination": {"enabled": False}, "update_mask": {"paths": paths}}
    before = await api.head()
    answer = await api.call("PATCH", f"{HERE}/tally", body)
    assert answer.status_code == 400
    assert "destination.connection_mode" in answer.json()["error"]
    assert await api.head() == before


@pytest.mark.parametrize(
    "name", ["workspaces/globex/sources/site/destinations/x", "x/y", f"{SITE}/sources/x", "../x", "X", "x\n", ""]
)
async def test_a_name_that_is_not_here_or_is_no_slug_is_refused(api: ApiStage, name: str) -> None:
    before = await api.head()
    body = {"destination": {"name": name, "catalog_name": "tally"}}
    answer = await api.call("POST", HERE, body)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "destination.name" in answer.json()["error"]
    assert await api.head() == before


async def test_what_exists_already_is_a_conflict(api: ApiStage) -> None:
    answer = await api.call("POST", HERE, {"destination": {"name": "tally"}})
    assert (answer.status_code, answer.json()["code"]) == (409, 6)


async def test_a_server_source_in_device_mode_is_refused_with_the_reason(api: ApiStage) -> None:
    await api.stage.source("backend", "python")
    before = await api.head()
    body = {"destination": {"name": "tally", "connection_mode": "DEVICE"}}
    answer = await api.call("POST", "/workspaces/acme/sources/backend/destinations", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "no device" in answer.json()["error"]
    assert await api.head() == before


async def test_enabling_without_what_is_required_is_refused_and_disabled_it_may_wait(api: ApiStage) -> None:
    destination = {"name": "tally-eu", "catalog_name": "catalog/destinations/tally"}
    before = await api.head()
    answer = await api.call("POST", HERE, {"destination": destination | {"enabled": True}})
    assert answer.status_code == 400
    assert "apiKey" in answer.json()["error"]
    assert await api.head() == before
    assert (await api.call("POST", HERE, {"destination": destination})).json()["enabled"] is False


async def test_a_change_to_a_mobile_source_answers_with_advice_and_to_a_web_source_with_none(api: ApiStage) -> None:
    await api.stage.source("app", "ios")
    ready = {"enabled": True, "connection_mode": "DEVICE", "config": [{"name": "apiKey", "value": "k"}]}
    mobile = await api.call(
        "POST", "/workspaces/acme/sources/app/destinations", {"destination": {"name": "tally"} | ready}
    )
    assert [one["code"] for one in mobile.json()["advice"]] == ["sdk_must_package"]
    assert "Tally" in mobile.json()["advice"][0]["message"]
    change = {"source": {"display_name": "App"}, "update_mask": {"paths": ["source.display_name"]}}
    renamed = await api.call("PATCH", "/workspaces/acme/sources/app", change)
    assert renamed.json()["advice"] == mobile.json()["advice"]
    assert "advice" not in (await patch(api, {"display_name": "x"}, "display_name")).json()


@pytest.mark.parametrize("served", [None, b"window.tallyPlugin = () => ({broken: true});"])
async def test_i22_enabling_with_a_broken_bundle_is_refused_by_its_name_and_writes_nothing(
    api: ApiStage, served: bytes | None
) -> None:
    await patch(api, {}, "enabled")

    async def broken(_path: str) -> bytes | None:
        return served

    stage = replace(api, client=client_of(with_manage(api.deps, read_back=broken)))
    before = await api.head()
    answer = await patch(stage, {"enabled": True}, "enabled")
    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert f"/{DEVICE.slug}/{CODE.hash}.js" in answer.json()["error"]
    assert await api.head() == before
    assert (await patch(api, {"enabled": True}, "enabled")).json()["enabled"] is True


async def test_explain_says_of_each_destination_what_became_of_it(api: ApiStage) -> None:
    await patch(api, {}, "enabled")
    by_key = (await api.call("GET", f"/explain/{KEY}")).json()
    assert by_key == (await api.call("GET", f"/{SITE}/explain")).json()
    assert {one["definition"]: one["place"] for one in by_key["destinations"]} == {
        "tally": "withheld",
        "courier": "named",
    }
    assert any("sink" in warning for warning in by_key["warnings"])


async def test_a_change_made_for_an_older_destination_is_refused_and_without_if_match_the_later_wins(
    api: ApiStage,
) -> None:
    body = {"destination": {"enabled": False}, "update_mask": {"paths": ["destination.enabled"]}}
    path, seen = f"{HERE}/tally", (await api.call("GET", f"{HERE}/tally")).headers["ETag"]
    done = await api.call("PATCH", path, body, headers={"If-Match": seen})
    assert done.status_code == 200
    assert done.headers["ETag"] == f'"{done.headers["Edge-Position"]}"' != seen
    head = await api.head()
    refused = await api.call("PATCH", path, body, headers={"If-Match": seen})
    assert (refused.status_code, refused.json()["code"]) == (412, 10)
    assert (await api.call("DELETE", path, headers={"If-Match": seen})).status_code == 412
    assert await api.head() == head
    for accepted in ({}, {"If-Match": "*"}, {"If-Match": done.headers["ETag"]}):
        assert (await api.call("PATCH", path, body, headers=accepted)).status_code == 200
    for nonsense in ("7", 'W/"7"', '"seven"'):
        assert (await api.call("PATCH", path, body, headers={"If-Match": nonsense})).status_code == 400
