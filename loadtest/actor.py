"""What Locust's users have in common. Needs gevent."""

import os
import time
from typing import Any

import gevent
import orjson
from locust import User

from loadtest.checks import Answer, Fault
from loadtest.station import here
from loadtest.wire import Line

ENDS_AT_FIRST = os.environ.get("LOAD_ENDS_AT_FIRST", "0") == "1"
"""Whether the run ends with the first fault; of one process only."""


class Faulty(Exception):  # noqa: N818 - what Locust prints for it
    """An answer that may not be; its text is one line of Locust's table of errors."""


class Actor(User):
    """What the three have in common: a station, and telling Locust how long an answer took."""

    abstract = True

    def on_start(self) -> None:
        self.station = here()

    def told(self, method: str, name: str, took: float, answer: Answer, faults: list[Fault]) -> None:
        problem = Faulty("; ".join(sorted({fault.what for fault in faults}))) if faults else None
        self.environment.events.request.fire(
            request_type=method,
            name=name,
            response_time=took * 1000,
            response_length=len(answer.body),
            exception=problem,
            context={},
        )
        if faults and ENDS_AT_FIRST:
            # Not from here: it waits for every user's end, this one's too.
            gevent.spawn(self.station.runner.quit)


class Writer(Actor):
    """Speaks to the Config API with an instance token."""

    abstract = True

    def on_start(self) -> None:
        super().on_start()
        targets = self.station.targets
        headers = {"Authorization": f"Bearer {targets.token}", "Content-Type": "application/json"}
        self._line = Line(targets.api, targets.wait + 10.0, headers)

    def on_stop(self) -> None:
        self._line.close()

    def write(self, method: str, path: str, body: Any, name: str) -> Answer | None:
        """The answer, once what it wrote is live; ``None`` when that is not so, which the judge has noted."""
        wait = self.station.targets.wait
        sent_at, started = time.time(), time.perf_counter()
        answer = self._line.ask(method, f"{path}?wait={wait:g}s", {}, orjson.dumps(body))
        took = time.perf_counter() - started
        faults = self.station.judge.write(f"{method} {path}", answer, wait, sent_at=sent_at, took=took)
        self.told(method, name, took, answer, faults)
        return None if faults else answer

    def read(self, path: str) -> Any:
        answer = self._line.ask("GET", path, {})
        if answer.status != 200:
            raise Faulty(f"GET {path}: {answer.status} {answer.error or answer.body!r}")
        return orjson.loads(answer.body)
