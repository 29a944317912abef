"""Rolling back: exactly what was, in one change, but for secrets and write keys."""

from dataclasses import replace
from typing import Any

import pytest

from edge.manage import destinations, filters, history, rollback, sources, write_keys
from edge.manage.destinations import DestinationPatch
from edge.manage.filters import FilterPatch, Place
from edge.manage.history import Asked, published_at
from edge.manage.problem import ProblemError
from edge.manage.published import published
from edge.manage.rollback import Preview
from edge.manage.sources import SourcePatch
from edge.model.destination import Destination
from edge.model.filter import FilterAction
from edge.model.plan import PlannedEvent
from edge.model.source import LoaderConfig
from edge.publish.wire import Origin, asset_path
from edge.store.keyring import Keyring, new_secret_key
from edge.store.lost import LostSettings
from tests.manage.stage import ACME, GLOBEX, Stage, without
from tests.support.world import CODE, DEVICE, FILTER, IN_CLOUD, IN_DEVICE, KEY, SECRET, SOURCE

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")
TALLY = Place("acme", "site", "tally")
NEW_SECRET = "another-secret-0123456789"


async def preview(stage: Stage, position: int = 2) -> Preview:
    return await rollback.preview(stage.manage, ACME, "acme", "site", position)


async def roll_back(stage: Stage, position: int = 2) -> int:
    """To what was at ``position``, as its preview says; the position of the change."""
    shown = await preview(stage, position)
    done = await rollback.roll_back(stage.manage, ACME, "acme", "site", position=position, basis=shown.basis)
    return done.position if done.changed else 0


async def change(stage: Stage, slug: str = "tally", **patch: Any) -> None:
    await destinations.change(stage.manage, ACME, "acme", "site", slug, patch=DestinationPatch(**patch))


async def tally(stage: Stage) -> Destination:
    return (await destinations.show(stage.manage, ACME, "acme", "site", "tally")).destination


async def document(stage: Stage) -> Any:
    return (await published(stage.manage, ACME, "acme", "site", ORIGIN)).document


async def test_everything_becomes_what_it_was_in_one_change(stage: Stage) -> None:
    await stage.world.commit(FILTER)
    then = await stage.head()
    before = await document(stage)
    plan = {"Debug": PlannedEvent(enabled=False)}
    await sources.change(
        stage.manage, ACME, "acme", "site", SourcePatch(display_name="S", api_host="a.example", tracking_plan=plan)
    )
    await change(stage, enabled=False, display_name="T", settings={"apiKey": "changed"}, consent_categories=("Ads",))
    await filters.delete(stage.manage, ACME, TALLY, FILTER.id)
    patch = FilterPatch(condition="all", actions=(FilterAction("drop_event"),))
    added = (await filters.create(stage.manage, ACME, TALLY, patch)).document
    await destinations.create(
        stage.manage, ACME, "acme", "site", "tally-2", definition_slug="tally", patch=DestinationPatch()
    )
    await destinations.delete(stage.manage, ACME, "acme", "site", "courier")
    shown = await preview(stage, then)
    assert {(one.kind, one.action, one.title) for one in shown.steps} == {
        ("source", "changed", "Site"),
        ("destination", "changed", "Tally"),
        ("destination", "created", "Courier"),
        ("destination", "deleted", "Tally"),
        ("filter", "created", "No clicks"),
        ("filter", "deleted", added.id),
    }
    head = await stage.head()
    position = await roll_back(stage, then)
    assert position == await stage.head() == head + 1
    assert await document(stage) == before
    entry = await stage.entry(position)
    assert entry.reason == f"roll back {SOURCE.name} to position {then}"
    assert "source:s1" in entry.tags
    assert (await preview(stage, then)).steps == ()
    assert await roll_back(stage, then) == 0


async def test_to_any_position_and_forth_again_the_manifest_is_that_of_the_position(stage: Stage) -> None:
    await stage.world.commit(FILTER)
    await change(stage, settings={"apiKey": "second"})
    await change(stage, enabled=False)
    await stage.world.commit(replace(IN_CLOUD, id="d5", slug="courier-2"), replace(IN_DEVICE, enabled=True))
    head = await stage.head()
    for position in (2, head, 3, 4, head - 1, 2, head):
        await roll_back(stage, position)
        then = await published_at(stage.manage, ACME, "acme", "site", position=position, origin=ORIGIN)
        assert await document(stage) == then.document


