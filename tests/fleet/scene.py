"""A fleet under watch: what is done to it is written into the history that every answer is judged by."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import httpx

from edge.model.change import Verb
from edge.model.tags import source_tag
from loadtest.fleet.edgewise import Node
from loadtest.fleet.plan import Plan, scaled
from loadtest.sources import COUNTED_SETTING, LoadSource, marker
from tests.fleet.history import History, Purge, Reign
from tests.fleet.judge import NGINX, Bounds, Excuse, Excuses, Seen, faults_of
from tests.fleet.watch import Line, Target, Watch, look, questions
from tests.fleet.wired import WiredFleet

LEASE, GUARD = 2.0, 1.0
FRESH, ERROR, REVALIDATE = 6, 4, 2
ON_ERROR = 120
PLAN = Plan(
    sources=8,
    settings={
        **scaled(fresh=FRESH, error=ERROR, revalidate=REVALIDATE, browser=1, browser_revalidate=1, lease=LEASE),
        "EDGE_PROOF_INTERVAL": "0.5",
        "EDGE_STALE_IF_ERROR": str(ON_ERROR),
        "EDGE_AUDIT_INTERVAL": "2",
    },
)
"""The whole fleet, with a lease and shares that a test can outwait."""
UNAUDITED = replace(
    PLAN,
    sources=48,
    settings={
        **PLAN.settings,
        "EDGE_AUDIT_INTERVAL": "0",
        "EDGE_PURGE_RATE": "12",
        # No front has to do anything any more about what is older than all of its shares.
        "EDGE_FRONT_ERROR": "60",
    },
)
"""The same where nobody but browsers asks for documents, and a purge of everything takes some seconds, for which the
copies from before it last."""
BOUNDS = Bounds(lease=LEASE, front=FRESH, lapsed=max(ERROR, REVALIDATE), on_error=ON_ERROR)
PATIENCE = 30.0
"""Seconds within which whatever is to come about has come about; reached only by a failure."""
LOOK_AGAIN = 0.01
MOST_TOLD = 5

Broken = Sequence[tuple[Excuse, str]]


class Scene:
    """Not for several threads: one test at a time does things, and the watch looks on."""

    def __init__(self, fleet: WiredFleet, watched: Sequence[LoadSource] | None = None) -> None:
        self.fleet = fleet
        self.history = History()
        self.history.begin(fleet.sources)
        self.excuses = Excuses()
        self.api = fleet.api(timeout=PATIENCE)
        self.watched = list(watched or fleet.sources[:4])
        self._all_live = 0, 0
        self.watch = Watch(self.targets(), self.watched)

    @property
    def patience(self) -> float:
        """Seconds after which a silent node is called so, and has fenced itself."""
        return LEASE + GUARD

    def targets(self) -> list[Target]:
        """Everything that answers with documents."""
        made = [target_of(node) for node in (self.fleet.control, *self.fleet.nodes)]
        return [*made, *([Target(NGINX, self.fleet.nginx.port)] if self.fleet.nginx else [])]

    def names(self) -> list[str]:
        return [target.name for target in self.targets()]

    # -- Writing --

    def write(self, source: LoadSource) -> Reign:
        """Commit a change, without waiting for it to be live. Raises httpx.HTTPError when the answer does not come."""
        reign = self.history.change(source, time.monotonic())
        config = [{"name": COUNTED_SETTING, "value": marker(source.slug, reign.counter)}]
        body = {"destination": {"config": config}, "update_mask": {"paths": ["destination.config"]}}
        answer = self.api.patch(f"/v1beta/{source.counted}", json=body).raise_for_status()
        reign.answered, reign.position = time.monotonic(), int(answer.headers["edge-position"])
        return reign

    def change(self, source: LoadSource) -> Reign:
        """Commit a change, and wait until it is live."""
        reign = self.write(source)
        reign.live = self.wait(reign.position)
        return reign

    def purge(self, sources: Sequence[LoadSource], verb: Verb = "invalidate") -> Purge:
        """Purge, without waiting for it to be live."""
        purge = self.history.purge(Purge(verb, frozenset(source.id for source in sources), time.monotonic()))
        body = {"tags": [source_tag(source.id) for source in sources], "verb": verb, "reason": "test"}
        answer = self.api.post("/v1beta/purges", json=body).raise_for_status()
        purge.position = int(answer.headers["edge-position"])
        return purge

    def receipt(self, position: int) -> dict[str, Any]:
        answer = self.api.get(f"/v1beta/changes/{position}").raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def head(self) -> int:
        """The journal's last position."""
        return int(self.status()["head"])

    def status(self) -> dict[str, Any]:
        """How the fleet stands, as ``edgewise status`` shows it."""
        found: dict[str, Any] = self.api.get("/v1beta/status").raise_for_status().json()
        return found

    def wait(self, position: int, seconds: float = PATIENCE, states: Iterable[str] = ("live", "settled")) -> float:
        """When the receipt was seen to be in one of ``states``."""
        deadline = time.monotonic() + seconds
        while (found := self.receipt(position))["state"] not in states:
            assert time.monotonic() < deadline, f"position {position}: not {states} within {seconds:g} s: {found}"
            time.sleep(LOOK_AGAIN)
        return time.monotonic()

    def until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Look again and again, until it is so."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
            time.sleep(LOOK_AGAIN)

    # -- Breaking --

    @contextmanager
    def excused(self, broken: Broken) -> Iterator[None]:
        """While the block runs; it ends with ``arrives``, after which everything is strict again."""
        for excuse, target in broken:
            self.excuses.add(excuse, target, time.monotonic())
        try:
            yield
            self.arrives()
        finally:
            for excuse, target in broken:
                self.excuses.end(excuse, target, time.monotonic())

    # -- Judging --

    def arrives(self, seconds: float = PATIENCE) -> None:
        """Every target shows the newest of every watched source, in every variant, and calls it fresh."""
        deadline = time.monotonic() + seconds
        with ExitStack() as stack:
            lines = [Line(target) for target in self.targets()]
            for line in lines:
                stack.callback(line.close)
            open_questions = [(line, question) for line in lines for question in questions(self.watched)]
            while open_questions:
                open_questions = [
                    (line, asked) for line, asked in open_questions if not self._newest(look(line, asked))
                ]
                if open_questions and time.monotonic() > deadline:
                    line, asked = open_questions[0]
                    seen = look(line, asked)
                    raise AssertionError(f"not everywhere within {seconds:g} s:\n{told(seen, self.history)}")

    def live_everywhere(self, seconds: float = PATIENCE) -> None:
        """Every change and purge that was committed is called live; what was so once is not asked about again."""
        lives = len(self.history.replaced)
        for position in self.history.committed():
            if (lives, position) > self._all_live:
                self.wait(position, seconds)
                self._all_live = lives, position

    def judge(self) -> None:
        """Judge every answer since the last time. Raises AssertionError with the first that may not be."""
        wrong, taken = [], self.watch.taken()
        assert {seen.target for seen in taken} == set(self.names()), "a target was not watched"
        for seen in taken:
            for fault in faults_of(seen, self.history, self.excuses, BOUNDS):
                wrong.append(f"{fault.what}: expected {fault.expected}, got {fault.got}\n{told(seen, self.history)}")
        assert not wrong, "\n\n".join([f"{len(wrong)} faults", *wrong[:MOST_TOLD], self.fleet.evidence()])

    def _newest(self, seen: Seen) -> bool:
        newest = self.history.newest(seen.source)
        if seen.faults or seen.marked or seen.position < newest.position:
            return False
        return seen.counter in (None, newest.counter)


