from dataclasses import replace

import pytest

from edge.manage import sources
from edge.manage.explain import explain, explain_key
from edge.manage.problem import ProblemError
from edge.manage.sources import SourcePatch
from edge.publish.wire import Origin
from tests.manage.stage import ACME, GLOBEX, Stage
from tests.support.world import DEVICE, IN_DEVICE, KEY, SECRET

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")


async def test_each_destination_is_explained_with_its_place_and_reason(stage: Stage) -> None:
    found = await explain_key(stage.manage, ACME, KEY, ORIGIN)
    assert {one.name.rpartition("/")[2]: (one.place, one.published, one.exposed) for one in found.destinations} == {
        "tally": ("plugin", True, ("apiKey",)),
        "courier": ("named", True, ()),
    }
    assert all(one.reason for one in found.destinations)
    assert SECRET not in repr(found)


async def test_by_name_and_by_key_the_answer_is_the_same(stage: Stage) -> None:
    assert await explain(stage.manage, ACME, "acme", "site", ORIGIN) == await explain_key(
        stage.manage, ACME, KEY, ORIGIN
    )


async def test_a_disabled_and_incomplete_destination_says_what_is_missing(stage: Stage) -> None:
    await stage.world.commit(replace(IN_DEVICE, enabled=False, settings={}))
    found = await explain_key(stage.manage, ACME, KEY, ORIGIN)
    tally = next(one for one in found.destinations if one.definition == "tally")
    assert (tally.published, tally.place) == (False, "withheld")
    assert "disabled" in tally.reason
    assert any("apiKey" in warning for warning in tally.warnings)


async def test_a_destination_whose_code_is_missing_is_withheld(stage: Stage) -> None:
    await stage.world.commit(replace(DEVICE, bundle=None))
    found = await explain_key(stage.manage, ACME, KEY, ORIGIN)
    assert next(one for one in found.destinations if one.definition == "tally").place == "withheld"


async def test_a_source_without_an_api_host_is_warned_that_its_events_end_here(stage: Stage) -> None:
    found = await explain_key(stage.manage, ACME, KEY, ORIGIN)
    assert found.collector == "https://edge.example/v1"
    assert any("sink" in warning for warning in found.warnings)
    elsewhere = await explain_key(stage.manage, ACME, KEY, replace(ORIGIN, api_host="t.example/v1"))
    assert (elsewhere.collector, elsewhere.warnings) == ("https://t.example/v1", ())
    await sources.change(stage.manage, ACME, "acme", "site", SourcePatch(api_host="http://own.example"))
    assert (await explain_key(stage.manage, ACME, KEY, ORIGIN)).collector == "http://own.example"


@pytest.mark.parametrize("key", [KEY, "unknown-key"])
async def test_a_key_of_another_workspace_is_not_found_exactly_as_an_unknown_one(stage: Stage, key: str) -> None:
    with pytest.raises(ProblemError) as refused:
        await explain_key(stage.manage, GLOBEX, key, ORIGIN)
    assert refused.value.kind == "not_found"
    assert refused.value.text.replace(key, "<key>").startswith("write key <key>")
