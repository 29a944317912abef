"""How long nginx keeps what, by the node's word alone: each claim is a row that the freshness budget stands on."""

import pytest

from tests.nginx.conftest import Timed
from tests.nginx.test_paths import SETTINGS
from tests.support.upstream import Say, lifetimes

WINDOWS = "max-age=1, stale-while-revalidate=30, stale-if-error=300"
ERROR = b'{"error":"gone"}'


def status(timed: Timed, path: str = SETTINGS) -> tuple[str, bytes]:
    """nginx's own word on what it did, and the body."""
    answer = timed.stage.client.get(path)
    return answer.headers.get("cache-status", "").rpartition("nginx; ")[2], answer.content


def expiring(timed: Timed, seconds: int) -> str:
    return f"@{int(timed.clock()) + seconds}"


def test_a_deadline_is_absolute_and_holds_through_its_second(timed: Timed) -> None:
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes(expiring(timed, 240)))
    timed.clock.advance(200)
    assert status(timed) == ("fwd=uri-miss", b"v1")
    timed.stage.upstream.say = Say(b"v2")
    timed.clock.advance(38)
    assert status(timed) == ("hit", b"v1")
    timed.clock.advance(4)
    assert status(timed) == ("fwd=stale", b"v2")


def test_a_number_counts_from_when_the_answer_came(timed: Timed) -> None:
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes("10"))
    status(timed)
    timed.stage.upstream.say = Say(b"v2")
    timed.clock.advance(8)
    assert status(timed) == ("hit", b"v1")
    timed.clock.advance(4)
    assert status(timed) == ("fwd=stale", b"v2")


@pytest.mark.parametrize("expires", ["0", "@0"])
def test_what_a_node_calls_nothing_to_keep_is_not_kept(timed: Timed, expires: str) -> None:
    timed.stage.upstream.say = Say(lifetimes=lifetimes(expires, "no-store", "no-store"))
    assert [status(timed) for _ in range(2)] == [("fwd=uri-miss", b"v1")] * 2


def test_a_deadline_that_has_passed_already_is_asked_again(timed: Timed) -> None:
    timed.stage.upstream.say = Say(lifetimes=lifetimes(expiring(timed, -5)))
    assert [status(timed)[0] for _ in range(2)] == ["fwd=uri-miss", "fwd=stale"]


def test_an_answer_without_any_lifetime_is_not_kept(timed: Timed) -> None:
    timed.stage.upstream.say = Say(lifetimes=())
    assert [status(timed)[0] for _ in range(2)] == ["fwd=uri-miss"] * 2


@pytest.mark.parametrize(("code", "expires", "seconds"), [(404, "10", 10), (503, "1", 1), (200, "5", 5)])
def test_errors_and_last_known_good_have_short_lives_and_no_window(
    timed: Timed, code: int, expires: str, seconds: int
) -> None:
    timed.stage.upstream.say = Say(ERROR, code, lifetimes(expires))
    assert [status(timed)[0] for _ in range(2)] == ["fwd=uri-miss", "hit"]
    timed.clock.advance(seconds + 2)
    assert status(timed)[0] == "fwd=stale"


def test_an_age_from_above_shortens_nothing_and_none_is_sent(timed: Timed) -> None:
    # Why the shares of the budget are added up instead of counted down.
    timed.stage.upstream.say = Say(
        lifetimes=lifetimes("10"), more=(("Age", "9"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"))
    )
    status(timed)
    timed.clock.advance(5)
    answer = timed.stage.client.get(SETTINGS)
    assert answer.headers["cache-status"] == "nginx; hit"
    assert answer.headers["date"] != "Thu, 01 Jan 1970 00:00:00 GMT"


def test_i27_within_the_window_of_revalidation_the_old_answer_goes_out_and_one_request_in(timed: Timed) -> None:
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes("10", WINDOWS))
    status(timed)
    timed.stage.upstream.say = Say(b"v2", lifetimes=lifetimes("10", WINDOWS))
    timed.clock.advance(38)
    assert status(timed) == ("hit; detail=stale", b"v1")
    timed.stage.upstream.until_asked(2)
    answers = {status(timed)[1] for _ in range(50)}
    assert b"v2" in answers
    assert len(timed.stage.upstream.asked) == 2


def test_i27_after_the_window_of_revalidation_nobody_gets_the_old_answer(timed: Timed) -> None:
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes("10", WINDOWS))
    status(timed)
    timed.stage.upstream.say = Say(b"v2", lifetimes=lifetimes("10", WINDOWS))
    timed.clock.advance(10 + 30 + 2)
    assert status(timed) == ("fwd=stale", b"v2")


