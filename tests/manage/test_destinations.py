from dataclasses import replace

import pytest

from edge.manage import destinations
from edge.manage.destinations import Described, DestinationPatch
from edge.manage.masks import mask
from edge.manage.operation import Done
from edge.manage.problem import ProblemError
from edge.model.definition import Bundle
from edge.publish.wire import asset_path
from edge.store.lookup import FIRST_PAGE
from tests.manage.stage import ACME, GLOBEX, Stage
from tests.support.world import CODE, DEVICE, SECRET, asset

pytestmark = pytest.mark.anyio

BUNDLE = asset_path("tally", CODE.hash)
READY = DestinationPatch(enabled=True, settings={"apiKey": "k"})


async def create(
    stage: Stage, slug: str, patch: DestinationPatch, source: str = "site", of: str | None = None
) -> Done[Described]:
    return await destinations.create(stage.manage, ACME, "acme", source, slug, definition_slug=of, patch=patch)


async def change(stage: Stage, patch: DestinationPatch, slug: str = "tally", source: str = "site") -> Done[Described]:
    return await destinations.change(stage.manage, ACME, "acme", source, slug, patch=patch)


async def test_a_destination_starts_disabled_named_by_its_definition_in_its_platforms_mode(stage: Stage) -> None:
    await stage.source("app", "ios")
    done = await create(stage, "tally", DestinationPatch(), source="app")
    made = done.document.destination
    assert (made.enabled, made.display_name, made.mode) == (False, "Tally", "cloud")


async def test_a_second_destination_of_a_definition_has_a_slug_of_its_own(stage: Stage) -> None:
    done = await create(stage, "tally-eu", READY, of="tally")
    assert done.document.destination.name.endswith("/destinations/tally-eu")
    assert done.document.destination.definition == "tally"


async def test_an_unknown_definition_is_refused_with_what_is_spelled_alike(stage: Stage) -> None:
    with pytest.raises(ProblemError, match=r"tallly.*tally"):
        await create(stage, "tallly", DestinationPatch())


async def test_a_name_that_is_taken_is_a_conflict(stage: Stage) -> None:
    with pytest.raises(ProblemError) as refused:
        await create(stage, "tally", DestinationPatch())
    assert refused.value.kind == "conflict"


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        (DestinationPatch(settings={"nonsense": 1}), "nonsense"),
        (DestinationPatch(settings={"apiKey": 1}), "apiKey"),
        (DestinationPatch(enabled=True), "apiKey"),
        (DestinationPatch(mode="device"), "no device"),
    ],
)
async def test_a_refused_destination_leaves_nothing_behind(stage: Stage, patch: DestinationPatch, says: str) -> None:
    await stage.source("backend", "python")
    before = await stage.head()
    with pytest.raises(ProblemError, match=says) as refused:
        await create(stage, "tally", patch, source="backend")
    assert refused.value.kind == "invalid"
    assert await stage.head() == before


async def test_a_change_touches_only_what_it_names(stage: Stage) -> None:
    stage.clock.advance(60)
    done = await change(stage, DestinationPatch(display_name="Product analytics"))
    after = done.document.destination
    assert after.display_name == "Product analytics"
    assert (after.enabled, after.mode, dict(after.settings)) == (
        True,
        "device",
        {"apiKey": "first-api-key", "secretKey": SECRET},
    )
    assert after.updated_at == stage.clock().wall


async def test_settings_merge_by_name_and_a_null_takes_one_away(stage: Stage) -> None:
    done = await change(stage, DestinationPatch(settings={"apiKey": "second", "secretKey": None}))
    assert dict(done.document.destination.settings) == {"apiKey": "second"}


async def test_emptied_settings_are_gone(stage: Stage) -> None:
    done = await change(stage, DestinationPatch(enabled=False, clear_settings=True))
    assert dict(done.document.destination.settings) == {}


async def test_a_change_that_changes_nothing_has_no_entry_and_keeps_the_time(stage: Stage) -> None:
    stage.clock.advance(60)
    done = await change(stage, DestinationPatch(enabled=True, settings={"apiKey": "first-api-key"}))
    assert not done.changed
    assert done.document.destination.updated_at == 1.0


async def test_a_masked_secret_sent_back_keeps_the_secret(stage: Stage) -> None:
    done = await change(stage, DestinationPatch(settings={"secretKey": mask(SECRET), "apiKey": "second"}))
    assert done.document.destination.settings["secretKey"] == SECRET


