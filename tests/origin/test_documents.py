"""Documents by a control node: fresh only as of a place that both know, whatever arrives by which way first."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from edge.cache.cache import Answer
from edge.cache.floors import Floors
from edge.journal.lease import Proof
from edge.model.outcome import Found, Missing, Unavailable
from edge.model.position import AsOf
from edge.origin.builds import Builds
from edge.origin.client import OriginClient
from edge.origin.connection import Response
from edge.origin.documents import OriginDocuments
from edge.origin.reading_calls import restamped
from edge.origin.wire import AGE, BUILD, FRESHNESS
from edge.publish.parcel import pack
from edge.publish.publication import Publication, Wanted
from tests.cache.kept import document, place
from tests.delivery.paths import SETTINGS
from tests.origin.stage import Control
from tests.support.clock import HandClock
from tests.support.sqlite import outage
from tests.support.world import KEY

pytestmark = pytest.mark.anyio
WANTED = Wanted("settings", KEY)


class Reading:
    """An edge node's reader, and what it knows of the journal, which the test says."""

    def __init__(self, client: Any, clock: HandClock, control_build: str = "") -> None:
        self.clock = clock
        self.floors, self.proof = Floors(), Proof()
        self.builds = Builds(self.floors)
        self.builds.polled({BUILD: control_build} if control_build else {})
        self.documents = OriginDocuments(client, self.floors, self.proof, self.builds, clock)

    def comes_to(self, cursor: AsOf) -> None:
        self.floors.restart(cursor, (), {})
        self.proof.cursor = cursor

    async def found(self) -> Found[Publication]:
        """What is found, and vouched for."""
        read = await self.documents.read(WANTED)
        assert isinstance(read.outcome, Found), read.outcome
        assert read.vouched
        return read.outcome


@pytest.fixture
async def reading(control: Control, client: OriginClient) -> Reading:
    made = Reading(client, control.clock, control.sources.build)
    head = (await control.world.journal.poll(1)).head
    made.comes_to(head)
    return made


@pytest.mark.parametrize("both", [True, False], ids=["both have come on", "only the control node has"])
async def test_what_the_control_node_has_in_memory_is_answered_as_of_the_place_that_is_asked_for(
    control: Control, reading: Reading, both: bool
) -> None:
    first = await reading.found()
    asked = reading.proof.cursor
    await control.world.purge("source:another")
    await control.follow()
    if both:
        asked = control.ground.proof.cursor
        assert asked is not None
        reading.comes_to(asked)
    second = await reading.found()
    assert control.node.ground.stats.fills == 1
    assert second.as_of == asked
    assert second.value == first.value


async def test_what_it_has_read_beyond_that_place_is_answered_as_of_its_reading(
    control: Control, reading: Reading
) -> None:
    await control.world.configure("second-api-key")
    await control.follow()
    assert await control.get(SETTINGS)
    read_at = control.ground.proof.cursor
    await control.world.purge("source:another")
    await control.follow()
    read = await reading.documents.read(WANTED)
    assert isinstance(read.outcome, Found)
    assert (read.outcome.as_of, read.vouched) == (read_at, False)
    reading.comes_to(read.outcome.as_of)
    assert (await reading.documents.read(WANTED)).vouched


async def test_an_edge_node_that_joined_lately_can_call_it_fresh(control: Control, reading: Reading) -> None:
    """As of when the control node read it, it lies below the base of a node that knows nothing from before."""
    await reading.found()
    for number in range(5):
        await control.world.purge(f"source:other-{number}")
    await control.follow()
    assert control.ground.proof.cursor is not None
    reading.comes_to(control.ground.proof.cursor)
    found = await reading.found()
    assert control.node.ground.stats.fills == 1
    assert reading.floors.passes(found.as_of, found.tags, reading.floors.generation)


@pytest.mark.parametrize("freshness", ["unproven", "overtaken", "stale"])
def test_what_is_not_proven_up_to_the_cursor_keeps_the_place_it_was_read_at(freshness: Any) -> None:
    served = Answer(document(3), freshness, HandClock()(), hit=True)
    assert restamped(served, place(9)) == document(3)
    assert restamped(replace(served, freshness="fresh"), place(9)).as_of == place(9)


def test_a_place_is_never_moved_back_nor_into_another_epoch() -> None:
    served = Answer(document(12), "fresh", HandClock()(), hit=True)
    for cursor in (place(9), place(99, "e2"), None):
        assert restamped(served, cursor) == document(12)


async def test_i2_a_control_node_that_is_behind_catches_up_before_it_answers(
    control: Control, reading: Reading
) -> None:
    """The edge node has heard of a purge from elsewhere; the control node has the document in memory, fresh for all it
    knows."""
    await reading.found()
    await control.world.configure("second-api-key")
    ahead = (await control.world.journal.poll(1)).head
    reading.comes_to(ahead)
    asking = asyncio.create_task(reading.found())
    while not asking.done():
        if control.node.follower._wake.is_set():
            await control.follow()
            control.node.follower._wake.clear()
        await asyncio.sleep(0)
    found = asking.result()
    assert b"second-api-key" in found.value.variants["identity"].body
    assert found.as_of.position >= ahead.position


async def test_i2_a_control_node_that_stays_behind_does_not_answer_with_what_it_has(
    control: Control, reading: Reading
) -> None:
    await reading.found()
    await control.world.configure("second-api-key")
    reading.comes_to((await control.world.journal.poll(1)).head)
    assert (await reading.documents.read(WANTED)).outcome == Unavailable("origin-unavailable")


