"""One process of a load test: what it aims at, its judge, and its channel to the other processes.

Locust's workers speak to the master only, so the master passes on what one of them tells. In a single process the
runner hands every message straight back.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from locust.env import Environment
from locust.runners import MasterRunner, Runner, WorkerRunner

from loadtest.checks import Answer, position_written
from loadtest.expected import Floor
from loadtest.judge import Judge
from loadtest.sources import LoadSource
from loadtest.targets import Targets

ZIPF = 1.1
"""Exponent: a few sources are asked for most of the time, and most of them now and then."""

LIVE = "edgewise-live"
PURGED = "edgewise-purged"
TALLY = "edgewise-tally"


def say(text: str) -> None:
    sys.stderr.write(f"\n{text}\n")
    sys.stderr.flush()


class Draw:
    """Sources by Zipf's law: the first of them most often."""

    def __init__(self, sources: Sequence[LoadSource]) -> None:
        self._sources = sources
        self._weights = list(accumulate((rank + 1) ** -ZIPF for rank in range(len(sources))))

    def __call__(self) -> LoadSource:
        return random.choices(self._sources, cum_weights=self._weights)[0]


@dataclass(slots=True)
class Station:
    targets: Targets
    runner: Runner
    sources: list[LoadSource]
    draw: Draw
    judge: Judge = field(default_factory=lambda: Judge(say))
    counters: dict[str, int] = field(default_factory=dict)
    _changing: set[str] = field(default_factory=set)

    def listen(self) -> None:
        self.runner.register_message(LIVE, self._heard_live)
        self.runner.register_message(PURGED, self._heard_purged)

    @contextmanager
    def chosen_to_change(self, processes: int) -> Iterator[LoadSource | None]:
        """A source that nobody else changes meanwhile, in any process: counters are committed in their order.

        ``None`` when every one that this process may change is being changed.
        """
        index = getattr(self.runner, "worker_index", 0)
        mine = [source for place, source in enumerate(self.sources) if place % processes == index % processes]
        free = [source for source in mine if source.id not in self._changing]
        source = Draw(free)() if free else None
        if source is not None:
            self._changing.add(source.id)
        try:
            yield source
        finally:
            if source is not None:
                self._changing.discard(source.id)

    def tell_live(self, source: LoadSource, counter: int, answer: Answer) -> None:
        self.judge.tally.changes += 1
        floor = {"counter": counter, "position": position_written(answer), "live_at": time.time()}
        self._tell(LIVE, {"place": self.sources.index(source), **floor})

    def tell_purged(self, tags: Sequence[str], answer: Answer) -> None:
        self.judge.tally.purges += 1
        self._tell(PURGED, {"tags": list(tags), "position": position_written(answer), "live_at": time.time()})

    def _tell(self, kind: str, data: dict[str, Any]) -> None:
        if isinstance(self.runner, WorkerRunner):
            self._hear(kind, data)
        self.runner.send_message(kind, data)

    def _hear(self, kind: str, data: dict[str, Any]) -> None:
        expected = self.judge.expected
        floor = Floor(data.get("counter", 0), data["position"], data["live_at"])
        if kind == LIVE:
            expected.raise_counter(self.sources[data["place"]], floor)
        else:
            expected.raise_tags(data["tags"], floor)

    def _heard_live(self, msg: Any, **_others: Any) -> None:
        self.judge.tally.heard += 1
        self._hear(LIVE, msg.data)

    def _heard_purged(self, msg: Any, **_others: Any) -> None:
        self.judge.tally.heard += 1
        self._hear(PURGED, msg.data)


_joined: list[Station] = []


def here() -> Station:
    """This process's station, once it takes part."""
    return _joined[-1]


def take_part(environment: Environment, targets: Targets) -> None:
    """Join the run in a process whose runner is there already; a master only passes on."""
    runner = environment.runner
    assert runner is not None
    sources = targets.sources()
    station = Station(targets, runner, sources, Draw(sources))
    if isinstance(runner, MasterRunner):
        for kind in (LIVE, PURGED):
            runner.register_message(kind, lambda msg, **_others: runner.send_message(msg.type, msg.data))
    else:
        station.listen()
    _joined.append(station)
