"""Which documents a round looks at."""

from dataclasses import replace

import pytest

from edge.model.change import Entry
from edge.observe.sample import CHANGED, MOST, ROTATING, Rotation, chosen
from edge.publish.publication import COMMON, Wanted
from tests.support.world import KEY, OTHER_KEY, SOURCE, World

pytestmark = pytest.mark.anyio

ENTRY = Entry(1, "a", "b", "change", ("source:s1",), (), (), "", "", 0.0, {})


def keys(wanted: list[Wanted]) -> list[str]:
    return list(dict.fromkeys(one.write_key for one in wanted))


def changes(*groups: tuple[str, ...]) -> list[Entry]:
    return [replace(ENTRY, position=number, keys=group) for number, group in enumerate(groups)]


def test_every_key_is_looked_at_in_all_three_documents() -> None:
    assert {(one.kind, one.write_key) for one in chosen([], [], ["k1"])} == {(kind, "k1") for kind in COMMON}


def test_what_differed_comes_first_then_the_newest_changes_then_whose_turn_it_is() -> None:
    found = chosen([Wanted("loader", "differs")], changes(("old",), ("new", "newer")), ["turn"])
    assert keys(found) == ["differs", "new", "newer", "old", "turn"]


def test_a_key_is_looked_at_once_for_whatever_reasons() -> None:
    found = chosen([Wanted("loader", "k"), Wanted("settings", "k")], changes(("k",), ("k",)), ["k"])
    assert len(found) == len(COMMON)


def test_a_round_is_bounded() -> None:
    many = [f"k{number}" for number in range(100)]
    assert keys(chosen([], changes(tuple(many)), ["turn"])) == [*many[:CHANGED], "turn"]
    assert len(keys(chosen([Wanted("loader", key) for key in many], [], ["turn"]))) == MOST


async def test_the_rotation_comes_to_every_source_and_to_each_of_its_keys(world: World) -> None:
    sources = [
        replace(SOURCE, id=f"r{number}", slug=f"r{number}", write_keys=(f"rotating_key_{number}",))
        for number in range(2 * ROTATING)
    ]
    await world.commit(replace(SOURCE, write_keys=(KEY, OTHER_KEY)), *sources)
    rotation, seen = Rotation(world.store), []
    for _ in range(2 * (len(sources) + 1)):
        turn = await rotation.next()
        assert len(turn) <= ROTATING
        seen += turn
    assert set(seen) == {KEY, OTHER_KEY, *(source.write_keys[0] for source in sources)}


async def test_the_rotation_of_an_empty_store_is_nobodys_turn(world: World) -> None:
    await world.commit(deletes=[SOURCE])
    assert await Rotation(world.store).next() == []
