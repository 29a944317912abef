from dataclasses import replace

import pytest

from edge.catalog.bundles import Release
from edge.manage.release import import_release, newer
from edge.model.client import Client, official_slug
from edge.model.definition import Definition
from tests.manage.stage import Stage
from tests.support.world import CHUNK_CODE, CHUNK_NAME, CLIENT_CODE, CLOUD, CODE, DEVICE, RELEASED_CLIENT, asset

pytestmark = pytest.mark.anyio


def release(version: str, *definitions: Definition) -> Release:
    return Release(
        version=version,
        client=replace(RELEASED_CLIENT, version=version, release=version),
        definitions={one.slug: replace(one, release=version) for one in definitions},
        assets=(CODE, CLIENT_CODE),
        snippets=("", ""),
    )


@pytest.mark.parametrize(
    ("release", "other"),
    [("1.0.1", "1.0.0"), ("1.10.0", "1.9.9"), ("2.0.0", "1.99.99"), ("1.0.0", "1.0.0-rc1"), ("1.0.0", "")],
)
def test_releases_are_compared_as_numbers(release: str, other: str) -> None:
    assert newer(release, other)
    assert not newer(other, release)
    assert not newer(release, release)


async def test_what_differs_is_imported_in_one_entry(stage: Stage) -> None:
    changed = replace(DEVICE, creation_name="Tally 2")
    entry = await import_release(stage.world.store, release("1000.0.0", changed, CLOUD))
    assert entry is not None
    assert entry.position == await stage.head()
    assert entry.actor == "release:1000.0.0"
    assert entry.tags == ("definition:tally",)


async def test_importing_twice_writes_once(stage: Stage) -> None:
    shipped = release("1000.0.0", DEVICE, CLOUD)
    await import_release(stage.world.store, shipped)
    assert await import_release(stage.world.store, shipped) is None


async def test_an_older_release_replaces_nothing_of_a_newer_one(stage: Stage) -> None:
    older = release("1.0.0", replace(DEVICE, name="Old Tally"))
    assert await import_release(stage.world.store, older) is None
    async with stage.world.store.view() as view:
        assert await view.definition("tally") == DEVICE
        assert await view.client_document(RELEASED_CLIENT.slug) == RELEASED_CLIENT


async def test_a_version_of_the_official_client_stays_when_a_release_ships_another(stage: Stage) -> None:
    """Sources are pinned to it, and loaders that name its chunks are in caches."""
    newer_code = asset("a newer __WRITE_KEY__")
    another = Client(official_slug("2.0.0"), "2.0.0", newer_code.hash, "1000.0.0")
    shipped = replace(release("1000.0.0", DEVICE, CLOUD), official=(another,), assets=(CODE, CLIENT_CODE, newer_code))
    assert await import_release(stage.world.store, shipped) is not None
    async with stage.world.store.view() as view:
        assert await view.official_versions() == ["2.0.0", "1.84.3"]
    assert await stage.world.store.asset(CHUNK_NAME) == CHUNK_CODE
    assert await import_release(stage.world.store, shipped) is None


async def test_another_part_of_a_client_is_purged_like_its_code(stage: Stage) -> None:
    part = asset("__PARTS__.rules = 1")
    shipped = release("1000.0.0", DEVICE, CLOUD)
    client = replace(shipped.client, files={"part/rules": part.hash})
    entry = await import_release(stage.world.store, replace(shipped, client=client, assets=(CODE, CLIENT_CODE, part)))
    assert entry is not None
    assert entry.tags == ("loader",)


async def test_a_new_clients_code_is_purged_by_its_own_tag(stage: Stage) -> None:
    code = asset("window.edgewise = 'another';")
    shipped = release("1000.0.0", DEVICE, CLOUD)
    shipped = replace(shipped, client=replace(shipped.client, hash=code.hash), assets=(CODE, code))
    entry = await import_release(stage.world.store, shipped)
    assert entry is not None
    assert entry.tags == ("loader",)
