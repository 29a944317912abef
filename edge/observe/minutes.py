"""The last hour by the minute, on one node: answers by tier, and how long changes took to arrive. In memory only.

A number that only grows says nothing of when. This keeps, for each of the last 60 minutes, by how much it grew; who
wants a longer memory has ``/metrics``.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_type_hints

import orjson

from edge.model.instant import Clock
from edge.model.measures import Part
from edge.model.stats import Stats

KEPT = 60
"""Minutes."""
EVERY = 5.0
"""Seconds between two looks at the counters: what is counted falls into its minute, or at most this late."""
MINUTE = 60

TIERS: Mapping[str, str] = {
    part.value: one.name
    for one in fields(Stats)
    for part in getattr(get_type_hints(Stats, include_extras=True)[one.name], "__metadata__", ())
    if isinstance(part, Part) and part.family == "hits"
}
"""Tier of a hit -> its counter."""


class MinutesError(ValueError):
    """The bytes are no hour of minutes."""


@dataclass(slots=True)
class Minute:
    """``at``: Unix time, in minutes. ``hits``: answers by tier. ``arrived`` changes took ``total`` seconds together and
    ``slowest`` at most, from their commit until the node had applied them."""

    at: int
    hits: dict[str, int] = field(default_factory=dict)
    arrived: int = 0
    total: float = 0.0
    slowest: float = 0.0

    def add(self, other: "Minute") -> None:
        for tier, number in other.hits.items():
            self.hits[tier] = self.hits.get(tier, 0) + number
        self.arrived += other.arrived
        self.total += other.total
        self.slowest = max(self.slowest, other.slowest)

    @property
    def mean(self) -> float:
        return self.total / self.arrived if self.arrived else 0.0


class Minutes:
    """One per node. Nothing is done at a request: the counters are looked at now and then."""

    def __init__(self, stats: Stats, clock: Clock) -> None:
        self._stats = stats
        self._clock = clock
        self._kept: dict[int, Minute] = {}
        self._seen = self._counted()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            self.look()

    def look(self) -> None:
        """Put what was counted since the last look into the minute that it is."""
        counted = self._counted()
        minute = self._minute()
        for tier, number in counted.items():
            grown = number - self._seen[tier]
            if grown:
                minute.hits[tier] = minute.hits.get(tier, 0) + grown
        self._seen = counted

    def arrived(self, seconds: float) -> None:
        """A change was applied so long after its commit."""
        minute = self._minute()
        minute.arrived += 1
        minute.total += seconds
        minute.slowest = max(minute.slowest, seconds)

    def to_json(self) -> bytes:
        """With what was counted up to this moment, the oldest minute first."""
        self.look()
        return orjson.dumps([_row(self._kept[at]) for at in sorted(self._kept)])

    def _minute(self) -> Minute:
        at = int(self._clock().wall) // MINUTE
        minute = self._kept.get(at)
        if minute is None:
            minute = self._kept[at] = Minute(at)
            # A clock that is set back leaves minutes that have not been yet: they go with the old ones.
            self._kept = {one: kept for one, kept in self._kept.items() if at - KEPT < one <= at}
        return minute

    def _counted(self) -> dict[str, int]:
        return {tier: getattr(self._stats, name) for tier, name in TIERS.items()}


def _row(minute: Minute) -> dict[str, Any]:
    return {
        "at": minute.at,
        "hits": minute.hits,
        "arrived": minute.arrived,
        "total": round(minute.total, 6),
        "slowest": round(minute.slowest, 6),
    }


def read_minutes(body: bytes) -> list[Minute]:
    """Raises MinutesError for anything but what ``Minutes.to_json`` made."""
    try:
        return [
            Minute(
                int(row["at"]),
                {str(tier): int(number) for tier, number in row["hits"].items()},
                int(row["arrived"]),
                float(row["total"]),
                float(row["slowest"]),
            )
            for row in orjson.loads(body)[-KEPT:]
        ]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MinutesError("no minutes") from error