async def test_secrets_stay_as_they_are_now_and_the_preview_says_so(stage: Stage) -> None:
    await change(stage, settings={"apiKey": "second", "secretKey": NEW_SECRET})
    (step,) = (await preview(stage)).steps
    assert step.notes == ("Secrets stay as they are now: Secret key",)
    assert [one.label for one in step.differences] == ["API key"]
    await roll_back(stage)
    assert dict((await tally(stage)).settings) == {"apiKey": "first-api-key", "secretKey": NEW_SECRET}
    assert SECRET not in repr(await preview(stage))


async def test_a_secret_that_was_removed_is_not_brought_back(stage: Stage) -> None:
    await change(stage, settings={"apiKey": "second", "secretKey": None})
    await roll_back(stage)
    assert dict((await tally(stage)).settings) == {"apiKey": "first-api-key"}


async def test_a_change_of_a_secret_alone_is_nothing_to_roll_back(stage: Stage) -> None:
    await change(stage, settings={"secretKey": NEW_SECRET})
    assert (await preview(stage)).steps == ()
    assert await roll_back(stage) == 0


async def test_what_is_made_anew_has_no_secret(stage: Stage) -> None:
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    (step,) = (await preview(stage)).steps
    assert (step.action, step.notes) == ("created", ("Secrets are not brought back, set them anew: Secret key",))
    position = await roll_back(stage)
    assert dict((await tally(stage)).settings) == {"apiKey": "first-api-key"}
    assert (await tally(stage)).enabled
    assert SECRET not in repr(await stage.entry(position))


async def test_what_needs_a_secret_that_is_not_brought_back_is_disabled(stage: Stage) -> None:
    needed = replace(DEVICE.settings[1], required=True)
    await stage.world.commit(replace(DEVICE, settings=(DEVICE.settings[0], needed)))
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    (step,) = (await preview(stage)).steps
    assert "It will be disabled: Tally needs secretKey before it is enabled" in step.notes[1]
    await roll_back(stage)
    assert not (await tally(stage)).enabled


async def test_what_was_published_then_and_is_a_secret_now_is_not_brought_back(stage: Stage) -> None:
    await change(stage, settings={"apiKey": "second"})
    now_secret = replace(DEVICE.settings[0], secret=True, expose=False)
    await stage.world.commit(replace(DEVICE, settings=(now_secret, *DEVICE.settings[1:])))
    assert (await preview(stage)).steps == ()
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    shown = await preview(stage)
    assert "first-api-key" not in repr(shown)
    await roll_back(stage)
    assert dict((await tally(stage)).settings) == {}


async def test_a_destination_made_anew_since_by_hand_keeps_its_secret(stage: Stage) -> None:
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    patch = DestinationPatch(enabled=True, settings={"apiKey": "mine", "secretKey": NEW_SECRET})
    await destinations.create(stage.manage, ACME, "acme", "site", "tally", definition_slug="tally", patch=patch)
    current = await tally(stage)
    await roll_back(stage)
    restored = await tally(stage)
    assert (restored.id, dict(restored.settings)) == (
        current.id,
        {"apiKey": "first-api-key", "secretKey": NEW_SECRET},
    )


async def test_one_of_another_definition_gives_way_to_what_had_its_slug(stage: Stage) -> None:
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    patch = DestinationPatch(enabled=True)
    await destinations.create(stage.manage, ACME, "acme", "site", "tally", definition_slug="courier", patch=patch)
    assert {one.action for one in (await preview(stage)).steps} == {"created", "deleted"}
    await roll_back(stage)
    assert (await tally(stage)).definition == "tally"


async def test_write_keys_are_never_brought_back(stage: Stage) -> None:
    added = (await write_keys.add(stage.manage, ACME, "acme", "site", None)).document.write_keys[-1]
    await write_keys.retire(stage.manage, ACME, "acme", "site", KEY)
    shown = await preview(stage)
    assert shown.steps == ()
    assert "a retired key is never used again" in shown.notes[0]
    await change(stage, enabled=False)
    await roll_back(stage)
    source = await sources.show(stage.manage, ACME, "acme", "site")
    assert (source.write_keys, source.retired_keys) == ((added,), (KEY,))


async def test_what_was_changed_since_the_preview_is_not_overwritten(stage: Stage) -> None:
    await change(stage, settings={"apiKey": "second"})
    shown = await preview(stage)
    for meanwhile in (
        lambda: change(stage, settings={"apiKey": "theirs"}),
        lambda: change(stage, settings={"secretKey": NEW_SECRET}),
        lambda: stage.world.commit(FILTER),
        lambda: filters.delete(stage.manage, ACME, TALLY, FILTER.id),
        lambda: destinations.delete(stage.manage, ACME, "acme", "site", "courier"),
        lambda: sources.change(stage.manage, ACME, "acme", "site", SourcePatch(display_name="Theirs")),
        lambda: stage.world.commit(replace(DEVICE, description="Another release's.")),
    ):
        await meanwhile()
        head = await stage.head()
        with pytest.raises(ProblemError) as refused:
            await rollback.roll_back(stage.manage, ACME, "acme", "site", position=2, basis=shown.basis)
        assert refused.value.kind == "conflict"
        assert f"at position {head}" in refused.value.text
        assert await stage.head() == head
        shown = await preview(stage)
        assert shown.basis == head


