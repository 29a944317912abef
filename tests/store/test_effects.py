"""The table of ``edge/store/effects.py``, row by row: tags, affected keys, revisions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from edge.model.client import Client
from edge.model.definition import Bundle, Definition, Setting
from edge.model.destination import Destination
from edge.model.plan import PlannedEvent
from edge.model.source import LibraryConfig, Source
from edge.store.documents import Document
from tests.support.world import (
    CLIENT_CODE,
    CLOUD,
    DEVICE,
    FILTER,
    IN_CLOUD,
    IN_DEVICE,
    KEY,
    OTHER_KEY,
    RELEASED_CLIENT,
    SOURCE,
    WORKSPACE,
    World,
    asset,
    make_world,
    with_api_key,
)

pytestmark = pytest.mark.anyio

SHOP = replace(SOURCE, id="s2", slug="shop", write_keys=(OTHER_KEY,))
MORE_CODE = asset("window.tallyPlugin = () => ({version: 2});")
KEYLESS = replace(SHOP, write_keys=())
TWO_KEYS = replace(SOURCE, write_keys=(KEY, "wk_third_key_0003"))
DRAFT = replace(IN_DEVICE, id="d3", slug="tally-draft", enabled=False)
EARLY = replace(IN_DEVICE, id="d4", slug="later", definition="later")
"""A destination whose definition is not there yet: published by nobody."""
LATER = replace(CLOUD, slug="later", creation_name="Later", modes={"web": ("device",)}, bundle=DEVICE.bundle)
FILTERED = replace(FILTER, condition="all")
OF_COURIER = replace(FILTER, id="df_2", destination_id=IN_CLOUD.id, destination_name=IN_CLOUD.name)
PLANNED = replace(SOURCE, tracking_plan={"Order": PlannedEvent(False)})
MOVED = replace(IN_DEVICE, source_id="s2", source_name=SHOP.name)


@dataclass(frozen=True)
class Row:
    """``given`` is committed first; then ``puts`` and ``deletes`` make one entry with ``tags``."""

    what: str
    tags: set[str]
    puts: tuple[Document, ...] = ()
    deletes: tuple[Document, ...] = ()
    given: tuple[Document, ...] = ()
    revised: set[str] = field(default_factory=set)
    """Sources whose revision becomes the entry's position."""


def redefined(definition: Definition, name: str, **changes: Any) -> Definition:
    """``definition`` with one of its settings changed."""
    settings = tuple(replace(one, **changes) if one.name == name else one for one in definition.settings)
    return replace(definition, settings=settings)


