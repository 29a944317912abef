"""Destination filters: who may, what is refused, and what each change purges."""

from dataclasses import replace
from typing import Any

import pytest

from edge.manage import destinations, filters, sources
from edge.manage.destinations import DestinationPatch
from edge.manage.explain import explain
from edge.manage.filter_rules import (
    MAX_ACTIONS,
    MAX_FIELDS,
    MAX_FILTERS,
    MAX_NAME,
    MAX_RULES_BYTES,
    read_actions,
)
from edge.manage.filters import FilterPatch, Place
from edge.manage.problem import ProblemError
from edge.model.filter import Filter, FilterAction
from edge.publish.wire import Origin
from tests.manage.stage import ACME, GLOBEX, Stage, without
from tests.support.world import IN_DEVICE

pytestmark = pytest.mark.anyio

TALLY, COURIER = Place("acme", "site", "tally"), Place("acme", "site", "courier")
DROP = (FilterAction("drop_event"),)
BLOCK = {"type": "blacklist_fields"}
LISTED = "'x' in properties.list"


async def made(stage: Stage, place: Place = TALLY, **fields: Any) -> Filter:
    given = FilterPatch(**{"condition": "all", "actions": DROP, "enabled": True, **fields})
    return (await filters.create(stage.manage, ACME, place, given)).document


async def refused(stage: Stage, place: Place = TALLY, **fields: Any) -> str:
    with pytest.raises(ProblemError) as problem:
        await made(stage, place, **fields)
    assert problem.value.kind == "invalid"
    return problem.value.text


async def test_a_filter_is_made_found_changed_and_deleted(stage: Stage) -> None:
    first = await made(stage, title="No page", condition="type = 'page'")
    assert first.id.startswith("df_")
    assert first.name == f"{IN_DEVICE.name}/filters/{first.id}"
    assert await filters.show(stage.manage, ACME, TALLY, first.id) == first
    stage.clock.advance(5)
    patch = FilterPatch(condition="type = 'screen'", enabled=False)
    changed = (await filters.change(stage.manage, ACME, TALLY, first.id, patch)).document
    assert (changed.title, changed.condition, changed.enabled) == ("No page", "type = 'screen'", False)
    assert changed.updated_at > changed.created_at == first.created_at
    done = await filters.delete(stage.manage, ACME, TALLY, first.id)
    assert (await stage.entry(done.position)).resources == (first.name,)
    with pytest.raises(ProblemError, match="was not found"):
        await filters.show(stage.manage, ACME, TALLY, first.id)


async def test_a_change_that_shows_purges_the_source_and_one_that_does_not_purges_nothing(stage: Stage) -> None:
    shown = await filters.create(stage.manage, ACME, TALLY, FilterPatch(condition="all", actions=DROP, enabled=True))
    assert (await stage.entry(shown.position)).tags == ("source:s1",)
    renamed = await filters.change(stage.manage, ACME, TALLY, shown.document.id, FilterPatch(title="Internal name"))
    assert (await stage.entry(renamed.position)).tags == ()
    assert (await stage.entry(renamed.position)).diff[shown.document.name]["title"] == ["", "Internal name"]
    off = await filters.create(stage.manage, ACME, TALLY, FilterPatch(condition="all", actions=DROP))
    assert (await stage.entry(off.position)).tags == ()
    in_cloud = await filters.create(
        stage.manage, ACME, COURIER, FilterPatch(condition="all", actions=DROP, enabled=True)
    )
    assert (await stage.entry(in_cloud.position)).tags == ()
    gone = await filters.delete(stage.manage, ACME, TALLY, shown.document.id)
    assert (await stage.entry(gone.position)).tags == ("source:s1",)


async def test_a_change_of_nothing_leaves_no_entry(stage: Stage) -> None:
    found = await made(stage)
    assert await stage.unchanged_by(
        lambda: filters.change(stage.manage, ACME, TALLY, found.id, FilterPatch(enabled=True, condition="all"))
    )


