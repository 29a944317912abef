"""I13, I14 for any order of commits, polls, failures, deaths, late answers and time: no schedule reaches ``live``
without the front showing the position, nor ``settled`` while something from before can still be stored.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from edge.fronts.nginx import CONNECT, READ
from tests.fronts.stage import HOLD, KEYS, SPANS, Host, HostNode, open_host
from tests.support.clock import HandClock

NAMES = ("n1", "n2", "n3")
HOT = KEYS[:3]
"""Few, so that what happens at once happens to the same."""
BROAD = "definition:tally"
STEPS = (
    *("change", "change", "purge", "miss", "miss", "store", "store", "store"),
    *("one polls", "one polls", "one applies", "all poll", "all poll"),
    *("one works", "all work", "all work", "all work", "a second", "a second", "a hold"),
    *("fail", "heal", "heal"),
)


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

    @initialize(count=st.integers(1, len(NAMES)))
    def begin(self, count: int) -> None:
        self.host.keys.reached[BROAD] = list(HOT)
        for name in NAMES[:count]:
            self._start(name)
        for _ in range(2):
            self._seconds(int(HOLD) + 1)
            self._all_work()
        for key in HOT:
            self.host.front.store(key, 0)

    def teardown(self) -> None:
        self.runner.run(self.host.close())
        self.runner.close()
        self.temporary.cleanup()
        assert self.host.too_early == []

    @rule(steps=st.lists(st.sampled_from(STEPS), min_size=12, max_size=30), data=st.data())
    def things_happen(self, steps: list[str], data: st.DataObject) -> None:
        for step in steps:
            self._step(step, data)
            self._check()

    @rule(deaf=st.booleans())
    def datagrams_are_lost_or_not(self, deaf: bool) -> None:
        self.host.deaf = deaf

    @precondition(lambda self: len(self.host.nodes) > 1)
    @rule(data=st.data(), kill=st.booleans())
    def a_node_ends(self, data: st.DataObject, kill: bool) -> None:
        node = self._some(data)
        self.runner.run(node.kill() if kill else node.leave())
        self._check()

    @precondition(lambda self: len(self.host.nodes) < len(NAMES))
    @rule(data=st.data())
    def a_node_starts(self, data: st.DataObject) -> None:
        self._start(data.draw(st.sampled_from(NAMES)))
        self._check()

    @rule(data=st.data(), cut=st.booleans())
    def a_node_is_cut_off_or_healed(self, data: st.DataObject, cut: bool) -> None:
        self._some(data).cut = cut

    @rule(data=st.data(), frozen=st.booleans())
    def a_node_is_frozen_or_thawed(self, data: st.DataObject, frozen: bool) -> None:
        self._some(data).frozen = frozen

    @rule()
    def all_is_well_for_a_while(self) -> None:
        """Whatever was broken is mended: then everything becomes settled."""
        self.host.front.wrong = lambda _due: None
        for node in self.host.nodes.values():
            node.cut = node.frozen = False
        for _ in range(14):
            self._seconds(1)
            self._all_work()
            self._check()
        states = {self.runner.run(self.host.receipt(entry.position)).state for entry in self.host.journal[-6:]}
        assert states <= {"settled"}, states

    def _step(self, step: str, data: st.DataObject) -> None:
        match step:
            case "change":
                self.host.commit(*sorted(data.draw(st.sets(st.sampled_from(HOT), min_size=1, max_size=2))))
            case "purge":
                self.host.commit(tags=[BROAD], verb="invalidate")
            case "miss" if any(node.answers() for node in self.host.nodes.values()):
                key = data.draw(st.sampled_from(HOT))
                self.late.append(Late(key, self.host.answered(), self.clock.boot))
            case "store" if self.late:
                self._store(data.draw(st.sampled_from(self.late)))
            case "one polls" | "one applies":
                node = self._some(data)
                if not node.cut and not node.frozen:
                    self.runner.run(node.follow() if step == "one polls" else self._applied(node))
            case "all poll":
                self._seconds(0)
            case "one works":
                node = self._some(data)
                if not node.frozen:
                    self.runner.run(node.work(rounds=1))
            case "all work":
                self._all_work()
            case "a second":
                self._seconds(1)
            case "a hold":
                self._seconds(int(HOLD))
            case "fail" | "heal":
                reason = "answered 503" if step == "fail" else None
                self.host.front.wrong = lambda _due: reason
            case _:
                pass

    def _store(self, late: Late) -> None:
        self.late.remove(late)
        # nginx gives up on an answer after its time-outs.
        if self.clock.boot - late.at <= CONNECT + READ:
            self.host.front.store(late.key, late.position)
            self.stored.append((late.key, self.clock.wall))

    def _check(self) -> None:
        """Live means shown; settled means for good."""
        for entry in self.host.journal[-6:]:
            receipt = self.runner.run(self.host.receipt(entry.position))
            if receipt.state == "pending" or not receipt.hosts or self.clock.wall >= entry.at + SPANS.window:
                continue
            acked_at = receipt.hosts[0].front.acked_at
            assert acked_at is not None
            for key in entry.keys or HOT:
                shown = self.host.front.cache.get(key, entry.position)
                stored_late = any(at >= acked_at for stored, at in self.stored if stored == key)
                assert shown >= entry.position or (receipt.state == "live" and stored_late), (key, receipt)

    def _some(self, data: st.DataObject) -> HostNode:
        return self.host.nodes[data.draw(st.sampled_from(sorted(self.host.nodes)))]

    def _start(self, name: str) -> None:
        """Under an id of its own: none is ever used twice."""
        self.started += 1
        self.runner.run(self.host.node(f"{name}-{self.started}"))

    def _seconds(self, count: int) -> None:
        self.runner.run(self.host.seconds(count))

    def _all_work(self) -> None:
        self.runner.run(self.host.work())

    async def _applied(self, node: HostNode) -> None:
        await node.apply()


TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(
    max_examples=60, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