TABLE = [
    # What a source publishes differs before and after.
    Row("a public setting", {"source:s1"}, (with_api_key("second"),), revised={"s1"}),
    Row("a destination disabled", {"source:s1"}, (replace(IN_DEVICE, enabled=False),), revised={"s1"}),
    Row("a destination enabled", {"source:s1"}, (replace(DRAFT, enabled=True),), given=(DRAFT,), revised={"s1"}),
    Row("another mode", {"source:s1"}, (replace(IN_DEVICE, mode="cloud"),), revised={"s1"}),
    Row("a filter", {"source:s1"}, (FILTER,), revised={"s1"}),
    Row("another condition", {"source:s1"}, (FILTERED,), given=(FILTER,), revised={"s1"}),
    Row("a deleted filter", {"source:s1"}, deletes=(FILTER,), given=(FILTER,), revised={"s1"}),
    Row("consent categories", {"source:s1"}, (replace(IN_DEVICE, consent_categories=("ads",)),), revised={"s1"}),
    Row("a tracking plan", {"source:s1"}, (PLANNED,), revised={"s1"}),
    Row("a filter's title", set(), (replace(FILTER, title="Other"),), given=(FILTER,)),
    Row("a disabled filter", set(), (replace(FILTER, enabled=False),)),
    Row("a filter of cloud mode", set(), (OF_COURIER,)),
    Row(
        "a definition with a filter's destination",
        {"definition:tally"},
        (replace(DEVICE, creation_name="Tally 2"),),
        given=(FILTER,),
        revised={"s1"},
    ),
    Row("a deleted destination", {"source:s1"}, deletes=(IN_DEVICE,), revised={"s1"}),
    Row("a new destination", {"source:s2"}, (replace(MOVED, id="d5"),), given=(SHOP,), revised={"s2"}),
    Row("a moved destination", {"source:s1", "source:s2"}, (MOVED,), given=(SHOP,), revised={"s1", "s2"}),
    Row(
        "a source's API host",
        {"source:s1"},
        (replace(SOURCE, library=LibraryConfig(api_host="t.shop.example/v1")),),
        revised={"s1"},
    ),
    # A write key begins or ceases to be live.
    Row("a new source", {f"key:{OTHER_KEY}"}, (SHOP,), revised={"s2"}),
    Row("a key added", {"key:wk_third_key_0003"}, (TWO_KEYS,)),
    Row("a key retired", {f"key:{KEY}"}, (replace(TWO_KEYS, write_keys=TWO_KEYS.write_keys[1:]),), given=(TWO_KEYS,)),
    Row(
        "a key exchanged",
        {f"key:{KEY}", f"key:{OTHER_KEY}"},
        (replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)),),
    ),
    Row("a deleted source", {"source:s1", f"key:{KEY}"}, deletes=(SOURCE, IN_DEVICE, IN_CLOUD)),
    Row("a source without live keys", set(), deletes=(KEYLESS,), given=(KEYLESS,)),
    Row("a destination of a source without live keys", set(), (replace(MOVED, id="d6"),), given=(KEYLESS,)),
    # A definition, and with it what a source publishes.
    Row(
        "another bundle",
        {"definition:tally"},
        (replace(DEVICE, bundle=Bundle(MORE_CODE.hash, "x", MORE_CODE.integrity)),),
        revised={"s1"},
    ),
    Row("another creation name", {"definition:courier"}, (replace(CLOUD, creation_name="Post"),), revised={"s1"}),
    Row(
        "a setting no longer exposed",
        {"definition:tally"},
        (redefined(DEVICE, "apiKey", expose=False),),
        revised={"s1"},
    ),
    Row(
        "a new exposed default",
        {"definition:tally"},
        (
            replace(
                DEVICE, settings=(*DEVICE.settings, Setting("region", "Region", "string", default="eu", expose=True))
            ),
        ),
        revised={"s1"},
    ),
    Row("device mode gone", {"definition:tally"}, (replace(DEVICE, modes={"web": ("cloud",)}),), revised={"s1"}),
    # The same, where the definition published nothing.
    Row("a definition that was missing", {"definition:later", "source:s1"}, (LATER,), given=(EARLY,), revised={"s1"}),
    # The client's code differs.
    Row("another client", {"loader"}, (Client("edgewise", "999.0.1", MORE_CODE.hash, "999.0.1"),)),
    Row("no client any more", {"loader"}, deletes=(RELEASED_CLIENT,)),
    # Anything else: audited, purging nothing.
    Row("a workspace's name", set(), (replace(WORKSPACE, display_name="New"),)),
    Row("a source's name", set(), (replace(SOURCE, display_name="New"),)),
    Row("a destination's name", set(), (replace(IN_DEVICE, display_name="New"),)),
    Row("a secret", set(), (replace(IN_DEVICE, settings={**IN_DEVICE.settings, "secretKey": "another"}),)),
    Row("a setting that no definition knows", set(), (replace(IN_DEVICE, settings={**IN_DEVICE.settings, "x": 1}),)),
    Row("a cloud-mode setting", set(), (replace(IN_CLOUD, settings={"hook": "https://courier.example/1"}),)),
    Row(
        "the order of keys inside a setting",
        set(),
        (replace(IN_DEVICE, settings={"apiKey": {"b": 1, "a": 2}, "x": 1}),),
        given=(replace(IN_DEVICE, settings={"apiKey": {"a": 2, "b": 1}}),),
    ),
    Row("a disabled destination", set(), (DRAFT,)),
    Row("a disabled destination's setting", set(), (replace(DRAFT, settings={"apiKey": "x"}),), given=(DRAFT,)),
    Row("a disabled destination deleted", set(), deletes=(DRAFT,), given=(DRAFT,)),
    Row("a destination without definition", set(), (EARLY,)),
    Row(
        "a library option that no client reads",
        set(),
        (replace(SOURCE, library=LibraryConfig(cross_domain_id_enabled=True)),),
    ),
    Row("a hidden setting of a definition", set(), (redefined(DEVICE, "secretKey", help="Ask your admin."),)),
    Row("a definition's texts", set(), (replace(DEVICE, description="New", website="https://new.example"),)),
    Row("a default that every destination overrides", set(), (redefined(DEVICE, "apiKey", default="x"),)),
    Row(
        "a bundle that only cloud mode could have used",
        set(),
        (replace(CLOUD, bundle=Bundle(MORE_CODE.hash, "x", MORE_CODE.integrity)),),
    ),
    Row("a definition that nobody uses", set(), (LATER,)),
    Row("a client's version with the same code", set(), (replace(RELEASED_CLIENT, version="999.0.1"),)),
]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await make_world(tmp_path)
    yield world
    await world.close()


