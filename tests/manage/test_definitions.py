"""Claims about definitions of an instance's own."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge.catalog.bundles import Release
from edge.catalog.package import Package
from edge.catalog.skeleton import NewDestination, package_files
from edge.manage import definitions, destinations
from edge.manage.destinations import DestinationPatch
from edge.manage.problem import ProblemError
from edge.manage.release import import_release
from tests.manage.stage import ACME, INSTANCE, Stage, without
from tests.support.world import CODE, DEVICE, RELEASED_CLIENT

pytestmark = pytest.mark.anyio

FILES = package_files(NewDestination("mail-tool", "Mail Tool", "https://cdn.mail-tool.example/tool.js"))
PACKAGE = Package("mail-tool", FILES[Path("mail-tool.toml")], "mailToolDestination", FILES[Path("mail-tool.js")])


async def test_an_added_definition_can_be_connected_and_enabled_with_its_own_code(stage: Stage) -> None:
    done = await definitions.add(stage.manage, INSTANCE, PACKAGE)
    source = await stage.source("shop", "javascript")
    patch = DestinationPatch(enabled=True, settings={"account": "a1"})
    made = await destinations.create(
        stage.manage, ACME, "acme", source.slug, "mail-tool", definition_slug=None, patch=patch
    )
    assert made.document.destination.enabled
    assert done.document.bundle is not None
    assert stage.public.asked[-1].endswith(f"/mail-tool/{done.document.bundle.hash}.js")


async def test_adding_the_same_again_changes_nothing_and_other_code_purges_its_users(stage: Stage) -> None:
    first = await definitions.add(stage.manage, INSTANCE, PACKAGE)
    assert not (await definitions.add(stage.manage, INSTANCE, PACKAGE)).changed
    source = await stage.source("shop", "javascript")
    patch = DestinationPatch(enabled=True, settings={"account": "a1"})
    await destinations.create(stage.manage, ACME, "acme", source.slug, "mail-tool", definition_slug=None, patch=patch)
    other = Package(PACKAGE.slug, PACKAGE.text, PACKAGE.library_name, PACKAGE.code + "\n")
    again = await definitions.add(stage.manage, INSTANCE, other)
    assert again.position > first.position
    assert "definition:mail-tool" in (await stage.entry(again.position)).tags


async def test_no_release_takes_an_added_definition_away(stage: Stage) -> None:
    await definitions.add(stage.manage, INSTANCE, PACKAGE)
    shipped = Release(
        "1000.0.0", RELEASED_CLIENT, {DEVICE.slug: replace(DEVICE, release="1000.0.0")}, (CODE,), ("", "")
    )
    await import_release(stage.world.store, shipped)
    async with stage.manage.store.view() as view:
        assert await view.definition("mail-tool") is not None


async def test_what_the_release_ships_is_neither_replaced_nor_removed(stage: Stage) -> None:
    shipped = DEVICE.slug
    before = await stage.head()
    text = PACKAGE.text.replace('slug = "mail-tool"', f'slug = "{shipped}"')
    with pytest.raises(ProblemError, match="part of this release: choose another slug") as refused:
        await definitions.add(stage.manage, INSTANCE, Package(shipped, text, PACKAGE.library_name, PACKAGE.code))
    assert refused.value.kind == "conflict"
    with pytest.raises(ProblemError, match="cannot be removed"):
        await definitions.remove(stage.manage, INSTANCE, shipped)
    assert await stage.head() == before


async def test_a_creation_name_is_one_definitions(stage: Stage) -> None:
    taken = DEVICE.creation_name
    text = PACKAGE.text.replace('creation_name = "Mail Tool"', f'creation_name = "{taken}"')
    with pytest.raises(ProblemError, match=r"creation_name.*each definition has its own"):
        await definitions.add(stage.manage, INSTANCE, Package("mail-tool", text, PACKAGE.library_name, PACKAGE.code))


async def test_a_definition_in_use_stays(stage: Stage) -> None:
    await definitions.add(stage.manage, INSTANCE, PACKAGE)
    source = await stage.source("shop", "javascript")
    await destinations.create(
        stage.manage, ACME, "acme", source.slug, "mail-tool", definition_slug=None, patch=DestinationPatch()
    )
    with pytest.raises(ProblemError, match="is used by workspaces/acme/sources/shop/destinations/mail-tool"):
        await definitions.remove(stage.manage, INSTANCE, "mail-tool")
    await destinations.delete(stage.manage, ACME, "acme", source.slug, "mail-tool")
    assert (await definitions.remove(stage.manage, INSTANCE, "mail-tool")).changed
    with pytest.raises(ProblemError, match="was not found"):
        await definitions.remove(stage.manage, INSTANCE, "mail-tool")


async def test_only_an_instance_token_that_may_write_changes_the_catalog(stage: Stage) -> None:
    before = await stage.head()
    for principal, said in ((ACME, "instance token"), (without(INSTANCE, "workspace:write"), "workspace:write")):
        for refused in (
            definitions.add(stage.manage, principal, PACKAGE),
            definitions.remove(stage.manage, principal, "x"),
        ):
            with pytest.raises(ProblemError, match=said) as error:
                await refused
            assert error.value.kind == "forbidden"
    assert await stage.head() == before


async def test_what_is_wrong_with_a_package_is_said_by_file(stage: Stage) -> None:
    with pytest.raises(ProblemError, match=r"mail-tool\.toml: name is missing") as refused:
        await definitions.add(stage.manage, INSTANCE, Package("mail-tool", 'slug = "mail-tool"', "a", "1"))
    assert refused.value.kind == "invalid"
