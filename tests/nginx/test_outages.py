"""Nodes that are away, hang or fail: what nginx answers, and for how long."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.nginx.conftest import Stage, Timed
from tests.nginx.test_lifetimes import WINDOWS, status
from tests.nginx.test_paths import FILE, INTEGRATIONS, SETTINGS
from tests.support.clocks import SharedClock
from tests.support.nginx import get, nginx
from tests.support.upstream import Say, lifetimes, upstream

VARIANTS = 9
"""Of a write key: all are refreshed at once."""


class Outage:
    """A stage whose upstream ends when told."""

    def __init__(self, timed: Timed, stack: ExitStack) -> None:
        self.timed = timed
        self._stack = stack

    def begin(self) -> None:
        self._stack.close()


@pytest.fixture
def outage(directory: Path, clock: SharedClock) -> Iterator[Outage]:
    with ExitStack() as ending, nginx(directory, env=clock.nginx()) as front, front.public() as client:
        up = ending.enter_context(upstream(directory / "run" / "app.sock"))
        yield Outage(Timed(Stage(up, front, client), clock), ending)


def test_i27_with_no_node_a_copy_answers_marked_within_its_window_and_then_never(outage: Outage) -> None:
    timed = outage.timed
    timed.stage.upstream.say = Say(lifetimes=lifetimes("10", WINDOWS))
    status(timed)
    outage.begin()
    for seconds in (12, 38, 240):
        timed.clock.advance(seconds)
        assert status(timed) == ("hit; detail=stale", b"v1")
    timed.clock.advance(10 + 300 + 2 - 290)
    for _ in range(3):
        answer = timed.stage.client.get(SETTINGS)
        assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")


def test_with_no_node_what_is_not_kept_is_a_503_that_says_when_to_come_back(outage: Outage) -> None:
    outage.begin()
    for path in (SETTINGS, FILE, "/healthz", "/readyz"):
        answer = outage.timed.stage.nginx.raw(get(path))
        assert (answer.status, answer.headers["Content-Type"]) == (503, "application/json; charset=utf-8")
        assert answer.headers.get_all("Retry-After") == ["1"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.body.startswith(b'{"error":"no node of this edge answers')


def test_an_event_is_not_lost_in_silence_when_no_node_is_there(outage: Outage) -> None:
    outage.begin()
    assert outage.timed.stage.nginx.raw(get("/v1/t", "Content-Length: 2", method="POST") + b"{}").status == 503


def test_what_a_deleted_source_had_is_not_served_in_place_of_its_404(timed: Timed) -> None:
    timed.stage.upstream.say = Say(lifetimes=lifetimes("10", "max-age=1, stale-if-error=300"))
    status(timed)
    timed.clock.advance(12)
    timed.stage.upstream.say = Say(b"gone", 404, lifetimes("10"))
    assert timed.stage.client.get(SETTINGS).status_code == 404


def test_i30_a_node_s_own_503_is_not_answered_by_a_copy_within_its_window(timed: Timed) -> None:
    # What was revoked is refused by the node; a copy in its place would undo that.
    timed.stage.upstream.say = Say(lifetimes=lifetimes("10", "max-age=1, stale-if-error=300"))
    status(timed)
    timed.clock.advance(12)
    timed.stage.upstream.say = Say(b"refused", 503, lifetimes("1"), more=(("Retry-After", "7"),))
    answer = timed.stage.nginx.raw(get(SETTINGS))
    assert (answer.status, answer.body, answer.headers.get_all("Retry-After")) == (503, b"refused", ["7"])


def test_a_node_that_hangs_is_given_up_on_and_the_copy_answers(timed: Timed) -> None:
    timed.stage.upstream.say = Say(lifetimes=lifetimes("10", "max-age=1, stale-if-error=300"))
    status(timed)
    timed.clock.advance(12)
    released = threading.Event()
    timed.stage.upstream.say = Say(b"late", hold=released)
    try:
        assert status(timed) == ("hit; detail=stale", b"v1")
        assert timed.stage.client.get(INTEGRATIONS).status_code == 503
    finally:
        released.set()


def test_another_process_of_the_host_answers_where_one_is_away_or_refuses(directory: Path) -> None:
    changes = {"#server unix:run/app-2.sock max_fails=0;": "server unix:run/app-2.sock max_fails=0;"}
    with (
        upstream(directory / "run" / "app-2.sock") as second,
        nginx(directory, changes=changes) as front,
        front.public() as client,
    ):
        second.say = Say(b"second", lifetimes=lifetimes("0"))
        assert [client.get(SETTINGS).content for _ in range(4)] == [b"second"] * 4
        with upstream(directory / "run" / "app.sock") as first:
            first.say = Say(b"refused", 503, lifetimes("0"))
            assert [client.get(SETTINGS).content for _ in range(4)] == [b"second"] * 4
            assert first.asked
            first.say = Say(b"nothing", 404, lifetimes("0"))
            assert {client.get(SETTINGS).status_code for _ in range(4)} == {200, 404}


def test_another_process_of_the_host_answers_where_one_hangs(directory: Path) -> None:
    changes = {"#server unix:run/app-2.sock max_fails=0;": "server unix:run/app-2.sock max_fails=0;"}
    released = threading.Event()
    with (
        upstream(directory / "run" / "app.sock") as first,
        upstream(directory / "run" / "app-2.sock") as second,
        nginx(directory, changes=changes) as front,
        front.public() as client,
    ):
        first.say, second.say = Say(b"late", hold=released), Say(b"second", lifetimes=lifetimes("0"))
        try:
            assert [client.get(SETTINGS).content for _ in range(4)] == [b"second"] * 4
            assert first.asked
        finally:
            released.set()


def test_a_refresh_and_a_probe_are_answered_by_another_process_of_the_host_where_one_hangs(directory: Path) -> None:
    """A refresh that fails at a node that hangs never ends: of its variants some are that node's turn, each time."""
    changes = {"#server unix:run/app-2.sock max_fails=0;": "server unix:run/app-2.sock max_fails=0;"}
    asked = [*VARIANTS * [SETTINGS], *VARIANTS * ["/readyz"]]
    released = threading.Event()
    with (
        upstream(directory / "run" / "app.sock") as first,
        upstream(directory / "run" / "app-2.sock") as second,
        nginx(directory, changes=changes) as front,
        ThreadPoolExecutor(len(asked)) as callers,
    ):
        first.say, second.say = Say(b"late", hold=released), Say(b"second", lifetimes=lifetimes("0"))

        def answered(path: str) -> bytes:
            with front.refreshing() as client:
                return client.get(path, headers={"Edge-Refresh": "1"}).content

        try:
            assert list(callers.map(answered, asked)) == [b"second"] * len(asked)
            assert {one.target for one in first.asked} == {SETTINGS, "/readyz"}
        finally:
            released.set()


def test_a_node_that_comes_back_is_asked_at_once(directory: Path) -> None:
    with nginx(directory) as front, front.public() as client:
        assert [client.get(SETTINGS).status_code for _ in range(5)] == [503] * 5
        with upstream(directory / "run" / "app.sock"):
            assert client.get(SETTINGS).status_code == 200
