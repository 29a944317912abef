"""Measuring on the way changes nothing of what passes."""

from dataclasses import replace

import pytest

from edge.cache.floors import Floors
from edge.cache.reading import Reading
from edge.model.measures import Histogram
from edge.model.outcome import Found, Missing, Outcome
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.observe.minutes import Minutes
from edge.observe.timing import Heard, Timed, metered
from edge.publish.publication import Wanted
from tests.support.clock import HandClock
from tests.support.node import join, open_roster
from tests.support.world import World

pytestmark = pytest.mark.anyio

HERE = AsOf("e", 1, "x")
WANTED = Wanted("settings", "wk_first_key_0001")


def counted(histogram: Histogram) -> list[int]:
    return [sum(series.counts) for _, series in histogram]


async def test_a_change_is_measured_from_its_commit_until_it_is_applied(world: World, clock: HandClock) -> None:
    roster = await open_roster(world.directory)
    stats = Stats()
    floors = Floors()
    node = await join(world, roster, clock, "n1", applier=Timed(floors, stats, clock, Minutes(stats, clock)))
    await node.follow()
    await world.configure("second-api-key")
    clock.advance(0.2)
    await node.follow()
    ((_, series),) = stats.propagation_seconds
    assert sum(series.counts) == 1
    assert series.total == pytest.approx(0.2)
    assert floors.version > 0
    await node.leave()
    await roster.close()


async def test_what_was_there_at_the_start_did_not_arrive(world: World, clock: HandClock) -> None:
    batch = await world.journal.since(0)
    stats = Stats()
    Timed(Floors(), stats, clock, Minutes(stats, clock)).restart(batch.head, batch.entries, {})
    assert counted(stats.propagation_seconds) == [0]


async def test_a_writers_clock_that_is_ahead_makes_no_negative_time(world: World, clock: HandClock) -> None:
    (entry, *_) = (await world.journal.since(0)).entries
    stats = Stats()
    Timed(Floors(), stats, clock, Minutes(stats, clock)).apply(replace(entry, at=clock().wall + 5))
    ((_, series),) = stats.propagation_seconds
    assert (series.counts[0], series.total) == (1, 0.0)


async def test_the_head_is_remembered_as_it_was_last_answered(world: World) -> None:
    stats = Stats()
    source = Heard(world.journal, stats)
    assert (await source.since(0)).head.position == stats.journal_head == 2
    await world.configure("second-api-key")
    assert (await source.poll(2)).head.position == stats.journal_head == 3


@pytest.mark.parametrize(
    ("outcome", "hits", "sizes"),
    [(Found("document", HERE, frozenset()), 1, [1]), (Missing(HERE, frozenset()), 0, [])],
)
async def test_documents_are_weighed_as_they_are_read(outcome: Outcome[str], hits: int, sizes: list[int]) -> None:
    async def read(_wanted: Wanted) -> Reading[str]:
        return Reading(outcome)

    stats = Stats()
    assert (await metered(read, len, stats)(WANTED)).outcome is outcome
    assert (stats.store_hits, counted(stats.document_bytes)) == (hits, sizes)
