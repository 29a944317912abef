"""Which sources a definition matters to."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from edge.store import usage
from edge.store.documents import Codec, is_lost
from edge.store.effects import SourceImage
from edge.store.engine import snapshot
from edge.store.keyring import Keyring, keys_from_file, new_secret_key
from edge.store.schema import documents
from edge.store.usage import users_of
from tests.support.world import CLOUD, DEVICE, FILTER, IN_CLOUD, IN_DEVICE, OTHER_KEY, SOURCE, World, make_world

pytestmark = pytest.mark.anyio

SHOP = replace(SOURCE, id="s2", slug="shop", write_keys=(OTHER_KEY,))
IN_SHOP = replace(IN_CLOUD, id="d3", source_id="s2", source_name=SHOP.name, enabled=False)
DEFINITIONS = {"courier": CLOUD, "tally": DEVICE}
OF_SITE = SourceImage(SOURCE, (IN_CLOUD, IN_DEVICE), DEFINITIONS)
OF_SHOP = SourceImage(SHOP, (IN_SHOP,), DEFINITIONS)


@pytest.fixture
async def world(place: Path) -> AsyncIterator[World]:
    world = await make_world(place)
    await world.commit(SHOP, IN_SHOP)
    yield world
    await world.close()


async def users(world: World, *slugs: str, keys: list[str] | None = None) -> list[SourceImage]:
    codec = Codec(Keyring(keys or keys_from_file(world.directory / "secret.keys", new_secret_key)))
    async with snapshot(world.engine) as connection:
        pages = [page async for page in users_of(connection, codec, slugs)]
    return sorted((image for page in pages for image in page), key=lambda image: image.source.id)


async def test_users_come_with_all_of_their_destinations_and_definitions(world: World) -> None:
    assert await users(world, "tally") == [OF_SITE]
    assert await users(world, "courier") == [OF_SITE, OF_SHOP]
    assert await users(world, "tally", "courier") == [OF_SITE, OF_SHOP]
    assert await users(world, "unknown") == []


async def test_users_come_with_the_filters_of_their_own_destinations(world: World) -> None:
    of_shop = replace(FILTER, id="df_2", source_id="s2", destination_id=IN_SHOP.id, destination_name=IN_SHOP.name)
    await world.commit(FILTER, of_shop)
    assert await users(world, "courier") == [replace(OF_SITE, filters=(FILTER,)), replace(OF_SHOP, filters=(of_shop,))]


async def test_pages_join_without_gap_or_overlap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "PAGE", 1)
    assert await users(world, "courier") == [OF_SITE, OF_SHOP]


async def test_what_does_not_say_what_it_uses_is_looked_into(world: World) -> None:
    """A process of the version before may still be writing."""
    async with world.engine.begin() as connection:
        await connection.execute(update(documents).where(documents.c.id == "d1").values(uses=""))
    assert await users(world, "tally") == [OF_SITE]
    assert await users(world, "unknown") == []


async def test_a_user_whose_settings_cannot_be_opened_is_one_all_the_same(world: World) -> None:
    (image,) = await users(world, "tally", keys=[new_secret_key()])
    assert [is_lost(destination) for destination in image.destinations] == [True, True]
