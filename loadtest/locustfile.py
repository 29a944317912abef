"""Browsers, admins and purgers on a fleet, which check every answer while they load: ``make load``.

`python -m loadtest.run` starts a fleet and Locust on it; docs/load-test.md says how to read what comes out.

    Admin ───► changes a counter, waits for the receipt ─► live ─► tells every process
    Purger ──► purges tags, waits for the receipt ───────► live ─► tells every process
    Browser ─► looks up what is known to be live ─► asks ─► the answer must not be older, foreign, torn or an error
"""

import os
import random
import time
from collections.abc import Mapping
from typing import Any

import orjson
from gevent.pool import Group
from locust import between, constant, events, task
from locust.env import Environment
from locust.runners import WorkerRunner

from edge.publish.variants import Encoding
from loadtest.actor import Actor, Writer
from loadtest.checks import ACCEPTED, Asked, Copy, copy_of
from loadtest.documents import Kind, path_of
from loadtest.private_cache import PrivateCache
from loadtest.sources import COUNTED_SETTING, LoadSource, counter_in, marker
from loadtest.station import TALLY, here, say, take_part
from loadtest.targets import read_targets
from loadtest.wire import Line

ADMINS = int(os.environ.get("LOAD_ADMINS", "2"))
PURGERS = int(os.environ.get("LOAD_PURGERS", "1"))
PROCESSES = max(1, int(os.environ.get("LOAD_PROCESSES", "1")))
ENCODINGS: Mapping[Encoding, int] = {"br": 8, "gzip": 2, "identity": 1}
HALVED = 0.2
"""Of the pages, those that ask for the loader in halves."""
PURGED: Mapping[str, int] = {"key": 8, "source": 6, "workspace": 3, "definition": 2, "loader": 1, "all": 1}
"""How often each kind of tag is purged: small ones often, all of them now and then."""


class Browser(Actor):
    """Visitor after visitor: each loads a page's loader, then more pages, with a cache of its own."""

    wait_time = constant(0)

    def on_start(self) -> None:
        super().on_start()
        self._lines = [Line(front, seconds=10.0) for front in self.station.targets.fronts]
        self._behind = Group()

    def on_stop(self) -> None:
        self._behind.kill()
        for line in self._lines:
            line.close()

    @task
    def visit(self) -> None:
        visitor = Visitor(self, random.choice(self._lines), self.station.draw())
        # Some pages have the snippet of a loader in halves, which any of our client's sources has.
        script: Kind = "manifest" if random.random() < HALVED else "loader"
        visitor.load(script)
        for _ in range(random.randint(0, 4)):
            time.sleep(random.uniform(0.05, 0.4))
            # A page loads the loader; an analytics.js-style client asks for settings, a consent manager for the list.
            visitor.load(script, again=random.random() < 0.1)
            if random.random() < 0.5:
                visitor.load("settings")
            if random.random() < 0.2:
                visitor.load("integrations")

    def behind_a_page(self, visitor: "Visitor", kind: Kind) -> None:
        self._behind.spawn(visitor.fetch, kind)


class Visitor:
    """One person with one browser, on one site, through one front."""

    def __init__(self, browser: Browser, line: Line, source: LoadSource) -> None:
        self._browser = browser
        self._line = line
        self._source = source
        self._encoding = random.choices(list(ENCODINGS), weights=list(ENCODINGS.values()))[0]
        self._cache: PrivateCache[Kind, Copy] = PrivateCache()

    def load(self, kind: Kind, *, again: bool = False) -> None:
        """As a page does; ``again`` is a person's reload, which revalidates whatever is fresh."""
        use = self._cache.use(kind, time.time())
        if again and use != "fetch":
            use = "revalidate"
        match use:
            case "use":
                self._browser.station.judge.tally.own += 1
            case "use and revalidate":
                self._browser.station.judge.tally.own += 1
                self._browser.behind_a_page(self, kind)
            case "fetch" | "revalidate":
                self.fetch(kind)

    def fetch(self, kind: Kind) -> None:
        """Ask the network, and keep what it says if nothing is wrong with it."""
        station, kept = self._browser.station, self._cache.get(kind)
        held = kept.value if kept is not None else None
        headers = {"Accept-Encoding": ACCEPTED[self._encoding]} | ({"If-None-Match": held.etag} if held else {})
        path = path_of(kind, self._source.key)
        # What is known now: a change that becomes live while the answer is under way is none of this answer's.
        asked = Asked(self._source, kind, self._encoding, station.judge.expected.floor(self._source, kind), held)
        sent_at, started = time.time(), time.perf_counter()
        answer = self._line.ask("GET", path, headers)
        took = time.perf_counter() - started
        url = self._line.base_url + path
        faults = station.judge.document(asked, answer, url=url, sent_at=sent_at, took=took)
        self._browser.told("GET", kind, took, answer, faults)
        if not faults:
            copy = held if answer.status == 304 and held is not None else copy_of(answer)
            self._cache.store(kind, copy, answer.headers, asked_at=sent_at, now=time.time())


