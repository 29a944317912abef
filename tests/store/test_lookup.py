"""Claims about one snapshot of documents: what it has told it tells again, and a commit looks anew at what it wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from edge.store.store import Draft
from edge.store.view import View
from tests.support.world import (
    ACTOR,
    DEVICE,
    IN_CLOUD,
    IN_DEVICE,
    SOURCE,
    World,
    with_api_key,
)

pytestmark = pytest.mark.anyio


@contextmanager
def questions(world: World) -> Iterator[list[str]]:
    """Those that documents are read with, as they come."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT documents."):
            asked.append(statement)

    event.listen(world.engine.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(world.engine.sync_engine, "before_cursor_execute", note)


async def test_a_document_is_asked_for_once_however_it_was_found(world: World) -> None:
    async with world.store.view() as view:
        assert await view.named("source", SOURCE.name) is not None
        assert {one.id for one in await view.destinations(SOURCE.id)} == {IN_DEVICE.id, IN_CLOUD.id}
        with questions(world) as asked:
            by_id = await view.stored("source", SOURCE.id)
            several = await view.several("destination", [IN_DEVICE.id, IN_CLOUD.id])
            again = await view.destinations(SOURCE.id)
    assert asked == []
    assert (by_id and by_id.document, set(several), [one.id for one in again]) == (
        SOURCE,
        {IN_DEVICE.id, IN_CLOUD.id},
        sorted((IN_DEVICE.id, IN_CLOUD.id), key=lambda one: several[one].document.name),
    )


async def test_what_a_caller_does_to_a_listing_is_not_told_to_the_next(world: World) -> None:
    async with world.store.view() as view:
        (await view.destinations(SOURCE.id)).clear()
        assert len(await view.destinations(SOURCE.id)) == 2


async def test_a_page_is_asked_for_each_time_and_not_remembered(world: World) -> None:
    """Somebody who goes through everything page by page is not to have all of it in memory."""
    async with world.store.view() as view:
        await view.listed("destination", SOURCE.id)
        with questions(world) as asked:
            await view.listed("destination", SOURCE.id)
            await view.stored("destination", IN_DEVICE.id)
    assert len(asked) == 2


async def test_what_a_plan_has_read_the_commit_does_not_ask_for_again(world: World) -> None:
    async def plan(view: View) -> Draft:
        assert await view.destinations(SOURCE.id)
        assert await view.stored("source", SOURCE.id)
        asked.clear()
        return Draft(puts=(with_api_key("second"),))

    with questions(world) as asked:
        assert await world.store.commit(plan, actor=ACTOR) is not None
    before = asked[: -len(AFTER)]
    assert len(before) == 2, "definitions and filters alone: the plan had not asked for them"
    assert len(asked) == 2 + len(AFTER)


AFTER = ("its definition, for the difference", "the source", "its destinations", "their definitions", "their filters")


async def test_what_was_written_is_looked_at_anew(world: World) -> None:
    """A definition that stops exposing a setting, and a destination of it with another one, in one commit."""
    hidden = replace(DEVICE, settings=tuple(replace(one, expose=False) for one in DEVICE.settings))

    async def plan(view: View) -> Draft:
        assert await view.definition(DEVICE.slug) == DEVICE
        assert await view.destinations(SOURCE.id)
        return Draft(puts=(hidden, with_api_key("second")))

    entry = await world.store.commit(plan, actor=ACTOR)
    assert entry is not None
    assert f"source:{SOURCE.id}" in entry.tags
    async with world.store.view() as view:
        assert await view.definition(DEVICE.slug) == hidden
