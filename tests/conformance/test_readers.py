"""What every Reader of documents and every AssetSource guarantees: the same bytes, as of a place of the journal."""

from dataclasses import replace

import pytest

from edge.model.client import PREFIX
from edge.model.outcome import Found, Missing, Unavailable
from edge.model.tags import ALL, key_tag
from edge.publish.publication import KINDS, Kind, Publisher, Wanted
from edge.publish.wire import Origin
from tests.conformance.ways import Way
from tests.support.world import CHUNK_CODE, CHUNK_NAME, CLIENT_CODE, CODE, IN_DEVICE, KEY, OTHER_KEY, SOURCE

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", KINDS)
async def test_a_document_is_what_the_store_publishes_with_its_tags_and_its_revision(way: Way, kind: Kind) -> None:
    publisher = Publisher(way.control.world.store, Origin("http://edge.test"), 30)
    published, read = await publisher.read(Wanted(kind, KEY)), (await way.documents(Wanted(kind, KEY))).outcome
    assert isinstance(published, Found)
    assert read == replace(published, as_of=read.as_of if isinstance(read, Found) else published.as_of)


async def test_a_document_is_read_as_of_a_place_that_the_journal_has(way: Way) -> None:
    await way.control.follow()
    reading = await way.documents(Wanted("settings", KEY))
    head = (await way.control.world.journal.poll(1)).head
    assert isinstance(reading.outcome, Found)
    assert reading.outcome.as_of == head


async def test_what_was_committed_before_the_question_is_in_the_answer(way: Way) -> None:
    for number in range(3):
        entry = await way.control.world.configure(f"key-{number}")
        await way.control.follow()
        outcome = (await way.documents(Wanted("settings", KEY))).outcome
        assert isinstance(outcome, Found)
        assert f"key-{number}".encode() in outcome.value.variants["identity"].body
        assert (outcome.value.revision, outcome.as_of.position) == (entry.position, entry.position)


async def test_an_unknown_and_a_retired_key_are_missing_and_say_as_of_when(way: Way) -> None:
    await way.control.world.commit(replace(SOURCE, write_keys=(OTHER_KEY,), retired_keys=(KEY,)))
    await way.control.follow()
    for key in (KEY, "wk_nobody_has_this"):
        outcome = (await way.documents(Wanted("settings", key))).outcome
        head = (await way.control.world.journal.poll(1)).head
        assert outcome == Missing(head, frozenset({key_tag(key), ALL}))


async def test_i21_a_store_that_cannot_be_read_is_unavailable_and_nothing_else(way: Way) -> None:
    async with way.without("counter"):
        reading = await way.documents(Wanted("settings", KEY))
    assert isinstance(reading.outcome, Unavailable)
    assert reading.spare is None


async def test_a_source_whose_browser_code_is_gone_is_unavailable_not_empty(way: Way) -> None:
    async with way.without("assets"):
        assert isinstance((await way.documents(Wanted("settings", KEY))).outcome, Unavailable)


async def test_a_file_is_read_by_its_hash_and_an_unknown_one_is_none(way: Way) -> None:
    assert await way.assets.asset(CODE.hash) == CODE
    assert await way.assets.asset(CLIENT_CODE.hash) == CLIENT_CODE
    assert await way.assets.asset("0" * 32) is None


async def test_a_chunk_is_read_by_its_name_and_an_unknown_one_is_none(way: Way) -> None:
    assert await way.assets.asset(CHUNK_NAME) == CHUNK_CODE
    assert await way.assets.asset(f"un{CHUNK_NAME}") is None
    assert await way.assets.asset(PREFIX) is None


async def test_a_disabled_destination_is_gone_from_the_next_answer(way: Way) -> None:
    await way.documents(Wanted("settings", KEY))
    await way.control.world.commit(replace(IN_DEVICE, enabled=False))
    await way.control.follow()
    outcome = (await way.documents(Wanted("settings", KEY))).outcome
    assert isinstance(outcome, Found)
    assert b"Tally" not in outcome.value.variants["identity"].body
