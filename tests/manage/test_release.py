from dataclasses import replace

import pytest

from edge.catalog.bundles import Release
from edge.manage.release import import_release, newer
from edge.model.definition import Definition
from tests.manage.stage import Stage
from tests.support.world import CLIENT_CODE, CLOUD, CODE, DEVICE, RELEASED_CLIENT, asset

pytestmark = pytest.mark.anyio


def release(version: str, *definitions: Definition) -> Release:
    return Release(
        version=version,
        client=replace(RELEASED_CLIENT, version=version, release=version),
        definitions={one.slug: replace(one, release=version) for one in definitions},
        assets=(CODE, CLIENT_CODE),
        snippet=None,
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


async def test_a_new_clients_code_is_purged_by_its_own_tag(stage: Stage) -> None:
    code = asset("window.edgewise = 'another';")
    shipped = release("1000.0.0", DEVICE, CLOUD)
    shipped = replace(shipped, client=replace(shipped.client, hash=code.hash), assets=(CODE, code))
    entry = await import_release(stage.world.store, shipped)
    assert entry is not None
    assert entry.tags == ("loader",)
