"""Many at once: one request of a kind goes to the nodes, cold and at expiry (I29, I31)."""

import threading

import pytest

from tests.nginx.conftest import Stage, Timed
from tests.nginx.test_lifetimes import WINDOWS, status
from tests.nginx.test_paths import FILE, LOADER, SETTINGS
from tests.support.nginx import get
from tests.support.upstream import Say, lifetimes

CROWD = 300


@pytest.mark.parametrize("path", [SETTINGS, LOADER, FILE])
@pytest.mark.parametrize(("code", "expires"), [(200, "60"), (404, "10"), (503, "1")])
def test_i31_a_cold_key_that_hundreds_ask_for_is_fetched_once(stage: Stage, path: str, code: int, expires: str) -> None:
    released = threading.Event()
    stage.upstream.say = Say(b"word", code, lifetimes(expires), hold=released)
    answers = stage.nginx.volley([get(path)] * CROWD, released.set)
    assert {(answer.status, answer.body) for answer in answers} == {(code, b"word")}
    assert len(stage.upstream.asked) == 1


def test_i31_each_coding_of_a_cold_key_is_fetched_once(stage: Stage) -> None:
    released = threading.Event()
    stage.upstream.say = Say(hold=released)
    codings = [get(SETTINGS, f"Accept-Encoding: {coding}") for coding in ("br", "gzip", "identity")]
    stage.nginx.volley(codings * (CROWD // 3), released.set)
    assert sorted(asked.headers.get("accept-encoding", "") for asked in stage.upstream.asked) == ["", "br", "gzip"]


def test_i29_a_warm_key_in_use_is_refreshed_at_expiry_by_exactly_one_flight(timed: Timed) -> None:
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes("10", WINDOWS))
    status(timed)
    timed.clock.advance(12)
    released = threading.Event()
    timed.stage.upstream.say = Say(b"v2", lifetimes=lifetimes("10", WINDOWS), hold=released)
    answers = timed.stage.nginx.volley([get(SETTINGS)] * CROWD, released.set)
    # The old copy answered all of them but those that came to it when the new one was there already.
    assert {(answer.status, answer.body) for answer in answers} <= {(200, b"v1"), (200, b"v2")}
    assert len(timed.stage.upstream.asked) == 2
    assert timed.stage.upstream.asked[0] == timed.stage.upstream.asked[1]
    assert status(timed) == ("hit", b"v2")


def test_i29_nobody_waits_for_that_flight_not_even_who_set_it_off(timed: Timed) -> None:
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes("10", WINDOWS))
    status(timed)
    timed.clock.advance(12)
    released = threading.Event()
    timed.stage.upstream.say = Say(b"v2", lifetimes=lifetimes("10", WINDOWS), hold=released)
    try:
        with timed.stage.nginx.connect() as first:
            first.sendall(get(SETTINGS))
            timed.stage.upstream.until_asked(2)
            received = b""
            while not received.endswith(b"\r\n\r\nv1"):
                received += first.recv(65536)
            answers = timed.stage.nginx.volley([get(SETTINGS)] * CROWD)
            assert {answer.body for answer in answers} == {b"v1"}
            assert len(timed.stage.upstream.asked) == 2
    finally:
        released.set()
