"""I13, I14 for any order of commits, polls, failures, deaths, late answers and time: no schedule reaches ``live``
without the front showing the position, nor ``settled`` while something from before can still be stored.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge.fronts.nginx import CONNECT, READ
from tests.fronts.stage import HOLD, KEYS, SPANS, Host, HostNode, open_host
from tests.support.clock import HandClock

NAMES = ("n1", "n2", "n3", "n4")
BROAD = "definition:tally"


@dataclass(frozen=True, slots=True)
class Late:
    """An answer that a node gave at ``at`` (boot clock), and that nginx has not stored yet."""

    key: str
    position: int
    at: float


class Schedules(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.temporary = tempfile.TemporaryDirectory()
        self.clock = HandClock()
        self.host: Host = open_host(Path(self.temporary.name), self.clock)
        self.late: list[Late] = []
        self.stored: list[tuple[str, float]] = []
        """(key, when) of every answer that was stored late."""
        self.started = 0

    @initialize(names=st.sets(st.sampled_from(NAMES), min_size=1))
    def begin(self, names: set[str]) -> None:
        self.host.keys.reached[BROAD] = list(KEYS[:4])
        for key in KEYS:
            self.host.front.store(key, 0)
        for name in sorted(names):
            self._start(name)
        self._seconds(int(HOLD) + 2)
        self.runner.run(self.host.work())

    def teardown(self) -> None:
        self.runner.run(self.host.close())
        self.runner.close()
        self.temporary.cleanup()
        assert self.host.too_early == []

    # What happens.

    @rule(keys=st.sets(st.sampled_from(KEYS), min_size=1, max_size=3))
    def change(self, keys: set[str]) -> None:
        self.host.commit(*sorted(keys))

    @rule()
    def purge_broadly(self) -> None:
        self.host.commit(tags=[BROAD], verb="invalidate")

    @rule(data=st.data())
    def poll(self, data: st.DataObject) -> None:
        node = self._some(data)
        if not node.cut and not node.frozen:
            self.runner.run(node.follow())

    @rule(data=st.data())
    def apply_only(self, data: st.DataObject) -> None:
        node = self._some(data)
        if not node.cut and not node.frozen:
            self.runner.run(node.apply())

    @rule(data=st.data())
    def work(self, data: st.DataObject) -> None:
        node = self._some(data)
        if not node.frozen:
            self.runner.run(node.work(rounds=1))

    @rule(count=st.integers(1, 7))
    def time_passes(self, count: int) -> None:
        self._seconds(count)

    @rule()
    def much_time_passes(self) -> None:
        for _ in range(16):
            self._seconds(1)
            self.runner.run(self.host.work())

    @rule(reason=st.sampled_from([None, "answered 503"]))
    def front_fails_or_heals(self, reason: str | None) -> None:
        self.host.front.wrong = lambda _due: reason

    @rule(deaf=st.booleans())
    def datagrams(self, deaf: bool) -> None:
        self.host.deaf = deaf

    @rule(key=st.sampled_from(KEYS))
    def a_visitor_misses(self, key: str) -> None:
        if self._answering():
            self.late.append(Late(key, self.host.answered(), self.clock.boot))

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def a_late_answer_is_stored(self, data: st.DataObject) -> None:
        late = data.draw(st.sampled_from(self.late))
        self.late.remove(late)
        # nginx gives up on an answer after its time-outs.
        if self.clock.boot - late.at <= CONNECT + READ:
            self.host.front.store(late.key, late.position)
            self.stored.append((late.key, self.clock.wall))

    @precondition(lambda self: len(self.host.nodes) > 1)
    @rule(data=st.data(), kill=st.booleans())
    def a_node_ends(self, data: st.DataObject, kill: bool) -> None:
        node = self._some(data)
        self.runner.run(node.kill() if kill else node.leave())

    @precondition(lambda self: len(self.host.nodes) < len(NAMES))
    @rule(data=st.data())
    def a_node_starts(self, data: st.DataObject) -> None:
        self._start(data.draw(st.sampled_from([name for name in NAMES if not self._running(name)])))

    @rule(data=st.data(), cut=st.booleans())
    def a_node_is_cut_off_or_healed(self, data: st.DataObject, cut: bool) -> None:
        self._some(data).cut = cut

    @rule(data=st.data(), frozen=st.booleans())
    def a_node_is_frozen_or_thawed(self, data: st.DataObject, frozen: bool) -> None:
        self._some(data).frozen = frozen

    # What must hold.

    @invariant()
    def live_means_shown_and_settled_means_for_good(self) -> None:
        for entry in self.host.journal[-6:]:
            receipt = self.runner.run(self.host.receipt(entry.position))
            if receipt.state == "pending" or not receipt.hosts or self.clock.wall >= entry.at + SPANS.window:
                continue
            acked_at = receipt.hosts[0].front.acked_at
            assert acked_at is not None
            for key in entry.keys or KEYS[:4]:
                shown = self.host.front.cache.get(key, entry.position)
                stored_late = any(at >= acked_at for stored, at in self.stored if stored == key)
                assert shown >= entry.position or (receipt.state == "live" and stored_late), (key, receipt)

    # How.

    def _some(self, data: st.DataObject) -> HostNode:
        return self.host.nodes[data.draw(st.sampled_from(sorted(self.host.nodes)))]

    def _answering(self) -> bool:
        return any(node.answers() for node in self.host.nodes.values())

    def _running(self, name: str) -> bool:
        return any(node.startswith(name) for node in self.host.nodes)

    def _start(self, name: str) -> None:
        """Under an id of its own: none is ever used twice."""
        self.started += 1
        self.runner.run(self.host.node(f"{name}-{self.started}"))

    def _seconds(self, count: int) -> None:
        self.runner.run(self.host.seconds(count))
        self.late = [late for late in self.late if self.clock.boot - late.at <= CONNECT + READ]


TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
