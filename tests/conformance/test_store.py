"""What every store guarantees of commits, entries and the journal."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from edge.store.documents import Document
from edge.store.store import Draft, NameTakenError
from edge.store.view import View
from tests.support.world import (
    CATALOG,
    CONFIGURATION,
    IN_CLOUD,
    IN_DEVICE,
    KEY,
    OTHER_KEY,
    SECRET,
    SOURCE,
    World,
    plan,
    with_api_key,
)

pytestmark = pytest.mark.anyio


class RefusedError(Exception):
    """What a plan may raise: any exception of its own."""


async def test_an_empty_store_is_at_position_zero_of_an_epoch(empty: World) -> None:
    async with empty.store.view() as view:
        assert view.as_of.position == 0
        assert view.as_of.epoch
    assert (await empty.journal.poll(0)).entries == ()


async def test_preparing_again_changes_nothing(world: World) -> None:
    async with world.store.view() as view:
        before = view.as_of
    await world.store.prepare()
    async with world.store.view() as view:
        assert view.as_of == before


async def test_entries_are_numbered_without_gaps_and_chained_by_id(empty: World) -> None:
    async with empty.store.view() as view:
        previous = view.as_of.entry_id
    entries = [await empty.commit(*CATALOG), await empty.commit(*CONFIGURATION), await empty.purge("all")]
    assert [entry.position for entry in entries] == [1, 2, 3]
    for entry in entries:
        assert entry.previous_id == previous
        previous = entry.id
    assert [entry.id for entry in (await empty.journal.poll(0)).entries] == [entry.id for entry in entries]


async def test_writers_at_once_take_turns(world: World) -> None:
    entries = await asyncio.gather(*(world.configure(f"key-{number}") for number in range(20)))
    assert sorted(entry.position for entry in entries) == list(range(3, 23))
    listed = (await world.journal.poll(1)).entries
    assert all(after.previous_id == before.id for before, after in pairwise(listed))


async def test_a_plan_sees_the_store_as_it_is_at_its_own_position(world: World) -> None:
    async def increment(view: View) -> Draft:
        destination = await view.destination(SOURCE, "tally")
        assert destination is not None
        count = int(destination.settings.get("apiKey", "0")) + 1
        return Draft((replace(destination, settings={"apiKey": str(count)}),))

    await world.configure("0")
    await asyncio.gather(*(world.store.commit(increment, actor="tests") for _ in range(15)))
    async with world.store.view() as view:
        destination = await view.destination(SOURCE, "tally")
    assert destination is not None
    assert destination.settings == {"apiKey": "15"}


async def test_an_entry_says_who_why_when_and_what(world: World) -> None:
    drafted = Draft((with_api_key("second"),), reason="rotation")
    entry = await world.store.commit(plan(drafted), actor="alice")
    assert entry is not None
    assert (entry.actor, entry.reason, entry.verb) == ("alice", "rotation", "change")
    assert entry.at == world.clock().wall
    assert entry.resources == (IN_DEVICE.name,)
    assert entry.diff == {IN_DEVICE.name: {"settings.apiKey": ["first-api-key", "second"]}}
    async with world.store.view() as view:
        assert await view.entry(entry.position) == entry


async def test_what_a_plan_raises_leaves_nothing_behind(world: World) -> None:
    async def refuse(view: View) -> Draft:
        assert await view.workspace("acme") is not None
        raise RefusedError

    with pytest.raises(RefusedError):
        await world.store.commit(refuse, actor="tests")
    assert (await world.journal.poll(2)).head.position == 2
    assert (await world.configure("next")).position == 3


async def test_a_write_that_fails_half_way_leaves_nothing_behind(world: World) -> None:
    other = replace(SOURCE, id="s2", slug="shop", write_keys=(OTHER_KEY,))
    clash = replace(SOURCE, id="s3", slug="blog", write_keys=(KEY,))
    with pytest.raises(NameTakenError):
        await world.store.commit(plan(Draft((other, clash))), actor="tests")
    async with world.store.view() as view:
        assert view.as_of.position == 2
        assert await view.source("acme", "shop") is None
        assert await view.source_of_key(OTHER_KEY) is None
        assert not await view.key_is_known(OTHER_KEY)


async def test_a_value_that_no_json_can_hold_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(TypeError):
        await world.configure("half a pair: \ud800")
    async with world.store.view() as view:
        assert view.as_of.position == 2
        assert await view.destination(SOURCE, "tally") == IN_DEVICE


@pytest.mark.parametrize("again", [*CATALOG, *CONFIGURATION], ids=lambda document: type(document).__name__)
async def test_putting_what_is_there_already_leaves_no_entry(world: World, again: Document) -> None:
    assert await world.store.commit(plan(Draft((again,))), actor="tests") is None
    assert (await world.journal.poll(2)).head.position == 2


async def test_deleting_what_is_not_there_leaves_no_entry(world: World) -> None:
    ghost = replace(IN_CLOUD, id="d9", slug="ghost")
    assert await world.store.commit(plan(Draft(deletes=(ghost,))), actor="tests") is None


async def test_revoke_floors_keep_the_highest_position_of_each_tag(world: World) -> None:
    assert await world.store.revoked() == {}
    first = await world.purge("source:s1", "all", verb="revoke")
    await world.purge("source:s1", verb="invalidate")
    second = await world.purge("all", verb="revoke")
    await world.configure("second")
    assert await world.store.revoked() == {"source:s1": first.position, "all": second.position}


async def test_a_purge_is_an_entry_that_changes_no_document(world: World) -> None:
    entry = await world.purge("source:s1", reason="looked odd")
    assert (entry.verb, entry.tags, entry.reason, entry.resources, entry.diff) == (
        "invalidate",
        ("source:s1",),
        "looked odd",
        (),
        {},
    )
    async with world.store.view() as view:
        stored = await view.stored("source", "s1")
    assert stored is not None
    assert (stored.position, stored.revision) == (2, 2)


async def test_the_diff_shows_what_is_public_and_that_a_secret_changed_but_not_to_what(world: World) -> None:
    other = "another-secret-0123456789"
    entry = await world.commit(replace(IN_DEVICE, settings={"apiKey": "new", "secretKey": other, "unknown": other}))
    diff = entry.diff[IN_DEVICE.name]
    assert diff["settings.apiKey"] == ["first-api-key", "new"]
    assert sorted(diff) == ["settings.apiKey", "settings.secretKey", "settings.unknown"]
    assert SECRET not in str(diff)
    assert other not in str(diff)


async def test_a_new_epoch_keeps_the_position_and_changes_the_life(world: World) -> None:
    async with world.store.view() as view:
        before = view.as_of
    epoch = await world.store.begin_epoch()
    async with world.store.view() as view:
        assert view.as_of == replace(before, epoch=epoch)
        assert epoch != before.epoch
