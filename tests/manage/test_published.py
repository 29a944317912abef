"""What is published, entry by entry: complete, true, and without anything that is not public."""

from dataclasses import replace
from typing import Any

import pytest

from edge.manage.lines import Line
from edge.manage.operation import Manage
from edge.manage.origins import Image, document_of, parts_of
from edge.manage.problem import ProblemError
from edge.manage.published import PublishedSource, published
from edge.model.plan import PlannedEvent
from edge.model.source import LibraryConfig
from edge.model.token import Principal
from edge.publish.wire import Origin
from tests.manage.stage import ACME, GLOBEX, Stage, without
from tests.support.world import CLOUD, DEVICE, FILTER, IN_CLOUD, IN_DEVICE, KEY, SECRET, SOURCE

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")
SECOND = replace(IN_DEVICE, id="d3", slug="tally-eu", display_name="Tally EU", consent_categories=("Ads",))
FULL = Image(
    replace(
        SOURCE,
        library=LibraryConfig("t.example/v1", metrics_enabled=True, retry_queue=False),
        tracking_plan={"__default": PlannedEvent(enabled=True), "Debug": PlannedEvent(enabled=False)},
    ),
    (IN_DEVICE, IN_CLOUD, SECOND, replace(IN_CLOUD, id="d4", slug="courier-2")),
    {"tally": DEVICE, "courier": CLOUD},
    (FILTER, replace(FILTER, id="df_2", title="", enabled=False)),
)
IMAGES = {
    "full": FULL,
    "bare": replace(FULL, source=SOURCE, destinations=(), filters=()),
    "planned, without a page's code": replace(FULL, destinations=(IN_CLOUD,)),
    "mobile": replace(FULL, source=replace(FULL.source, type="ios"), destinations=(IN_DEVICE, IN_CLOUD)),
    "server": replace(FULL, source=replace(FULL.source, type="python")),
}


def lines_of(image: Image) -> list[Line]:
    document = document_of(image, KEY, ORIGIN)
    return [line for part in parts_of(image, document, ORIGIN) for line in part.lines]


def put_together(lines: list[Line]) -> Any:
    """The document that these lines describe; lists as objects by number, to be compared with ``numbered``."""
    whole: dict[str, Any] = {}
    for line in lines:
        at = whole
        for step in line.path[:-1]:
            at = at.setdefault(str(step), {})
        assert str(line.path[-1]) not in at, f"told twice: {line.where}"
        at[str(line.path[-1])] = numbered(line.value)
    return whole


def numbered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: numbered(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return {str(number): numbered(each) for number, each in enumerate(value)}
    return value


@pytest.mark.parametrize("name", IMAGES)
def test_the_lines_put_together_are_the_published_document(name: str) -> None:
    image = IMAGES[name]
    assert put_together(lines_of(image)) == numbered(document_of(image, KEY, ORIGIN))


@pytest.mark.parametrize("name", IMAGES)
def test_only_what_no_admin_can_change_is_said_to_be_always_so(name: str) -> None:
    always = {line.where for line in lines_of(IMAGES[name]) if line.why == "always so"}
    assert always == {"integrations.Segment.io.addBundledMetadata", "legacyVideoPluginsEnabled"}


def test_each_kind_of_entry_names_what_it_comes_from() -> None:
    told = {line.where: (line.cause, line.why) for line in lines_of(FULL)}
    assert told["remotePlugins[0].settings.apiKey"] == ("setting", "the setting API key")
    assert told["remotePlugins[0].url"][0] == "definition"
    assert told["remotePlugins[1].name"][0] == "destination"
    assert told["remotePlugins[1].consentSettings"][0] == "consent"
    assert told["integrations.Segment.io.apiHost"] == ("source", "the source's API host")
    assert told["integrations.Segment.io.unbundledIntegrations[0]"][0] == "destination"
    assert "No clicks" in told["middlewareSettings.routingRules[0].matchers[0]"][1]
    assert told["consentSettings.allCategories[0]"] == ("consent", "needed by Tally EU")
    assert told["plan.track.Debug"][0] == "plan"


def test_a_value_that_nobody_set_is_said_to_be_the_definition_s_default() -> None:
    defaulted = replace(DEVICE, settings=(replace(DEVICE.settings[0], default="fallback"), *DEVICE.settings[1:]))
    image = replace(FULL, destinations=(replace(IN_DEVICE, settings={}),), definitions={"tally": defaulted}, filters=())
    line = next(one for one in lines_of(image) if one.where == "remotePlugins[0].settings.apiKey")
    assert (line.value, line.cause) == ("fallback", "default")


@pytest.mark.parametrize("name", IMAGES)
def test_no_secret_is_in_any_line(name: str) -> None:
    assert SECRET not in repr(lines_of(IMAGES[name]))


async def ask(manage: Manage, principal: Principal = ACME) -> PublishedSource:
    return await published(manage, principal, "acme", "site", ORIGIN)


async def test_what_is_not_published_is_listed_with_its_reason(stage: Stage) -> None:
    await stage.world.commit(replace(IN_DEVICE, enabled=False))
    found = await ask(stage.manage)
    assert [(one.slug, "disabled" in one.reason) for one in found.withheld] == [("tally", True)]
    assert found.document is not None
    assert found.document["remotePlugins"] == []


async def test_a_mobile_source_says_what_the_app_must_package(stage: Stage) -> None:
    await stage.world.commit(replace(SOURCE, type="ios"))
    assert [one.code for one in (await ask(stage.manage)).advice] == ["sdk_must_package"]


async def test_another_workspace_finds_nothing_and_a_token_without_the_scope_sees_nothing(stage: Stage) -> None:
    for principal, kind in ((GLOBEX, "not_found"), (without(ACME, "workspace:read"), "forbidden")):
        with pytest.raises(ProblemError) as refused:
            await ask(stage.manage, principal)
        assert refused.value.kind == kind
