"""I25, I27: a real edge, the real nginx and caches of every kind before them, on a clock that this moves.

A source changes at the worst moment: nginx has just been given the old bytes, every cache takes them as late as it can,
and nothing of the change reaches any of them. All uses of the old bytes are looked for, at steps of a clock that the
edge and nginx have too: the seconds are the real ones, only nobody waits for them.
"""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from edge.model.budget import HARD_MARGIN, TOTAL, Budget
from tests.cli.processes import served, until
from tests.delivery.paths import SETTINGS
from tests.nginx.conftest import Pair, make
from tests.nginx.test_refresh import REFRESH
from tests.support.clocks import PROGRAM, SharedClock
from tests.support.nginx import nginx
from tests.support.private_cache import Cache, Response, Server, Used
from tests.support.sqlite import outage

BUDGET = Budget()
STEP = 20
"""Seconds between two looks, where nothing is about to end."""


@contextmanager
def timed_pair(data_dir: Path, clock: SharedClock, **env: str) -> Iterator[Pair]:
    make(data_dir)
    with (
        served(
            data_dir, "--front", "nginx", "--admin-bind", "127.0.0.1:0", env=clock.edge() | env, program=PROGRAM
        ) as edge,
        nginx(data_dir / "front", env=clock.nginx()) as front,
        front.public() as client,
    ):
        yield Pair(edge, front, client, data_dir)


def is_old(response: Response) -> bool:
    """Whether it is the document as it was before the change."""
    if response.status != 200:
        return False
    settings = json.loads(response.body)["remotePlugins"][0]["settings"]
    return bool(settings["apiKey"] == "first-api-key")


def is_kept(used: Used) -> bool:
    """Whether the old document was used without asking anybody."""
    return used.how != "network" and is_old(used.response)


class Crowd:
    """At every look a browser comes to nginx, a shared cache is put before nginx, and a browser comes to each of these.

    Who has to ask again goes: whoever comes at that look takes the place.
    """

    def __init__(self, pair: Pair, clock: SharedClock) -> None:
        self._server, self._clock = Server(pair.client), clock
        self._began = clock()
        self._direct: list[Cache] = []
        self._shared: list[Cache] = []
        self._behind: list[Cache] = []
        self.last = {"nginx": 0.0, "browser": 0.0, "browser behind a shared cache": 0.0}

    def look(self) -> bool:
        """Whether anybody has used the old bytes now."""
        self._direct = self._using(self._direct, "browser")
        self._behind = self._using(self._behind, "browser behind a shared cache")
        self._shared = [cache for cache in self._shared if is_kept(cache.use(SETTINGS))]
        for kind, is_shared in ((self._direct, False), (self._shared, True)):
            cache = Cache(self._server, self._clock, shared=is_shared)
            if is_old(cache.use(SETTINGS).response):
                self._used("nginx")
                kind.append(cache)
        for shared in self._shared:
            self._behind.append(Cache(shared, self._clock))
            self._behind[-1].use(SETTINGS)
        return bool(self._direct or self._shared or self._behind)

    def _using(self, caches: list[Cache], name: str) -> list[Cache]:
        using = [cache for cache in caches if is_kept(cache.use(SETTINGS))]
        if using:
            self._used(name)
        return using

    def _used(self, name: str) -> None:
        self.last[name] = self.passed()

    def passed(self) -> float:
        return self._clock() - self._began

    def watch(self, closely_from: float = TOTAL) -> dict[str, float]:
        """Seconds after the change at which the old bytes were last used, by whom; second by second at the end."""
        while self.look():
            assert self.passed() < 2 * TOTAL, "the old bytes are used for ever"
            self._clock.advance(STEP if self.passed() < closely_from else 1)
        return self.last


@pytest.fixture
def data_dir(directory: Path) -> Path:
    return directory / "data"


def at_the_worst_moment(pair: Pair, clock: SharedClock) -> Crowd:
    """nginx has just been given what a change then makes old."""
    with pair.nginx.refreshing() as node:
        # What a busy machine's node cannot prove at once is proven soon.
        until(lambda: is_lasting(node.get(SETTINGS, headers=REFRESH)), "the node proves what it has")
    return Crowd(pair, clock)


def is_lasting(answer: httpx.Response) -> bool:
    return str(answer.headers.get("cache-status", "")).startswith("edgewise; hit")


def test_i25_with_every_node_gone_nobody_uses_a_byte_longer_than_the_budget(data_dir: Path, clock: SharedClock) -> None:
    with timed_pair(data_dir, clock) as pair:
        crowd = at_the_worst_moment(pair, clock)
        pair.edge.end(signal.SIGKILL)
        pair.write("second-api-key")
        last = crowd.watch(BUDGET.worst() - 2 * STEP)
    front = BUDGET.front_fresh + BUDGET.front_error
    browser = BUDGET.browser_fresh + BUDGET.browser_revalidate
    shared = BUDGET.shared_fresh + BUDGET.shared_revalidate
    # Each share is really used up, or this would be a test of nothing; and the budget's guard covers what rounds up.
    assert front - 2 * STEP < last["nginx"] < front + BUDGET.guard
    assert front + browser - 3 * STEP < last["browser"] < front + browser + BUDGET.guard
    assert front + shared + browser - 5 * STEP < max(last.values()) <= BUDGET.worst()
    assert max(last.values()) <= TOTAL


def test_i25_with_the_store_gone_and_no_way_past_the_budget_it_still_holds(data_dir: Path, clock: SharedClock) -> None:
    with timed_pair(data_dir, clock, EDGE_STALE_IF_ERROR="0") as pair:
        crowd = at_the_worst_moment(pair, clock)
        with outage(data_dir / "edgewise.db"):
            last = crowd.watch(TOTAL - 2 * STEP)
            refused = pair.client.get(SETTINGS)
    assert BUDGET.total - HARD_MARGIN < max(last.values()) <= TOTAL
    assert (refused.status_code, refused.headers["cache-control"]) == (503, "no-store")


def test_i27_only_the_marked_on_error_rule_goes_past_the_budget_and_it_ends_too(
    data_dir: Path, clock: SharedClock
) -> None:
    with timed_pair(data_dir, clock) as pair:
        at_the_worst_moment(pair, clock)
        with outage(data_dir / "edgewise.db"):
            clock.advance(TOTAL + 100)
            marked = pair.client.get(SETTINGS)
            clock.advance(BUDGET.stale_if_error - TOTAL - 100 - STEP)
            still = pair.client.get(SETTINGS)
            clock.advance(2 * STEP)
            refused = pair.client.get(SETTINGS)
    for answer in (marked, still):
        assert answer.status_code == 200
        assert answer.headers.get_list("cache-status")[0] == "edgewise; fwd=stale; detail=store-unavailable"
        assert answer.headers["cache-control"] == "public, max-age=5, stale-if-error=0"
    assert refused.status_code == 503


def test_i25_a_change_that_is_not_lost_ends_all_of_it_for_new_visitors(data_dir: Path, clock: SharedClock) -> None:
    with timed_pair(data_dir, clock) as pair, ExitStack() as stack:
        crowd = at_the_worst_moment(pair, clock)
        assert crowd.look()
        position = pair.write("second-api-key")
        node = stack.enter_context(pair.nginx.refreshing())

        def risen() -> bool:
            return int(node.get(SETTINGS, headers=REFRESH).headers["edge-revision"]) == position

        until(risen, "the node follows the journal")
        last = crowd.watch()
    browser = BUDGET.browser_fresh + BUDGET.browser_revalidate
    assert last["nginx"] < STEP
    assert last["browser"] <= browser + STEP
