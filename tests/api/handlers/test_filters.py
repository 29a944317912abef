"""Destination filters over HTTP, as the public Go client of Segment's Config API sends and reads them."""

from typing import Any

import pytest

from tests.api.stage import ApiStage
from tests.support.world import FILTER, IN_DEVICE

pytestmark = pytest.mark.anyio

FILTERS = f"/{IN_DEVICE.name}/filters"
MASK = {"paths": ["if", "actions", "title", "description", "enabled"]}
"""What that client sends with every filter, a new one too."""

FROM_GO: list[dict[str, Any]] = [
    {
        "name": "",
        "title": "Only allow track events",
        "description": "We need no identify and page calls",
        "if": "type != 'track'",
        "actions": [{"type": "drop_event"}],
        "enabled": True,
    },
    {
        "name": "",
        "title": "",
        "description": "",
        "if": '!(event = "Session Started" or event = "Order Completed")',
        "actions": [
            {
                "type": "blacklist_fields",
                "fields": {
                    "context": {"fields": ["foo"]},
                    "properties": {"fields": ["bar"]},
                    "traits": {"fields": ["baz"]},
                },
            },
            {"type": "whitelist_fields", "fields": {"properties": {"fields": ["plan"]}}},
        ],
        "enabled": False,
    },
    {
        "name": "",
        "title": "Sampled",
        "description": "",
        "if": "all",
        "actions": [{"type": "drop_event"}, {"type": "sample_event", "percent": 0.6, "path": "userId"}],
        "enabled": True,
    },
]


@pytest.mark.parametrize("given", FROM_GO, ids=lambda given: given["if"])
async def test_what_the_go_client_sends_comes_back_as_it_was_with_a_name(api: ApiStage, given: dict[str, Any]) -> None:
    made = await api.call("POST", FILTERS, {"filter": given, "update_mask": MASK})
    assert made.status_code == 200, made.text
    answer = made.json()
    assert answer["name"].startswith(f"{IN_DEVICE.name}/filters/df_")
    assert {name: answer[name] for name in given if name != "name"} == {
        name: value for name, value in given.items() if name != "name"
    }
    assert (await api.call("GET", f"/{answer['name']}")).json() == answer
    listed = (await api.call("GET", FILTERS)).json()["filters"]
    assert answer in listed
    back = {name: answer[name] for name in given} | {"enabled": not given["enabled"], "title": "Other"}
    changed = await api.call("PATCH", f"/{answer['name']}", {"filter": back, "update_mask": MASK})
    assert (changed.json()["enabled"], changed.json()["title"]) == (not given["enabled"], "Other")
    gone = await api.call("DELETE", f"/{answer['name']}")
    assert (gone.status_code, gone.json()) == (200, {})
    assert (await api.call("GET", f"/{answer['name']}")).status_code == 404


async def test_only_the_fields_that_the_mask_names_change(api: ApiStage) -> None:
    body = {"filter": {"title": "T", "if": "all", "enabled": False}, "update_mask": {"paths": ["filter.title"]}}
    answer = (await api.call("PATCH", f"/{FILTER.name}", body)).json()
    assert (answer["title"], answer["if"], answer["enabled"]) == ("T", FILTER.condition, True)
    body = {"filter": {}, "update_mask": {"paths": ["enabled", "title"]}}
    answer = (await api.call("PATCH", f"/{FILTER.name}", body)).json()
    assert (answer["title"], answer["enabled"]) == ("", False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"if": "a ="}, "if: column 4"),
        ({"if": 5}, "filter.if: "),
        ({"if": "all", "actions": []}, "actions: 0 are given"),
        ({"if": "all", "actions": [{"type": "drop", "by": "x"}]}, "filter.actions.0.by: there is no such field here"),
        ({"condition": "all"}, "filter.condition: there is no such field here; allowed: actions, advice"),
        ({"actions": [{"type": "drop_event"}]}, "if: it is required"),
    ],
)
async def test_what_is_wrong_with_a_filter_is_said_by_its_field(api: ApiStage, given: Any, said: str) -> None:
    full = {"if": "all", "actions": [{"type": "drop_event"}]} if "condition" in given else {}
    answer = await api.call("POST", FILTERS, {"filter": {"actions": [{"type": "drop_event"}], **full, **given}})
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert "if_" not in answer.json()["error"]


