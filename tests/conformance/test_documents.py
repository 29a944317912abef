"""What every store guarantees of documents: names, write keys, history, snapshots, listings."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from edge.model.source import Workspace
from edge.store.documents import Codec, Document
from edge.store.keyring import Keyring, keys_from_file, new_secret_key
from edge.store.lookup import Page
from edge.store.schema import document_versions, write_keys
from edge.store.store import Draft, NameTakenError
from tests.support.world import (
    CLOUD,
    CODE,
    DEVICE,
    IN_CLOUD,
    IN_DEVICE,
    KEY,
    OTHER_KEY,
    RELEASED_CLIENT,
    SOURCE,
    WORKSPACE,
    World,
    plan,
    with_api_key,
)

pytestmark = pytest.mark.anyio


async def versions(world: World, kind: str, document_id: str) -> dict[int, bytes | None]:
    mine = (document_versions.c.kind == kind) & (document_versions.c.id == document_id)
    async with world.engine.connect() as connection:
        found = await connection.execute(select(document_versions).where(mine).order_by(document_versions.c.position))
        return {row.position: row.body for row in found}


@pytest.mark.parametrize(("before", "after"), [(1, True), (1, 1.0), (0, False), ([1], [True]), ({"a": 0}, {"a": 0.0})])
async def test_numbers_and_booleans_that_python_calls_equal_are_different_settings(
    world: World, before: Any, after: Any
) -> None:
    await world.commit(replace(IN_CLOUD, settings={"hook": before}))
    await world.commit(replace(IN_CLOUD, settings={"hook": after}))
    async with world.store.view() as view:
        stored = await view.destination(SOURCE, "courier")
    assert stored is not None
    assert repr(stored.settings["hook"]) == repr(after)


async def test_the_history_of_a_document_can_be_replayed_by_position(world: World) -> None:
    second = await world.configure("second")
    third = await world.configure("third")
    gone = await world.commit(deletes=[IN_DEVICE])
    again = await world.commit(with_api_key("again"))
    codec = Codec(Keyring(keys_from_file(world.directory / "secret.keys", new_secret_key)))
    history = await versions(world, "destination", "d1")
    replayed = {at: codec.decode("destination", body) if body is not None else None for at, body in history.items()}
    assert replayed == {
        2: IN_DEVICE,
        second.position: with_api_key("second"),
        third.position: with_api_key("third"),
        gone.position: None,
        again.position: with_api_key("again"),
    }


@pytest.mark.parametrize(
    "twin",
    [replace(WORKSPACE, id="w9"), replace(SOURCE, id="s9", write_keys=(OTHER_KEY,)), replace(IN_DEVICE, id="d9")],
    ids=lambda document: type(document).__name__,
)
async def test_two_documents_cannot_have_one_resource_name(world: World, twin: Document) -> None:
    with pytest.raises(NameTakenError):
        await world.store.commit(plan(Draft((twin,))), actor="tests")


async def test_a_document_may_take_the_name_of_one_deleted_in_the_same_commit(world: World) -> None:
    successor = replace(IN_DEVICE, id="d8")
    entry = await world.commit(successor, deletes=[IN_DEVICE])
    async with world.store.view() as view:
        assert await view.destination(SOURCE, "tally") == successor
    assert set(entry.resources) == {IN_DEVICE.name}


async def test_a_write_key_belongs_to_one_source(world: World) -> None:
    thief = replace(SOURCE, id="s2", slug="shop")
    with pytest.raises(NameTakenError):
        await world.store.commit(plan(Draft((thief,))), actor="tests")


async def test_a_retired_write_key_is_never_used_again(world: World) -> None:
    await world.commit(replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)))
    for claimant in (
        replace(SOURCE, write_keys=(OTHER_KEY, KEY)),
        replace(SOURCE, id="s2", slug="shop", write_keys=(KEY,)),
    ):
        with pytest.raises(NameTakenError):
            await world.store.commit(plan(Draft((claimant,))), actor="tests")
    async with world.store.view() as view:
        assert await view.source_of_key(KEY) is None
        assert await view.key_is_known(KEY)


async def test_a_write_key_outlives_its_source_as_known_but_dead(world: World) -> None:
    await world.commit(deletes=[SOURCE, IN_DEVICE, IN_CLOUD])
    with pytest.raises(NameTakenError):
        await world.store.commit(plan(Draft((SOURCE,))), actor="tests")
    async with world.store.view() as view:
        assert await view.source_of_key(KEY) is None
        assert await view.key_is_known(KEY)
    async with world.engine.connect() as connection:
        assert len((await connection.execute(select(write_keys))).all()) == 1


async def test_a_view_opened_before_a_commit_does_not_see_it(world: World) -> None:
    async with world.store.view() as view:
        await world.configure("second")
        await world.commit(replace(SOURCE, display_name="New"))
        assert view.as_of.position == 2
        assert await view.destination(SOURCE, "tally") == IN_DEVICE
        assert await view.source("acme", "site") == SOURCE
        assert await view.entry(3) is None
        async with world.store.view() as later:
            assert later.as_of.position == 4


async def test_a_listing_is_in_order_of_name_and_pages_join_without_gap_or_overlap(empty: World) -> None:
    names = [f"w-{number:03}" for number in range(450)]
    await empty.commit(*(Workspace(f"id-{name}", name, name, 1.0) for name in reversed(names)))
    async with empty.store.view() as view:
        seen: list[str] = []
        while page := await view.listed("workspace", "", Page(f"workspaces/{seen[-1]}" if seen else "", 100)):
            seen += [stored.document.slug for stored in page]
        assert seen == names
        assert [workspace.slug for workspace in await view.every("workspace", "")] == names


async def test_names_are_in_order_of_their_bytes_whatever_the_language_of_the_database(empty: World) -> None:
    """In a natural language a hyphen or an underscore may count for nothing, and a digit after a letter."""
    slugs = ["a", "a-z", "a0", "a_a", "aa", "b", "b-1", "b1", "ba"]
    await empty.commit(*(Workspace(f"id-{slug}", slug, slug, 1.0) for slug in slugs))
    async with empty.store.view() as view:
        assert [workspace.slug for workspace in await view.every("workspace", "")] == sorted(slugs)
        after = await view.listed("workspace", "", Page("workspaces/a-z", 3))
        assert [stored.document.slug for stored in after] == ["a0", "a_a", "aa"]


async def test_every_kind_of_document_comes_back_as_it_was_put(world: World) -> None:
    async with world.store.view() as view:
        assert await view.workspace("acme") == WORKSPACE
        assert await view.source("acme", "site") == SOURCE
        assert await view.destinations("s1") == [IN_CLOUD, IN_DEVICE]
        assert await view.definition("tally") == DEVICE
        assert await view.asset(CODE.hash) == CODE
        assert await view.integrities([CODE.hash, "unknown"]) == {CODE.hash: CODE.integrity}
        assert await view.definition("courier") == CLOUD
        assert await view.client_document("edgewise") == RELEASED_CLIENT