async def test_the_journal_never_shows_a_secret(stage: Stage) -> None:
    done = await change(stage, DestinationPatch(settings={"secretKey": "another-secret-0123456789"}))
    entry = await stage.entry(done.position)
    assert "another-secret" not in repr(entry)
    assert SECRET not in repr(entry)


@pytest.mark.parametrize("served", [None, b"something else"])
async def test_i22_a_destination_whose_bundle_cannot_be_read_back_is_not_enabled(
    stage: Stage, served: bytes | None
) -> None:
    stage.public.broken[BUNDLE] = served
    before = await stage.head()
    with pytest.raises(ProblemError, match=CODE.hash) as refused:
        await create(stage, "tally-eu", READY, of="tally")
    assert refused.value.kind == "invalid"
    assert await stage.head() == before
    del stage.public.broken[BUNDLE]
    assert (await create(stage, "tally-eu", READY, of="tally")).changed


async def test_i22_code_is_read_back_while_others_may_write(stage: Stage) -> None:
    wrote: list[int] = []

    async def reading(path: str) -> bytes | None:
        wrote.append((await stage.world.purge("workspace:acme")).position)
        return await stage.public(path)

    manage = replace(stage.manage, read_back=reading)
    done = await destinations.create(manage, ACME, "acme", "site", "tally-eu", definition_slug="tally", patch=READY)
    assert done.position == wrote[-1] + 1


async def test_i22_a_definition_that_changes_while_its_code_is_read_back_is_read_back_anew(stage: Stage) -> None:
    newer = asset("window.tallyPlugin = () => ({newer: true});")
    asked: list[str] = []

    async def reading(path: str) -> bytes | None:
        asked.append(path)
        if len(asked) == 1:
            bundle = Bundle(newer.hash, "tallyPlugin", newer.integrity)
            await stage.world.commit(replace(DEVICE, bundle=bundle), assets=[newer])
        return await stage.public(path)

    manage = replace(stage.manage, read_back=reading)
    await destinations.create(manage, ACME, "acme", "site", "tally-eu", definition_slug="tally", patch=READY)
    assert asked == [BUNDLE, asset_path("tally", newer.hash)]


async def test_what_the_catalog_no_longer_supports_can_be_renamed_and_switched_off_but_not_on(stage: Stage) -> None:
    await stage.world.commit(replace(DEVICE, modes={"web": ("cloud",)}))
    assert (await change(stage, DestinationPatch(display_name="Old"))).changed
    assert (await change(stage, DestinationPatch(enabled=False))).changed
    with pytest.raises(ProblemError, match="CLOUD"):
        await change(stage, DestinationPatch(enabled=True))


async def test_i22_what_publishes_no_bundle_needs_none_to_be_read_back(stage: Stage) -> None:
    stage.public.broken[BUNDLE] = None
    await create(stage, "tally-off", DestinationPatch(), of="tally")
    await create(
        stage, "tally-cloud", DestinationPatch(enabled=True, mode="cloud", settings={"apiKey": "k"}), of="tally"
    )
    await stage.source("app", "ios")
    await create(stage, "tally", DestinationPatch(enabled=True, mode="device", settings={"apiKey": "k"}), source="app")
    assert stage.public.asked == []


async def test_a_mobile_destination_answers_with_advice(stage: Stage) -> None:
    await stage.source("app", "ios")
    done = await create(
        stage, "tally", DestinationPatch(enabled=True, mode="device", settings={"apiKey": "k"}), source="app"
    )
    assert [one.code for one in done.advice] == ["sdk_must_package"]


async def test_destinations_of_another_workspace_are_not_found(stage: Stage) -> None:
    before = await stage.head()
    here = (stage.manage, GLOBEX, "acme", "site")
    calls = (
        lambda: destinations.listed(*here, FIRST_PAGE),
        lambda: destinations.show(*here, "tally"),
        lambda: destinations.create(*here, "x", definition_slug="tally", patch=DestinationPatch()),
        lambda: destinations.change(*here, "tally", patch=DestinationPatch(enabled=False)),
        lambda: destinations.delete(*here, "tally"),
    )
    for call in calls:
        with pytest.raises(ProblemError) as refused:
            await call()
        assert refused.value.kind == "not_found"
    assert await stage.head() == before