async def source_revisions(world: World) -> dict[str, int]:
    async with world.store.view() as view:
        found = {source_id: await view.stored("source", source_id) for source_id in ("s1", "s2")}
        return {source_id: stored.revision for source_id, stored in found.items() if stored is not None}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.what.replace(" ", "-"))
async def test_a_change_purges_and_revises_what_it_shows_and_nothing_else(world: World, row: Row) -> None:
    if row.given:
        await world.commit(*row.given)
    before = await source_revisions(world)
    entry = await world.commit(*row.puts, deletes=row.deletes, assets=(MORE_CODE, CLIENT_CODE))
    assert set(entry.tags) == row.tags
    after = await source_revisions(world)
    assert {source for source, revision in after.items() if revision == entry.position} == row.revised
    assert all(revision == before[source] for source, revision in after.items() if source not in row.revised)


async def test_a_purge_has_the_tags_that_were_asked_for_and_revises_nothing(world: World) -> None:
    before = await source_revisions(world)
    entry = await world.purge("workspace:acme", "key:not_a_known_key")
    assert entry.tags == ("key:not_a_known_key", "workspace:acme")
    assert await source_revisions(world) == before


@pytest.mark.parametrize(
    ("puts", "keys"),
    [
        ((with_api_key("second"),), {KEY}),
        ((replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)),), {KEY, OTHER_KEY}),
        ((SHOP, MOVED), {KEY, OTHER_KEY}),
        ((replace(SOURCE, display_name="New"),), {KEY}),
    ],
)
async def test_an_entry_names_every_key_of_the_sources_that_it_touches_retired_ones_too(
    world: World, puts: tuple[Destination | Source, ...], keys: set[str]
) -> None:
    assert set((await world.commit(*puts)).keys) == keys
    later = await world.commit(
        with_api_key("third"), replace(SOURCE, write_keys=("wk_third_key_0003",), retired_keys=(KEY,))
    )
    assert KEY in later.keys


async def test_each_key_has_a_revision_of_its_own(world: World) -> None:
    """Adding or retiring one key alters no byte of another."""
    added = await world.commit(TWO_KEYS)
    async with world.store.view() as view:
        first, third = await view.source_of_key(KEY), await view.source_of_key("wk_third_key_0003")
        assert first is not None
        assert third is not None
        assert (first.revision, third.revision) == (2, added.position)
    changed = await world.configure("second")
    async with world.store.view() as view:
        for key in TWO_KEYS.write_keys:
            stored = await view.source_of_key(key)
            assert stored is not None
            assert stored.revision == changed.position


async def test_one_commit_with_a_source_and_its_definition_purges_the_source(world: World) -> None:
    entry = await world.commit(replace(DEVICE, name="Tally 2"), replace(SOURCE, display_name="New"))
    assert "source:s1" in entry.tags
    assert (await source_revisions(world))["s1"] == entry.position
