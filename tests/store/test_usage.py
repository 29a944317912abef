"""Which sources a definition matters to."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge.store.documents import Codec
from edge.store.effects import SourceImage
from edge.store.engine import snapshot
from edge.store.keyring import Keyring, SecretUnreadableError, keys_from_file, new_secret_key
from edge.store.usage import users_of
from tests.support.world import CLOUD, DEVICE, IN_CLOUD, IN_DEVICE, OTHER_KEY, SOURCE, World, make_world

pytestmark = pytest.mark.anyio

SHOP = replace(SOURCE, id="s2", slug="shop", write_keys=(OTHER_KEY,))
IN_SHOP = replace(IN_CLOUD, id="d3", source_id="s2", source_name=SHOP.name, enabled=False)


def keys_of(world: World) -> list[str]:
    return keys_from_file(world.directory / "secret.keys", new_secret_key)


async def users(world: World, *slugs: str, keys: list[str] | None = None) -> list[SourceImage]:
    async with snapshot(world.engine) as connection:
        return await users_of(connection, Codec(Keyring(keys or keys_of(world))), slugs)


async def test_users_come_with_all_of_their_destinations_and_definitions(tmp_path: Path) -> None:
    world = await make_world(tmp_path)
    await world.commit(SHOP, IN_SHOP)
    definitions = {"courier": CLOUD, "tally": DEVICE}
    site = SourceImage(SOURCE, (IN_CLOUD, IN_DEVICE), definitions)
    shop = SourceImage(SHOP, (IN_SHOP,), definitions)
    assert await users(world, "tally") == [site]
    assert await users(world, "courier") == [shop, site]
    assert await users(world, "tally", "courier") == [shop, site]
    assert await users(world, "unknown") == []
    await world.close()


async def test_settings_of_sources_that_do_not_use_it_are_never_opened(tmp_path: Path) -> None:
    world = await make_world(tmp_path)
    await world.commit(SHOP, IN_SHOP)
    stranger = [new_secret_key()]
    assert await users(world, "unknown", keys=stranger) == []
    with pytest.raises(SecretUnreadableError):
        await users(world, "tally", keys=stranger)
    await world.close()
