"""Destinations whose credentials were sealed with a key that is lost: they can be switched off, removed, made anew."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from edge.manage import destinations, sources
from edge.manage.destinations import Described, DestinationPatch
from edge.manage.explain import explain_key
from edge.manage.operation import Done
from edge.manage.problem import ProblemError
from edge.model.outcome import Found, Unavailable
from edge.publish.publication import Publisher, Wanted
from edge.publish.wire import Origin
from edge.store.documents import is_lost
from edge.store.keyring import SecretUnreadableError
from edge.store.lookup import FIRST_PAGE
from tests.manage.stage import ACME, Stage
from tests.support.world import DEVICE, IN_CLOUD, IN_DEVICE, KEY, SECRET, World, open_world

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")
SETTINGS = Wanted("settings", KEY)


@pytest.fixture
async def lost(stage: Stage) -> AsyncIterator[Stage]:
    """The stage's store, opened with a key that sealed nothing in it."""
    (stage.world.directory / "secret.keys").unlink()
    world = open_world(stage.world.directory, stage.clock)
    yield replace(stage, world=world, manage=replace(stage.manage, store=world.store))
    await world.close()


async def change(stage: Stage, patch: DestinationPatch, slug: str = "tally") -> Done[Described]:
    return await destinations.change(stage.manage, ACME, "acme", "site", slug, patch=patch)


async def read(world: World) -> object:
    return await Publisher(world.store, ORIGIN, 20.0).read(SETTINGS)


async def test_it_is_listed_and_explained(lost: Stage) -> None:
    found = await destinations.listed(lost.manage, ACME, "acme", "site", FIRST_PAGE)
    assert {one.destination.slug: is_lost(one.destination) for one in found} == {"tally": True, "courier": True}
    explained = await explain_key(lost.manage, ACME, KEY, ORIGIN)
    places = {one.definition: (one.published, one.place, one.exposed) for one in explained.destinations}
    assert places == {"tally": (False, "withheld", ()), "courier": (True, "named", ())}
    assert all("cannot be decrypted" in one.warnings[0] for one in explained.destinations)


async def test_disabling_it_publishes_the_rest_of_its_source_again_and_purges(lost: Stage) -> None:
    assert await read(lost.world) == Unavailable("secret-unreadable")
    done = await change(lost, DestinationPatch(enabled=False))
    assert "source:s1" in (await lost.entry(done.position)).tags
    assert isinstance(await read(lost.world), Found)


async def test_what_is_disabled_meanwhile_is_whole_again_with_its_key(stage: Stage, lost: Stage) -> None:
    await change(lost, DestinationPatch(enabled=False))
    shown = await destinations.show(stage.manage, ACME, "acme", "site", "tally")
    assert shown.destination.settings == IN_DEVICE.settings


async def test_deleting_it_purges_what_it_published_and_shows_no_value(lost: Stage) -> None:
    done = await destinations.delete(lost.manage, ACME, "acme", "site", "tally")
    entry = await lost.entry(done.position)
    assert "source:s1" in entry.tags
    assert entry.diff[IN_DEVICE.name]["settings"][1] is None
    assert SECRET not in repr(entry)
    assert isinstance(await read(lost.world), Found)


async def test_deleting_one_of_two_purges_though_nothing_can_be_published_before_or_after(
    stage: Stage, lost: Stage
) -> None:
    await stage.world.commit(replace(IN_DEVICE, id="d9", slug="tally-2"))
    done = await destinations.delete(lost.manage, ACME, "acme", "site", "tally-2")
    assert "source:s1" in (await lost.entry(done.position)).tags
    assert await read(lost.world) == Unavailable("secret-unreadable")


async def test_its_source_and_its_siblings_can_be_changed_and_deleted(lost: Stage) -> None:
    assert (await change(lost, DestinationPatch(enabled=False), "courier")).changed
    await destinations.delete(lost.manage, ACME, "acme", "site", "courier")
    done = await sources.delete(lost.manage, ACME, "acme", "site")
    assert {"source:s1", f"key:{KEY}"} <= set((await lost.entry(done.position)).tags)


async def test_a_definition_of_it_can_change_and_purges_its_source(lost: Stage) -> None:
    entry = await lost.world.commit(replace(DEVICE, category="Other"))
    assert set(entry.tags) == {"definition:tally", "source:s1"}


async def test_it_is_not_switched_on(lost: Stage) -> None:
    await change(lost, DestinationPatch(enabled=False))
    with pytest.raises(SecretUnreadableError):
        await change(lost, DestinationPatch(enabled=True))


async def test_values_are_not_merged_into_it_but_can_take_its_place(lost: Stage) -> None:
    with pytest.raises(ProblemError, match="empty config first"):
        await change(lost, DestinationPatch(settings={"apiKey": "new"}))
    await change(lost, DestinationPatch(enabled=False, clear_settings=True))
    done = await change(lost, DestinationPatch(enabled=True, settings={"apiKey": "new"}))
    assert done.document.destination.settings == {"apiKey": "new"}
    assert isinstance(await read(lost.world), Found)


async def test_a_change_that_changes_nothing_of_it_has_no_entry(lost: Stage) -> None:
    same = DestinationPatch(display_name=IN_CLOUD.display_name, enabled=True)
    assert await lost.unchanged_by(lambda: change(lost, same, "courier"))