async def test_filters_end_with_their_destination_and_with_their_source(stage: Stage) -> None:
    of_tally, of_courier = await made(stage), await made(stage, COURIER)
    done = await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    assert set((await stage.entry(done.position)).resources) == {of_tally.name, IN_DEVICE.name}
    gone = await sources.delete(stage.manage, ACME, "acme", "site")
    assert of_courier.name in (await stage.entry(gone.position)).resources
    async with stage.world.store.view() as view:
        assert await view.stored("filter", of_tally.id) is None
        assert await view.stored("filter", of_courier.id) is None


async def test_another_workspace_finds_no_filter_and_a_reader_changes_none(stage: Stage) -> None:
    found = await made(stage)
    for call in (
        filters.show(stage.manage, GLOBEX, TALLY, found.id),
        filters.delete(stage.manage, GLOBEX, TALLY, found.id),
        filters.show(stage.manage, ACME, COURIER, found.id),
    ):
        with pytest.raises(ProblemError) as problem:
            await call
        assert problem.value.kind == "not_found"
    with pytest.raises(ProblemError) as problem:
        await filters.delete(stage.manage, without(ACME, "workspace:write"), TALLY, found.id)
    assert problem.value.kind == "forbidden"


async def test_a_condition_is_refused_at_its_column(stage: Stage) -> None:
    assert (await refused(stage, condition="type == 'page'")).startswith("if: column 6: ")
    assert (await refused(stage, condition="")).startswith("if: column 1: ")
    assert (await refused(stage, condition=None)).startswith("if: it is required")
    assert (await refused(stage, actions=None)).startswith("actions: they are required")


async def test_what_no_device_can_evaluate_is_refused_where_one_would_have_to(stage: Stage) -> None:
    assert "column 8" in (text := await refused(stage, condition=LISTED))
    assert "CLOUD" in text
    await made(stage, condition=LISTED, enabled=False)
    await made(stage, COURIER, condition=LISTED)


async def test_a_destination_does_not_become_device_mode_with_such_a_filter(stage: Stage) -> None:
    def to(**fields: Any) -> Any:
        return destinations.change(stage.manage, ACME, "acme", "site", "tally", patch=DestinationPatch(**fields))

    await to(mode="cloud")
    found = await made(stage, condition=LISTED)
    with pytest.raises(ProblemError, match=found.id):
        await to(mode="device")
    await to(enabled=False, mode="device")
    with pytest.raises(ProblemError, match=found.id):
        await to(enabled=True)
    await filters.change(stage.manage, ACME, TALLY, found.id, FilterPatch(enabled=False))
    await to(enabled=True)


async def test_what_a_newer_release_wrote_can_still_be_switched_off(stage: Stage) -> None:
    found = await made(stage)
    await stage.world.commit(replace(found, condition="a ~~ b"))
    await filters.change(stage.manage, ACME, TALLY, found.id, FilterPatch(enabled=False))