async def test_i2_a_control_node_of_another_epoch_does_not_answer(control: Control, reading: Reading) -> None:
    """Positions of two epochs do not compare: the restored store is at a lower one, and looks as if it were behind."""
    await control.world.store.begin_epoch()
    reading.comes_to((await control.world.journal.poll(1)).head)
    assert (await reading.documents.read(WANTED)).outcome == Unavailable("origin-unavailable")
    await control.follow()
    assert (await reading.found()).as_of == reading.proof.cursor


async def test_its_age_is_counted_back_from_when_the_call_was_sent(control: Control, reading: Reading) -> None:
    await reading.found()
    control.clock.advance(4.5)
    assert (await reading.documents.read(WANTED)).age == pytest.approx(4.5)


async def test_last_known_good_of_a_control_node_is_a_spare_and_no_more(control: Control, reading: Reading) -> None:
    await reading.found()
    control.clock.advance(60)
    with outage(control.world.directory / "edgewise.db"):
        read = await reading.documents.read(WANTED)
    assert read.outcome == Unavailable("origin-stale")
    assert read.spare is not None
    assert reading.clock().elapsed_since(read.spare.confirmed_at) == pytest.approx(60)


async def test_a_fenced_control_node_reads_the_store_anew(control: Control, reading: Reading) -> None:
    await reading.found()
    control.clock.advance(60)
    await control.world.configure("second-api-key")
    outcome = (await reading.documents.read(WANTED)).outcome
    assert isinstance(outcome, Found)
    assert b"second-api-key" in outcome.value.variants["identity"].body


class Scripted:
    """A client whose control node answers what the test says."""

    def __init__(self, body: bytes, **headers: str) -> None:
        self.response = Response(200, {FRESHNESS: "fresh", AGE: "0.5"} | headers, body)
        self.meanwhile: Callable[[], None] = lambda: None

    async def get(self, _path: str, _query: object = ()) -> Response:
        self.meanwhile()
        return self.response


def scripted(found: Found[Publication] | Missing, **headers: str) -> tuple[Reading, Scripted]:
    client = Scripted(pack(found), **headers)
    reading = Reading(client, HandClock())
    reading.comes_to(place(5))
    return reading, client


async def outcome_of(reading: Reading) -> object:
    return (await reading.documents.read(WANTED)).outcome


async def test_at_the_cursor_it_must_be_the_entry_that_this_node_knows(control: Control) -> None:
    reading, _ = scripted(document(5))
    read = await reading.documents.read(WANTED)
    assert (read.outcome, read.vouched) == (document(5), True)
    reading, _ = scripted(document(5, life="restored-"))
    assert await outcome_of(reading) == Unavailable("origin-behind")


async def test_i6_beyond_the_cursor_there_is_nobody_to_vouch_for_what_a_control_node_says() -> None:
    reading, _ = scripted(document(8))
    read = await reading.documents.read(WANTED)
    assert (read.outcome, read.vouched) == (document(8), False)


@pytest.mark.parametrize(("polled", "answered", "vouched"), [("a", "a", True), ("a", "b", False), ("", "", True)])
async def test_what_another_build_has_made_than_was_polled_last_is_vouched_for_by_nobody(
    polled: str, answered: str, vouched: bool
) -> None:
    client = Scripted(pack(document(5)), **({BUILD: answered} if answered else {}))
    reading = Reading(client, HandClock(), polled)
    reading.comes_to(place(5))
    read = await reading.documents.read(WANTED)
    assert (read.outcome, read.vouched) == (document(5), vouched)


async def test_what_was_beyond_the_cursor_when_it_was_asked_for_is_checked_if_it_no_longer_is() -> None:
    for life, expected in (("", document(8)), ("restored-", Unavailable("origin-behind"))):
        reading, client = scripted(document(8, life=life))
        client.meanwhile = partial(reading.comes_to, place(8))
        read = await reading.documents.read(WANTED)
        assert (read.outcome, read.vouched) == (expected, True)


@pytest.mark.parametrize("found", [document(4), document(5, epoch="e2"), document(99, epoch="e2")])
async def test_what_is_older_than_asked_for_or_of_another_epoch_does_not_count(found: Found[Publication]) -> None:
    reading, _ = scripted(found)
    assert await outcome_of(reading) == Unavailable("origin-behind")


@pytest.mark.parametrize(
    "headers", [{FRESHNESS: "excellent"}, {AGE: "nan"}, {AGE: "-1"}, {AGE: "inf"}, {AGE: "soon"}, {FRESHNESS: ""}]
)
async def test_i21_an_answer_that_does_not_say_how_fresh_it_is_is_none(headers: dict[str, str]) -> None:
    reading, _ = scripted(document(5), **headers)
    assert await outcome_of(reading) == Unavailable("document-damaged")


async def test_i21_a_damaged_parcel_is_unavailable_never_another_document() -> None:
    reading, client = scripted(document(5))
    client.response = replace(client.response, body=client.response.body[:-1])
    assert await outcome_of(reading) == Unavailable("document-damaged")
    loader = replace(document(5), value=replace(document(5).value, kind="loader"))
    reading, _ = scripted(loader)
    assert await outcome_of(reading) == Unavailable("document-damaged")


async def test_a_stale_no_such_key_is_no_spare() -> None:
    reading, _ = scripted(Missing(place(5), frozenset({"all"})), **{FRESHNESS: "stale"})
    read = await reading.documents.read(WANTED)
    assert (read.outcome, read.spare) == (Unavailable("origin-stale"), None)
