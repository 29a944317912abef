"""What a key's documents are made of: one statement, one moment, and the same as read step by step."""

import asyncio
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import delete, event, select, update

from edge.model.source import LoaderConfig
from edge.store.documents import Codec
from edge.store.keyring import Keyring, keys_from_file, new_secret_key
from edge.store.material import Material, read_material, read_step_by_step
from edge.store.schema import assets, documents
from tests.support.world import (
    CLIENT_CODE,
    CLOUD,
    CODE,
    DEVICE,
    FILTER,
    IN_CLOUD,
    IN_DEVICE,
    KEY,
    OFFICIAL_CLIENT,
    OTHER_KEY,
    RELEASED_CLIENT,
    SOURCE,
    World,
    open_world,
    with_api_key,
)

pytestmark = pytest.mark.anyio

NEXT = "wk_third_key_0003"


def codec_of(world: World) -> Codec:
    return Codec(Keyring(keys_from_file(world.directory / "secret.keys", new_secret_key)))


async def both_ways(world: World, key: str = KEY) -> Material:
    """The material, after claiming that one statement finds what several find."""
    material = await read_material(world.engine, codec_of(world), key)
    assert material == await read_step_by_step(world.engine, codec_of(world), key)
    return material


async def test_it_is_everything_as_of_the_head(world: World) -> None:
    async with world.store.view() as view:
        as_of = view.as_of
    assert await both_ways(world) == Material(
        as_of=as_of,
        source=SOURCE,
        revision=2,
        destinations=(IN_CLOUD, IN_DEVICE),
        definitions={"tally": DEVICE, "courier": CLOUD},
        client=RELEASED_CLIENT,
        client_revision=1,
        integrities={CODE.hash: CODE.integrity, CLIENT_CODE.hash: CLIENT_CODE.integrity},
    )


async def test_after_every_kind_of_change_one_statement_finds_what_several_find(world: World) -> None:
    shop = replace(SOURCE, id="s2", slug="shop", write_keys=(OTHER_KEY,))
    await world.commit(shop, replace(IN_DEVICE, id="d7", source_id="s2", source_name=shop.name))
    await both_ways(world)
    await world.commit(replace(IN_DEVICE, enabled=False), deletes=[IN_CLOUD])
    await both_ways(world)
    await world.commit(replace(DEVICE, bundle=None))
    assert (await both_ways(world)).integrities == {CLIENT_CODE.hash: CLIENT_CODE.integrity}
    await world.commit(deletes=[DEVICE])
    assert (await both_ways(world)).definitions == {}
    await world.commit(deletes=[RELEASED_CLIENT])
    assert (await both_ways(world)).client is None
    rotated = await world.commit(replace(SOURCE, write_keys=(NEXT,), retired_keys=(KEY,)))
    assert (await both_ways(world, NEXT)).revision == rotated.position
    assert (await both_ways(world, OTHER_KEY)).source == shop
    for key in (KEY, "wk_never_heard_of"):
        found = await both_ways(world, key)
        assert found == Material(found.as_of)


async def test_filters_are_those_of_the_source_s_own_destinations(world: World) -> None:
    orphan = replace(FILTER, id="df_3", destination_id="gone", destination_name=f"{SOURCE.name}/destinations/gone")
    of_courier = replace(FILTER, id="df_2", destination_id=IN_CLOUD.id, destination_name=IN_CLOUD.name)
    await world.commit(FILTER, of_courier, orphan)
    assert (await both_ways(world)).filters == (of_courier, FILTER)
    await world.commit(deletes=[FILTER])
    assert (await both_ways(world)).filters == (of_courier,)


async def test_documents_of_a_release_that_knew_neither_consent_nor_plans_are_read(world: World) -> None:
    expected = await both_ways(world)
    async with world.engine.begin() as connection:
        for kind, field in (("source", "tracking_plan"), ("destination", "consent_categories")):
            for row in (await connection.execute(select(documents).where(documents.c.kind == kind))).all():
                body = {name: value for name, value in orjson.loads(row.body).items() if name != field}
                mine = (documents.c.kind == kind) & (documents.c.id == row.id)
                await connection.execute(update(documents).where(mine).values(body=orjson.dumps(body)))
    assert await both_ways(world) == expected


async def test_a_source_with_the_official_client_has_that_version_s_and_no_other(world: World) -> None:
    official = replace(SOURCE, loader=LoaderConfig("analytics-next", "1.84.3"))
    await world.commit(official)
    found = await both_ways(world)
    assert (found.source, found.client, found.client_revision) == (official, OFFICIAL_CLIENT, 1)
    await world.commit(replace(official, loader=LoaderConfig("analytics-next", "1.0.0")))
    assert (await both_ways(world)).client is None


async def test_a_file_that_is_not_there_has_no_integrity(world: World) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(delete(assets).where(assets.c.hash == CODE.hash))
    assert set((await both_ways(world)).integrities) == {CLIENT_CODE.hash}


@pytest.mark.parametrize("document", ["d1", "tally", "edgewise"])
async def test_rows_that_do_not_say_what_they_use_are_found_all_the_same(world: World, document: str) -> None:
    """A process of the version before, still running during an upgrade, writes them."""
    expected = await both_ways(world)
    async with world.engine.begin() as connection:
        await connection.execute(update(documents).where(documents.c.id == document).values(uses=""))
    assert await both_ways(world) == expected


async def test_it_takes_one_statement(world: World) -> None:
    stated: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        stated.append(statement)

    event.listen(world.engine.sync_engine, "before_cursor_execute", note)
    await world.store.material(KEY)
    assert len(stated) == 1


async def test_beside_a_writer_every_part_is_of_the_same_moment(world: World, place: Path) -> None:
    """Each commit writes its number into two documents of one source: no read may see one without the other."""
    other = open_world(place)

    async def write() -> None:
        for number in range(40):
            await other.commit(
                replace(SOURCE, display_name=str(number)), with_api_key(str(number)), replace(DEVICE, name=str(number))
            )

    writing = asyncio.create_task(write())
    seen = set()
    while not writing.done():
        found = await world.store.material(KEY)
        assert found.source is not None
        if found.as_of.position > 2:
            number = found.source.display_name
            assert found.destinations[1].settings["apiKey"] == found.definitions["tally"].name == number
            assert found.as_of.position == int(number) + 3
            seen.add(number)
    await writing
    assert len(seen) > 3
    await other.close()