async def test_a_change_without_a_mask_or_of_another_field_is_refused(api: ApiStage) -> None:
    for mask in ({}, {"update_mask": {"paths": ["filter.name"]}}):
        answer = await api.call("PATCH", f"/{FILTER.name}", {"filter": {"title": "T"}, **mask})
        assert answer.status_code == 400
        assert "filter.if, filter.actions, filter.title" in answer.json()["error"]


async def test_consent_and_plan_are_set_and_emptied_by_their_paths(api: ApiStage) -> None:
    plan = {"track": {"Order": {"enabled": True, "integrations": {"Tally": False}}}}
    mask = {"paths": ["source.tracking_plan"]}
    path = "/workspaces/acme/sources/site"
    body = {"source": {"tracking_plan": plan}, "update_mask": mask}
    assert (await api.call("PATCH", path, body)).json()["tracking_plan"] == plan
    assert (await api.call("GET", path)).json()["tracking_plan"] == plan
    listed = (await api.call("GET", "/workspaces/acme/sources")).json()["sources"]
    assert all("tracking_plan" not in one for one in listed)
    assert "tracking_plan" not in (await api.call("PATCH", path, {"source": {}, "update_mask": mask})).json()

    mask = {"paths": ["destination.consent_categories"]}
    body = {"destination": {"consent_categories": ["ads"]}, "update_mask": mask}
    assert (await api.call("PATCH", f"/{IN_DEVICE.name}", body)).json()["consent_categories"] == ["ads"]
    body = {"destination": {}, "update_mask": mask}
    assert (await api.call("PATCH", f"/{IN_DEVICE.name}", body)).json()["consent_categories"] == []


async def test_a_plan_s_mistakes_are_said_by_their_field(api: ApiStage) -> None:
    for plan, said in (
        ({"track": {"Order": {}}}, "source.tracking_plan.track.Order.enabled: it is required"),
        ({"identify": {}}, "source.tracking_plan.identify: there is no such field here; allowed: track"),
    ):
        body = {"source": {"tracking_plan": plan}, "update_mask": {"paths": ["source.tracking_plan"]}}
        answer = await api.call("PATCH", "/workspaces/acme/sources/site", body)
        assert (answer.status_code, said in answer.json()["error"]) == (400, True), answer.text


async def test_a_router_is_given_filters_and_consent_with_the_condition_in_both_forms(api: ApiStage) -> None:
    courier = "/workspaces/acme/sources/site/destinations/courier"
    for condition in ("type = 'page'", "'x' in properties.list"):
        given = {"if": condition, "actions": [{"type": "drop_event"}], "enabled": True}
        assert (await api.call("POST", f"{courier}/filters", {"filter": given})).status_code == 200
    await api.call("POST", f"{courier}/filters", {"filter": {"if": "all", "actions": [{"type": "drop_event"}]}})
    mask = {"paths": ["destination.consent_categories"]}
    await api.call("PATCH", courier, {"destination": {"consent_categories": ["ads"]}, "update_mask": mask})
    (found,) = (await api.call("GET", "/workspaces/acme/sources/site/distribution")).json()["destinations"]
    assert found["consent_categories"] == ["ads"]
    assert {(one["if"], one["ir"], str(one["actions"])) for one in found["filters"]} == {
        ("type = 'page'", '["=","type",{"value":"page"}]', "[{'type': 'drop_event'}]"),
        ("'x' in properties.list", None, "[{'type': 'drop_event'}]"),
    }


async def test_a_change_or_an_end_made_for_an_older_filter_is_refused(api: ApiStage) -> None:
    body = {"filter": {"title": "Mine"}, "update_mask": {"paths": ["filter.title"]}}
    path = f"{FILTERS}/{FILTER.id}"
    seen = (await api.call("GET", path)).headers["ETag"]
    done = await api.call("PATCH", path, body, headers={"If-Match": seen})
    assert done.headers["ETag"] == f'"{done.headers["Edge-Position"]}"' != seen
    head = await api.head()
    for method, given in (("PATCH", body), ("DELETE", None)):
        refused = await api.call(method, path, given, headers={"If-Match": seen})
        assert (refused.status_code, refused.json()["code"]) == (412, 10)
    assert await api.head() == head
    again = await api.call("PATCH", path, body, headers={"If-Match": done.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (200, done.headers["ETag"])
    ended = await api.call("DELETE", path, headers={"If-Match": done.headers["ETag"]})
    assert ended.status_code == 200
