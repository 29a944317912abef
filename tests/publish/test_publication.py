"""Reading one public document from a real store: found, missing, unavailable, and what each is tagged with."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import delete, text, update

from edge.model.definition import Bundle
from edge.model.outcome import Found, Missing, Unavailable
from edge.model.source import LoaderConfig
from edge.publish.bundle import inlined_settings
from edge.publish.images import PublishedImages
from edge.publish.publication import KINDS, SCRIPTS, Kind, Publication, Publisher, Wanted
from edge.publish.wire import Origin
from edge.store.documents import Codec
from edge.store.engine import open_engine
from edge.store.keyring import Keyring, new_secret_key
from edge.store.schema import assets, documents
from edge.store.store import Store
from loadtest.documents import inlined
from tests.support.clock import HandClock
from tests.support.ids import random_id
from tests.support.polling import until
from tests.support.world import (
    CLIENT_CODE,
    CODE,
    DEVICE,
    IN_DEVICE,
    KEY,
    OFFICIAL_CODE,
    OTHER_KEY,
    PREFIX_CODE,
    SOURCE,
    World,
    asset,
    make_world,
)

pytestmark = pytest.mark.anyio

ORIGIN = Origin("https://edge.example")
SETTINGS = Wanted("settings", KEY)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await make_world(tmp_path)
    yield world
    await world.close()


@pytest.fixture
def publisher(world: World) -> Publisher:
    return Publisher(world.store, ORIGIN, 5.0)


async def found(publisher: Publisher, kind: Kind = "settings", key: str = KEY) -> Found[Publication]:
    outcome = await publisher.read(Wanted(kind, key))
    assert isinstance(outcome, Found), outcome
    return outcome


@pytest.mark.parametrize("kind", KINDS)
async def test_a_document_is_found_as_of_the_head_with_the_tags_that_may_change_it(
    publisher: Publisher, world: World, kind: Kind
) -> None:
    outcome = await found(publisher, kind)
    expected = {"source:s1", f"key:{KEY}", "workspace:acme", "definition:tally", "definition:courier", "all"}
    assert outcome.tags == expected | ({"loader"} if kind in SCRIPTS else set())
    async with world.store.view() as view:
        assert outcome.as_of == view.as_of
    assert outcome.value.kind == kind
    assert outcome.value.size() == sum(len(variant.body) for variant in outcome.value.variants.values())


async def test_documents_that_are_read_together_are_what_each_is_by_itself_and_of_one_moment(
    publisher: Publisher,
) -> None:
    together = await publisher.read_together(KEY)
    assert together == {kind: await found(publisher, kind) for kind in KINDS}
    assert set(await publisher.read_together(OTHER_KEY, ("settings", "loader"))) == {"settings", "loader"}


async def test_the_tags_name_definitions_of_destinations_that_are_not_published_too(
    publisher: Publisher, world: World
) -> None:
    await world.commit(replace(IN_DEVICE, enabled=False))
    assert "definition:tally" in (await found(publisher)).tags


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unknown_key_is_missing_as_of_the_head_under_its_own_tag(publisher: Publisher, kind: Kind) -> None:
    outcome = await publisher.read(Wanted(kind, OTHER_KEY))
    assert isinstance(outcome, Missing)
    assert outcome.as_of.position == 2
    assert outcome.tags == {f"key:{OTHER_KEY}", "all"}


async def test_a_retired_key_is_missing(publisher: Publisher, world: World) -> None:
    await world.commit(replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)))
    assert isinstance(await publisher.read(SETTINGS), Missing)
    assert isinstance(await publisher.read(Wanted("settings", OTHER_KEY)), Found)


async def test_the_loader_is_the_client_with_this_source_s_manifest_inside(publisher: Publisher) -> None:
    body = (await found(publisher, "loader")).value.variants["identity"].body
    settings = orjson.loads((await found(publisher)).value.variants["identity"].body)
    assert CLIENT_CODE.body in body
    slugs = {one["url"]: one["url"].split("/")[-2] for one in settings["remotePlugins"]}
    told = inlined_settings(settings, ORIGIN.public_url, slugs)
    assert inlined(body.decode()) == {"writeKey": KEY, "cdn": ORIGIN.public_url, "settings": told}


async def test_the_loader_of_a_source_with_the_official_client_is_that_with_the_key_in_it(
    publisher: Publisher, world: World
) -> None:
    before = await found(publisher, "loader")
    entry = await world.commit(replace(SOURCE, loader=LoaderConfig("analytics-next", "1.84.3")))
    after = await found(publisher, "loader")
    body = after.value.variants["identity"].body
    assert body.endswith(OFFICIAL_CODE.body.replace(b"__WRITE_KEY__", KEY.encode()))
    assert PREFIX_CODE.body in body
    assert CLIENT_CODE.body not in body
    assert (after.tags, after.value.revision) == (before.tags, entry.position)
    assert entry.tags == ("source:s1",)


async def test_a_source_pinned_to_a_version_that_is_not_in_the_store_has_settings_but_no_loader(
    publisher: Publisher, world: World
) -> None:
    await world.commit(replace(SOURCE, loader=LoaderConfig("analytics-next", "1.0.0")))
    assert await publisher.read(Wanted("loader", KEY)) == Unavailable("client-missing")
    await found(publisher)


async def test_where_destinations_code_is_changes_the_loader_and_purges_it(publisher: Publisher, world: World) -> None:
    assert CODE.body in (await found(publisher, "loader")).value.variants["identity"].body
    entry = await world.commit(replace(SOURCE, loader=LoaderConfig(bundle="separate")))
    assert CODE.body not in (await found(publisher, "loader")).value.variants["identity"].body
    assert entry.tags == ("source:s1",)
    await world.commit(replace(IN_DEVICE, mode="cloud"))
    entry = await world.commit(replace(SOURCE, loader=LoaderConfig(bundle="inline")))
    assert entry.tags == (), "no code, so it does not matter where it is"


@pytest.mark.parametrize("kind", KINDS)
async def test_i22_a_manifest_whose_bundle_is_not_in_the_store_is_not_published(
    publisher: Publisher, world: World, kind: Kind
) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(delete(assets).where(assets.c.hash == CODE.hash))
    assert await publisher.read(Wanted(kind, KEY)) == Unavailable("asset-missing")


@pytest.mark.parametrize("kind", KINDS)
async def test_i22_a_manifest_whose_bundle_is_stored_with_another_integrity_is_not_published(
    publisher: Publisher, world: World, kind: Kind
) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(update(assets).where(assets.c.hash == CODE.hash).values(integrity="sha384-other"))
    assert await publisher.read(Wanted(kind, KEY)) == Unavailable("asset-missing")


async def test_i22_one_hash_stated_with_two_integrities_is_not_published(publisher: Publisher, world: World) -> None:
    wrong = replace(DEVICE, slug="other", creation_name="Other", bundle=Bundle(CODE.hash, "x", "sha384-other"))
    second = replace(IN_DEVICE, id="d3", slug="a-first-by-name", definition="other")
    await world.commit(wrong, second)
    assert await publisher.read(SETTINGS) == Unavailable("asset-missing")


async def test_i22_a_missing_bundle_that_nothing_loads_keeps_nothing_from_being_published(
    publisher: Publisher, world: World
) -> None:
    lost = asset("never stored")
    await world.commit(replace(DEVICE, bundle=Bundle(lost.hash, "x", lost.integrity)))
    assert await publisher.read(SETTINGS) == Unavailable("asset-missing")
    await world.commit(replace(IN_DEVICE, mode="cloud"))
    assert lost.hash.encode() not in (await found(publisher)).value.variants["identity"].body


async def test_without_the_client_s_code_there_is_no_loader_but_there_are_settings(
    publisher: Publisher, world: World
) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(delete(assets).where(assets.c.hash == CLIENT_CODE.hash))
    assert await publisher.read(Wanted("loader", KEY)) == Unavailable("client-missing")
    await found(publisher)


async def test_settings_that_cannot_be_decrypted_are_unavailable_not_empty(world: World) -> None:
    engine = open_engine(f"sqlite+aiosqlite:///{world.directory / 'edgewise.db'}")
    codec = Codec(Keyring([new_secret_key()]))
    stranger = Store(engine, codec, PublishedImages(), world.clock, random_id)
    assert await Publisher(stranger, ORIGIN, 5.0).read(SETTINGS) == Unavailable("secret-unreadable")
    await stranger.close()


async def test_a_document_that_this_release_cannot_read_is_unavailable_not_empty(
    publisher: Publisher, world: World
) -> None:
    """A newer release may run beside this one and write what this one does not know yet."""
    newer = orjson.dumps({"slug": "tally", "modes": {"web": ["hologram"]}})
    async with world.engine.begin() as connection:
        await connection.execute(update(documents).where(documents.c.id == "tally").values(body=newer))
    assert await publisher.read(SETTINGS) == Unavailable("document-unreadable")


async def test_a_store_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'absent' / 'edgewise.db'}")
    store = Store(engine, Codec(Keyring([new_secret_key()])), PublishedImages(), HandClock(), random_id)
    assert await Publisher(store, ORIGIN, 5.0).read(SETTINGS) == Unavailable("store-unavailable")
    await store.close()
    # The driver's thread for the connection that could not be opened ends by itself; it must not outlive this loop.
    await until(lambda: not any("_connection_worker" in one.name for one in threading.enumerate()), "the thread ends")


async def test_a_store_without_tables_is_unavailable_not_missing(publisher: Publisher, world: World) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(text("DROP TABLE write_keys"))
    assert await publisher.read(SETTINGS) == Unavailable("store-unavailable")


async def test_a_read_that_takes_too_long_is_unavailable_and_leaves_the_store_usable(world: World) -> None:
    hurried = Publisher(world.store, ORIGIN, 0.0)
    for _ in range(20):
        assert await hurried.read(SETTINGS) == Unavailable("store-timeout")
    await found(Publisher(world.store, ORIGIN, 5.0))
    await world.configure("second")


async def test_reads_go_on_while_another_process_holds_the_write_lock(publisher: Publisher, world: World) -> None:
    writer = sqlite3.connect(world.directory / "edgewise.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(*(publisher.read(Wanted(kind, KEY)) for kind in KINDS))
    writer.close()
    assert all(isinstance(outcome, Found) for outcome in outcomes)
