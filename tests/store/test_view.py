from dataclasses import replace

import pytest

from tests.support.world import IN_DEVICE, SOURCE, WORKSPACE, World, with_api_key

pytestmark = pytest.mark.anyio


async def test_a_version_is_what_was_stored_at_that_position(world: World) -> None:
    second = (await world.configure("second")).position
    gone = (await world.commit(deletes=(with_api_key("second"),))).position
    async with world.store.view() as view:
        found = [await view.past(at).document("destination", IN_DEVICE.id) for at in (1, 2, second, gone)]
        assert await view.past(gone).document("destination", "nothing") is None
    assert [None if one is None else one.settings["apiKey"] for one in found] == [None, "first-api-key", "second", None]


async def test_the_destinations_of_a_definition_are_those_of_one_workspace(world: World) -> None:
    """``a_me`` must not be taken for a pattern that ``acme`` fits, nor ``acme`` for the beginning of another."""
    for number, slug in enumerate(("a_me", "acme-two")):
        source = replace(SOURCE, id=f"s-{slug}", workspace=slug, write_keys=(f"wk_of_another_{number}",))
        there = replace(IN_DEVICE, id=f"d-{slug}", source_id=source.id, source_name=source.name)
        await world.commit(replace(WORKSPACE, id=f"w-{slug}", slug=slug), source, there)
    async with world.store.view() as view:
        found = {slug: await view.using("tally", slug) for slug in ("acme", "a_me", "acme-two", "a%")}
        assert await view.using("nothing", "acme") == []
    assert {slug: [one.id for one in those] for slug, those in found.items()} == {
        "acme": ["d1"],
        "a_me": ["d-a_me"],
        "acme-two": ["d-acme-two"],
        "a%": [],
    }
