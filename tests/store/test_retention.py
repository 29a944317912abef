"""Forgetting: what goes, and what must stay whatever its age."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from edge.model.definition import Bundle
from edge.store.retention import ASSET_SECONDS, DAY, Forgotten
from edge.store.schema import document_versions
from tests.support.clock import HandClock
from tests.support.world import ASSETS, CODE, DEVICE, IN_CLOUD, World, asset, make_world, with_api_key

pytestmark = pytest.mark.anyio

HISTORY = 400 * DAY
NEWER_CODE = asset("window.tallyPlugin = () => ({version: 2});")
NEWER = replace(DEVICE, bundle=Bundle(NEWER_CODE.hash, "tallyPlugin", NEWER_CODE.integrity))


@pytest.fixture
async def world(place: Path, clock: HandClock) -> AsyncIterator[World]:
    world = await make_world(place, clock)
    yield world
    await world.close()


async def versions(world: World, document_id: str) -> list[int]:
    query = select(document_versions.c.position).where(document_versions.c.id == document_id)
    async with world.engine.connect() as connection:
        return sorted((await connection.execute(query)).scalars())


async def positions(world: World) -> list[int]:
    return [entry.position for entry in (await world.journal.poll(0)).entries]


async def test_nothing_young_is_forgotten(world: World, clock: HandClock) -> None:
    await world.configure("second")
    clock.advance(HISTORY)
    assert await world.store.forget(HISTORY) == Forgotten(0, 0, 0)


async def test_beyond_the_horizon_the_state_there_stays_and_what_led_to_it_goes(world: World, clock: HandClock) -> None:
    await world.configure("third")
    await world.configure("fourth")
    clock.advance(HISTORY + 1)
    young = await world.configure("fifth")
    assert await world.store.forget(HISTORY) == Forgotten(versions=2, entries=4, assets=0)
    assert await versions(world, "d1") == [4, young.position]
    assert await versions(world, "d2") == [2]
    assert await positions(world) == [young.position]


async def test_a_document_deleted_beyond_the_horizon_is_forgotten_wholly(world: World, clock: HandClock) -> None:
    await world.commit(deletes=[IN_CLOUD])
    clock.advance(HISTORY + 1)
    await world.configure("young")
    await world.store.forget(HISTORY)
    assert await versions(world, "d2") == []


async def test_the_entry_at_the_head_stays_however_old(world: World, clock: HandClock) -> None:
    """Followers recognise their journal by the entry at their cursor."""
    clock.advance(10 * HISTORY)
    await world.store.forget(HISTORY)
    batch = await world.journal.poll(2)
    assert [entry.id for entry in batch.entries] == [batch.head.entry_id]


async def test_one_commit_under_a_clock_that_had_fallen_back_costs_no_history(world: World, clock: HandClock) -> None:
    clock.step_wall(-2 * HISTORY)
    await world.configure("in the past")
    clock.step_wall(2 * HISTORY)
    await world.configure("now")
    assert await world.store.forget(HISTORY) == Forgotten(0, 0, 0)
    assert await positions(world) == [1, 2, 3, 4]


async def test_i22_a_file_that_a_definition_or_client_names_stays_however_old(world: World, clock: HandClock) -> None:
    clock.advance(100 * ASSET_SECONDS)
    assert (await world.store.forget(HISTORY)).assets == 0
    async with world.store.view() as view:
        assert len(await view.integrities([one.hash for one in ASSETS])) == len(ASSETS)


async def test_i22_a_file_stays_for_30_days_after_its_last_mention_and_then_goes(
    world: World, clock: HandClock
) -> None:
    """A manifest that named it may be cached for half an hour; a page opened then may stay open for long."""
    clock.advance(ASSET_SECONDS)
    await world.commit(NEWER, assets=(NEWER_CODE,))
    clock.advance(ASSET_SECONDS)
    assert (await world.store.forget(HISTORY)).assets == 0
    clock.advance(1)
    assert (await world.store.forget(HISTORY)).assets == 1
    async with world.store.view() as view:
        assert await view.asset(CODE.hash) is None
        assert await view.asset(NEWER_CODE.hash) == NEWER_CODE


async def test_what_was_forgotten_does_not_keep_anybody_from_writing(world: World, clock: HandClock) -> None:
    clock.advance(HISTORY + 1)
    await world.store.forget(HISTORY)
    entry = await world.commit(with_api_key("next"))
    assert entry.position == 3