async def test_the_number_of_filters_and_what_a_page_loads_of_them_are_bounded(stage: Stage) -> None:
    names = tuple(f"{number:0200}" for number in range(MAX_FIELDS))
    large = (FilterAction("blacklist_fields", fields={"properties": names}),)
    await made(stage, actions=large)
    assert f"at most {MAX_RULES_BYTES}" in await refused(stage, actions=large)
    await made(stage, actions=large, enabled=False)
    await made(stage, COURIER, actions=large)
    several = [replace(await made(stage), id=f"df_{number}") for number in range(MAX_FILTERS - 3)]
    await stage.world.commit(*several)
    assert f"at most {MAX_FILTERS} are allowed" in await refused(stage)


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        ([], f"allowed are 1 to {MAX_ACTIONS}"),
        ([{"type": "drop_event"}] * (MAX_ACTIONS + 1), f"allowed are 1 to {MAX_ACTIONS}"),
        ([{"type": "erase"}], "actions.0.type: 'erase' is no action; allowed: drop_event, sample_event"),
        ([{"type": "drop_event"}, {}], "actions.1.type: '' is no action"),
        ([{"type": "drop_event", "percent": 0.5}], "actions.0.percent: drop_event has none"),
        ([{"type": "sample_event"}], "actions.0.percent: allowed are numbers from 0"),
        ([{"type": "sample_event", "percent": 50}], "actions.0.percent: 50 is given"),
        ([{"type": "sample_event", "percent": float("nan")}], "actions.0.percent: allowed"),
        ([{"type": "sample_event", "percent": 0.5, "path": "a..b"}], "actions.0.path: allowed"),
        (
            [{"type": "sample_event", "percent": 0.5, "fields": {"properties": {}}}],
            "actions.0.fields: sample_event has",
        ),
        ([BLOCK], "actions.0.fields: name at least one field"),
        ([BLOCK | {"fields": {"properties": {"fields": []}}}], "actions.0.fields: name at least one field"),
        (
            [BLOCK | {"fields": {"userId": {"fields": ["a"]}}}],
            "'userId' cannot be filtered; allowed: properties, context",
        ),
        ([BLOCK | {"fields": {"context.": {"fields": ["a"]}}}], "'context.' cannot be filtered"),
        ([BLOCK | {"fields": {"context": {"fields": [""]}}}], f"has 1 to {MAX_NAME} characters"),
        ([BLOCK | {"fields": {"context": {"fields": ["a" * (MAX_NAME + 1)]}}}], f"has 1 to {MAX_NAME} characters"),
        (
            [BLOCK | {"fields": {"context": {"fields": [str(n) for n in range(MAX_FIELDS + 1)]}}}],
            f"at most {MAX_FIELDS}",
        ),
    ],
)
def test_an_action_that_is_none_is_refused_by_its_place(actions: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ProblemError) as problem:
        read_actions(actions)
    assert said in problem.value.text


def test_actions_are_read_in_every_way_in_which_clients_write_them() -> None:
    fields = {"properties": {"fields": ["b", "a", "b"]}, "context": {"fields": None}, "traits": {}}
    assert read_actions(
        [
            {"type": "drop_event", "percent": None, "path": ""},
            {"type": "SAMPLE", "percent": 1, "path": ""},
            {"type": "blocklist_fields", "fields": fields},
            {"type": "ALLOW_PROPERTIES", "fields": {"context.page": ["url"], "traits": {"fields": []}}},
        ]
    ) == (
        FilterAction("drop_event"),
        FilterAction("sample_event", percent=1),
        FilterAction("blacklist_fields", fields={"properties": ("b", "a")}),
        FilterAction("whitelist_fields", fields={"context.page": ("url",), "traits": ()}),
    )


@pytest.mark.parametrize(("kind", "code"), [("kotlin", "filters_need_plugin"), ("ios", "filters_not_applied")])
async def test_an_app_that_must_apply_a_filter_itself_is_advised(stage: Stage, kind: str, code: str) -> None:
    await stage.source("app", kind)
    patch = DestinationPatch(mode="device", enabled=True, settings={"apiKey": "first-api-key"})
    await destinations.create(stage.manage, ACME, "acme", "app", "tally", definition_slug=None, patch=patch)
    place = Place("acme", "app", "tally")
    done = await filters.create(stage.manage, ACME, place, FilterPatch(condition="all", actions=DROP, enabled=True))
    assert [one.code for one in done.advice] == [code]
    off = await filters.change(stage.manage, ACME, place, done.document.id, FilterPatch(enabled=False))
    assert off.advice == ()


async def test_explain_says_who_applies_a_filter_and_what_to_mind(stage: Stage) -> None:
    await stage.world.commit(replace(IN_DEVICE, id="d3", slug="tally-eu"))
    sample = (FilterAction("sample_event", percent=0.5, path="userId"),)
    for place, fields in ((TALLY, {}), (TALLY, {"enabled": False}), (TALLY, {"actions": sample}), (COURIER, {})):
        stage.clock.advance(1)
        await made(stage, place, **fields)
    found = await explain(stage.manage, ACME, "acme", "site", Origin("https://edge.example"))
    told = {one.name.rpartition("/")[2]: one for one in found.destinations}
    assert [one.applied_by for one in told["tally"].filters] == ["page", "nowhere", "page"]
    assert [one.applied_by for one in told["courier"].filters] == ["router"]
    assert any("samples by a field" in text for text in told["tally"].warnings)
    assert any("several Tally destinations" in text for text in found.warnings)