class Admin(Writer):
    """Changes a setting that counts."""

    fixed_count = ADMINS
    wait_time = between(0.05, 0.3)

    @task
    def change(self) -> None:
        with self.station.chosen_to_change(PROCESSES) as source:
            if source is None:
                return
            counter = self._next(source)
            config = [{"name": COUNTED_SETTING, "value": marker(source.slug, counter)}]
            body = {"destination": {"config": config}, "update_mask": {"paths": ["destination.config"]}}
            answer = self.write("PATCH", f"/v1beta/{source.counted}", body, "a change, until live")
            if answer is not None:
                self.station.tell_live(source, counter, answer)

    def _next(self, source: LoadSource) -> int:
        """One more than the last; from the API for a source that this process has not changed yet."""
        counters = self.station.counters
        if source.id not in counters:
            config = self.read(f"/v1beta/{source.counted}")["config"]
            (text,) = (one["value"] for one in config if one["name"].endswith(f"/{COUNTED_SETTING}"))
            counters[source.id] = counter_in(text)
        counters[source.id] += 1
        return counters[source.id]


class Purger(Writer):
    """Purges, from one key to everything."""

    fixed_count = PURGERS
    wait_time = between(0.5, 1.5)

    @task
    def purge(self) -> None:
        kind = random.choices(list(PURGED), weights=list(PURGED.values()))[0]
        source = self.station.draw()
        tag = {
            "key": f"key:{source.key}",
            "source": f"source:{source.id}",
            "workspace": f"workspace:{source.workspace}",
            "definition": f"definition:{random.choice(source.definitions)}",
        }.get(kind, kind)
        verb = "revoke" if random.random() < 0.1 else "invalidate"
        body = {"tags": [tag], "verb": verb, "reason": "load test"}
        answer = self.write("POST", "/v1beta/purges", body, f"a purge of {kind}, until live")
        if answer is not None:
            self.station.tell_purged([tag], answer)


@events.init.add_listener
def _join(environment: Environment, **_others: Any) -> None:
    take_part(environment, read_targets())


@events.report_to_master.add_listener
def _report(data: dict[str, Any], **_others: Any) -> None:
    """What this worker has seen since it last said so."""
    data[TALLY] = here().judge.report()


@events.worker_report.add_listener
def _add(data: dict[str, Any], **_others: Any) -> None:
    here().judge.tally.add(data.get(TALLY, {}))


@events.quitting.add_listener
def _conclude(environment: Environment, **_others: Any) -> None:
    if isinstance(environment.runner, WorkerRunner):
        return
    tally, runner = here().judge.tally, environment.runner
    verdict = tally.verdict(admins=ADMINS, purgers=PURGERS)
    if runner is not None and runner.exceptions:
        # A user that fails loads nothing and checks nothing.
        verdict = "; ".join(str(one["msg"]) for one in runner.exceptions.values())
    say(f"seen: {orjson.dumps(tally.as_json()).decode()}")
    say(f"FAILED: {verdict}" if verdict else "passed: every answer was one that may be")
    environment.process_exit_code = 1 if verdict else 0
