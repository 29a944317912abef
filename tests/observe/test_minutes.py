"""The last hour by the minute: what is counted falls into its minute, and no more than an hour is kept."""

import orjson
import pytest

from edge.model.stats import Stats
from edge.observe.hour import summed
from edge.observe.minutes import KEPT, TIERS, Minute, Minutes, MinutesError, read_minutes
from tests.support.clock import HandClock


def test_every_tier_of_hits_is_kept() -> None:
    assert TIERS == {
        "memory": "hits",
        "store": "store_hits",
        "shared": "shared_hits",
        "disk": "copies_restored",
    }


def test_what_grew_falls_into_the_minute_in_which_it_is_looked_at() -> None:
    stats, clock = Stats(), HandClock()
    stats.hits = 7
    minutes = Minutes(stats, clock)
    stats.hits += 3
    minutes.look()
    clock.advance(60)
    stats.hits += 2
    stats.store_hits += 1
    first, second = read_minutes(minutes.to_json())
    assert (first.hits, second.hits) == ({"memory": 3}, {"memory": 2, "store": 1})
    assert second.at == first.at + 1


def test_arrivals_have_their_mean_and_their_slowest() -> None:
    minutes = Minutes(Stats(), HandClock())
    minutes.arrived(0.25)
    minutes.arrived(0.75)
    (one,) = read_minutes(minutes.to_json())
    assert (one.arrived, one.mean, one.slowest) == (2, 0.5, 0.75)


def test_no_more_than_an_hour_is_kept_however_long_a_node_runs() -> None:
    clock = HandClock()
    minutes = Minutes(Stats(), clock)
    for _ in range(3 * KEPT):
        minutes.arrived(0.1)
        clock.advance(60)
    assert len(orjson.loads(minutes.to_json())) <= KEPT


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'[{"at": 1}]', b'[{"at":"x","hits":{},"arrived":0}]', b"null"])
def test_what_is_no_series_is_refused(body: bytes) -> None:
    with pytest.raises(MinutesError):
        read_minutes(body)


def test_nodes_are_summed_by_the_minute_and_the_slowest_of_all_is_the_slowest() -> None:
    one = Minute(100, {"memory": 1}, 1, 0.5, 0.5)
    other = Minute(100, {"memory": 2, "disk": 1}, 2, 0.2, 0.15)
    found = summed([one, other, Minute(5, {"memory": 9}), Minute(999, {"memory": 9})], 101 * 60)
    assert len(found) == KEPT
    assert found[-1].at == 101
    assert (found[-2].hits, found[-2].arrived, found[-2].slowest) == ({"memory": 3, "disk": 1}, 3, 0.5)
    assert sum(sum(minute.hits.values()) for minute in found) == 4
