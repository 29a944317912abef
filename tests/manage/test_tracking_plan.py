"""Tracking plans and consent categories: what is accepted, refused, told and purged."""

from typing import Any

import pytest

from edge.manage import destinations, sources
from edge.manage.consent import MAX_CATEGORIES, MAX_LENGTH
from edge.manage.destinations import DestinationPatch
from edge.manage.explain import explain
from edge.manage.explain_privacy import ConsentExplained, PlanExplained
from edge.manage.problem import ProblemError
from edge.manage.sources import SourcePatch
from edge.manage.tracking_plan import MAX_EVENTS, MAX_PLAN_BYTES, read_plan
from edge.model.plan import PlannedEvent
from edge.publish.wire import Origin
from tests.manage.stage import ACME, Stage
from tests.support.world import SOURCE

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")
PLAN = {"track": {"__default": {"enabled": False}, "Order": {"enabled": True, "integrations": {"Nobody": False}}}}


def needing(stage: Stage, slug: str, *categories: str) -> Any:
    patch = DestinationPatch(consent_categories=categories)
    return destinations.change(stage.manage, ACME, "acme", "site", slug, patch=patch)


def planning(stage: Stage, plan: dict[str, Any]) -> Any:
    return sources.change(stage.manage, ACME, "acme", "site", SourcePatch(tracking_plan=read_plan(plan)))


async def test_a_plan_is_kept_read_back_and_taken_away_each_time_purging_the_source(stage: Stage) -> None:
    done = await planning(stage, PLAN)
    entry = await stage.entry(done.position)
    assert entry.tags == ("source:s1",)
    assert entry.diff[SOURCE.name] == {
        "tracking_plan.Order": [None, {"enabled": True, "integrations": {"Nobody": False}}],
        "tracking_plan.__default": [None, {"enabled": False, "integrations": {}}],
    }
    found = await sources.show(stage.manage, ACME, "acme", "site")
    assert found.tracking_plan == {
        "__default": PlannedEvent(False),
        "Order": PlannedEvent(True, {"Nobody": False}),
    }
    assert await stage.unchanged_by(lambda: planning(stage, PLAN))
    gone = await planning(stage, {})
    assert (await stage.entry(gone.position)).tags == ("source:s1",)
    assert (await sources.show(stage.manage, ACME, "acme", "site")).tracking_plan is None


async def test_explain_counts_a_plan_s_events_and_warns_of_names_that_are_nobody_s(stage: Stage) -> None:
    await planning(stage, PLAN)
    found = await explain(stage.manage, ACME, "acme", "site", ORIGIN)
    assert found.plan == PlanExplained(events=1, disabled=(), others_enabled=False)
    assert any("'Nobody'" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"identify": {}}, "tracking_plan.identify: no client reads it; allowed: track"),
        ({"track": []}, "tracking_plan.track: an object is needed"),
        ({"track": {"A": True}}, "tracking_plan.track.A: an object is needed"),
        ({"track": {"A": {}}}, "tracking_plan.track.A.enabled: it is required"),
        ({"track": {"A": {"enabled": 1}}}, "tracking_plan.track.A.enabled: it is required"),
        ({"track": {"A": {"enabled": True, "on": 1}}}, "tracking_plan.track.A.on: there is no such field"),
        ({"track": {"A": {"enabled": True, "integrations": {"T": 1}}}}, "tracking_plan.track.A.integrations"),
        ({"track": {"": {"enabled": True}}}, "is no name"),
        ({"track": {"a\nb": {"enabled": True}}}, "is no name"),
        ({"track": {str(n): {"enabled": True} for n in range(MAX_EVENTS + 1)}}, f"at most {MAX_EVENTS} are allowed"),
        (
            {"track": {f"{n:0190}": {"enabled": True} for n in range(400)}},
            f"at most {MAX_PLAN_BYTES} are allowed",
        ),
    ],
)
def test_a_plan_that_is_none_is_refused_by_its_field(plan: dict[str, Any], said: str) -> None:
    with pytest.raises(ProblemError) as problem:
        read_plan(plan)
    assert said in problem.value.text


async def test_categories_are_kept_each_once_in_order_and_purge_the_source(stage: Stage) -> None:
    done = await needing(stage, "tally", "stats", "ads", "stats")
    assert done.document.destination.consent_categories == ("ads", "stats")
    assert (await stage.entry(done.position)).tags == ("source:s1",)
    assert await stage.unchanged_by(lambda: needing(stage, "tally", "stats", "ads"))
    found = await explain(stage.manage, ACME, "acme", "site", ORIGIN)
    assert found.consent == ConsentExplained(("ads", "stats"), has_unmapped_destinations=True)
    assert {one.consent_categories for one in found.destinations} == {("ads", "stats"), ()}
    await needing(stage, "tally")
    assert (await explain(stage.manage, ACME, "acme", "site", ORIGIN)).consent is None


@pytest.mark.parametrize("category", ["", " ads", "a\nb", "a" * (MAX_LENGTH + 1)])
async def test_a_category_that_is_none_is_refused(stage: Stage, category: str) -> None:
    with pytest.raises(ProblemError, match=r"consent_categories: [\s\S]* is no category"):
        await needing(stage, "tally", category)
    with pytest.raises(ProblemError, match=rf"consent_categories: .*at most {MAX_CATEGORIES}"):
        await needing(stage, "tally", *(str(number) for number in range(MAX_CATEGORIES + 1)))