def test_windows_do_not_come_from_what_clients_are_told(timed: Timed) -> None:
    client = "public, max-age=60, stale-while-revalidate=540"
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes("10", "max-age=1", client))
    status(timed)
    timed.stage.upstream.say = Say(b"v2")
    timed.clock.advance(12)
    assert status(timed) == ("fwd=stale", b"v2")


def test_the_node_s_line_order_is_what_keeps_the_windows(timed: Timed) -> None:
    # nginx 1.22: X-Accel-Expires before Cache-Control, and the windows would be lost; later versions keep them.
    timed.stage.upstream.say = Say(b"v1", lifetimes=lifetimes("10", WINDOWS))
    status(timed)
    timed.clock.advance(12)
    assert status(timed)[0] == "hit; detail=stale"


def test_a_cookie_or_a_list_of_variants_from_above_hinders_nothing(timed: Timed) -> None:
    timed.stage.upstream.say = Say(more=(("Set-Cookie", "a=b"), ("Vary", "Cookie, Accept-Encoding")))
    assert [status(timed)[0] for _ in range(2)] == ["fwd=uri-miss", "hit"]
    answer = timed.stage.client.get(SETTINGS, headers={"Cookie": "a=c"})
    assert answer.headers["cache-status"] == "nginx; hit"
    assert "set-cookie" not in answer.headers
    assert answer.headers.get_list("vary") == ["Accept-Encoding"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (lifetimes("60", client="public, max-age=7"), "public, max-age=7"),
        (lifetimes("60")[:2], "no-store"),
        ((("Cache-Control", "public, max-age=60, s-maxage=60"),), "no-store"),
        ((("Cache-Control", "public, max-age=31536000, immutable"),), "public, max-age=31536000, immutable"),
    ],
)
def test_clients_are_told_what_is_meant_for_them_and_else_to_keep_nothing(
    timed: Timed, lines: tuple[tuple[str, str], ...], told: str
) -> None:
    timed.stage.upstream.say = Say(lifetimes=lines)
    for _ in range(2):
        answer = timed.stage.client.get(SETTINGS)
        assert answer.headers.get_list("cache-control") == [told]
        assert [name for name in answer.headers if name.startswith("x-") and name != "x-content-type-options"] == []


def test_what_is_asked_again_is_asked_for_whole(timed: Timed) -> None:
    # After a 304 nginx would go on with the headers that it has, a deadline of long ago among them.
    timed.stage.upstream.say = Say(lifetimes=lifetimes("10"))
    status(timed)
    timed.clock.advance(12)
    assert status(timed)[0] == "fwd=stale"
    first, second = timed.stage.upstream.asked
    assert first == second


@pytest.mark.parametrize(
    "line", [("X-Accel-Redirect", "/healthz"), ("X-Accel-Buffering", "no"), ("X-Accel-Limit-Rate", "1")]
)
def test_no_other_word_from_above_is_obeyed(timed: Timed, line: tuple[str, str]) -> None:
    timed.stage.upstream.say = Say(more=(line,))
    assert [status(timed) for _ in range(2)] == [("fwd=uri-miss", b"v1"), ("hit", b"v1")]