async def test_a_change_elsewhere_stops_nobody(stage: Stage) -> None:
    await change(stage, settings={"apiKey": "second"})
    shown = await preview(stage)
    await stage.source("shop", "ios")
    done = await rollback.roll_back(stage.manage, ACME, "acme", "site", position=2, basis=shown.basis)
    assert done.changed


async def test_i22_code_that_cannot_be_read_back_is_not_published_by_rolling_back(stage: Stage) -> None:
    await change(stage, enabled=False)
    stage.public.broken[asset_path("tally", CODE.hash)] = b"other bytes"
    head = await stage.head()
    with pytest.raises(ProblemError, match="cannot be read through this edge"):
        await roll_back(stage)
    assert await stage.head() == head


async def test_a_definition_without_browser_code_any_more_comes_back_disabled(stage: Stage) -> None:
    await change(stage, enabled=False)
    await stage.world.commit(replace(DEVICE, bundle=None))
    shown = await preview(stage)
    assert any("no browser bundle" in note for note in shown.notes)
    assert shown.steps == ()


async def test_what_the_catalog_has_no_more_is_left_out_and_said(stage: Stage) -> None:
    await destinations.delete(stage.manage, ACME, "acme", "site", "tally")
    await stage.world.commit(deletes=[DEVICE])
    shown = await preview(stage)
    assert shown.notes == ("Tally is not brought back: the catalog has no 'tally' any more",)
    assert await roll_back(stage) == 0


async def test_settings_that_cannot_be_opened_now_are_left_as_they_are(stage: Stage) -> None:
    sealed = LostSettings(Keyring([new_secret_key()]).seal(b"{}"))
    await stage.world.commit(replace(IN_DEVICE, enabled=False, settings=sealed))
    then = await stage.head()
    shown = await preview(stage)
    assert shown.notes == ("Tally stays as it is now: its settings cannot be decrypted",)
    await stage.world.commit(IN_DEVICE)
    (step,) = (await preview(stage, then)).steps
    assert "Its settings stay as they are now" in step.notes[0]
    await roll_back(stage, then)
    assert not (await tally(stage)).enabled
    assert (await tally(stage)).settings == IN_DEVICE.settings


async def test_the_loader_comes_back_where_this_edge_has_its_client(stage: Stage) -> None:
    await stage.world.commit(replace(SOURCE, loader=LoaderConfig("analytics-next", "1.84.3")))
    official = await stage.head()
    await stage.world.commit(replace(SOURCE, loader=LoaderConfig("analytics-next", "0.0.1")))
    gone = await stage.head()
    await roll_back(stage)
    assert (await sources.show(stage.manage, ACME, "acme", "site")).loader == LoaderConfig()
    assert "does not have version 0.0.1" in (await preview(stage, gone)).notes[0]
    assert await roll_back(stage, gone) == 0
    await roll_back(stage, official)
    assert (await sources.show(stage.manage, ACME, "acme", "site")).loader.version == "1.84.3"


async def test_it_is_in_the_history_as_what_it_is(stage: Stage) -> None:
    await change(stage, settings={"apiKey": "second"})
    position = await roll_back(stage)
    newest = (await history.of_source(stage.manage, ACME, "acme", "site", Asked())).events[0]
    assert (newest.position, newest.actor) == (position, ACME.subject)
    assert newest.note.startswith("roll back ")


async def test_who_may_not_write_sees_the_preview_and_changes_nothing(stage: Stage) -> None:
    await change(stage, settings={"apiKey": "second"})
    reader = without(ACME, "workspace:write")
    shown = await rollback.preview(stage.manage, reader, "acme", "site", 2)
    for principal, kind in ((reader, "forbidden"), (GLOBEX, "not_found")):
        with pytest.raises(ProblemError) as refused:
            await rollback.roll_back(stage.manage, principal, "acme", "site", position=2, basis=shown.basis)
        assert refused.value.kind == kind
    with pytest.raises(ProblemError) as refused:
        await rollback.preview(stage.manage, GLOBEX, "acme", "site", 2)
    assert refused.value.kind == "not_found"