def told(seen: Seen, history: History) -> str:
    """An answer and what is known of its source, with times relative to when it was sent."""
    live = history.counter_at(seen.source, history.live_reign(seen.source, seen.sent))
    newest = history.newest(seen.source)
    lines = [
        f"  {seen.kind} of {seen.source.slug} ({seen.encoding}) at {seen.target}, took {seen.done - seen.sent:.3f} s",
        f"  live before it: counter {live}; newest: {newest.counter} at {newest.position},"
        f" answered {newest.answered - seen.sent:+.3f} s, live {newest.live - seen.sent:+.3f} s",
        *(f"  {fault.what}: {fault.expected}; {fault.got}" for fault in seen.faults),
    ]
    shown = ("cache-status", "edge-as-of", "edge-revision", "etag", "cache-control")
    return "\n".join([*lines, *(f"  {name}: {seen.headers.get(name, '-')}" for name in shown)])


def target_of(node: Node) -> Target:
    return Target(node.name, node.options.port, node.options.uds, node.options.host)


def refused(call: Any, *arguments: Any) -> None:
    """A write that is to fail, as its store or its control node is not there; it may stand or not."""
    try:
        call(*arguments)
    except httpx.HTTPError:
        return
    raise AssertionError("a write was answered though nothing could have committed it")
