"""The table of cache headers, for both fronts, in the order in which they are sent."""

import pytest

from edge.cache.cache import Freshness
from edge.delivery.headers import Front, HeaderWriter, Pairs, cache_status
from edge.model.budget import Budget
from edge.model.instant import Instant
from tests.support.world import KEY

CONFIRMED = Instant(1000.9, 1.0)
FRESH = "public, max-age=60, s-maxage=60, stale-while-revalidate=540, stale-if-error=0"
TEN_SECONDS = "public, max-age=10, stale-if-error=0"
FIVE_SECONDS = "public, max-age=5, stale-if-error=0"
WINDOWS = "max-age=1, stale-while-revalidate=30, stale-if-error=300"


EARLIEST, LATEST = 1000 + 240 - 24, 1000 + 240
"""Between which nginx's deadline lies: its share after confirmed-at, less a tenth of it at most."""


def writer(front: Front, budget: Budget | None = None, lease: float = 10.0) -> HeaderWriter:
    return HeaderWriter(front, budget or Budget(), lease)


def deadline(key: str, budget: Budget | None = None, lease: float = 10.0) -> int:
    """Seconds of Unix time at which nginx's copy of ``key`` ends."""
    lines = dict(writer("nginx", budget, lease).found("fresh", CONFIRMED, key))
    return int(lines["X-Accel-Expires"].removeprefix("@"))


def to_nginx(windows: str, expires: str, client: str) -> Pairs:
    return [("Cache-Control", windows), ("X-Accel-Expires", expires), ("X-Client-Cache-Control", client)]


@pytest.mark.parametrize(
    ("freshness", "client", "nginx"),
    [
        ("fresh", FRESH, (WINDOWS, f"@{deadline(KEY)}")),
        ("unproven", FRESH, ("max-age=1", "1")),
        ("overtaken", "no-store", ("no-store", "0")),
        ("stale", FIVE_SECONDS, ("max-age=1", "5")),
    ],
)
def test_a_document_is_kept_as_long_as_its_freshness_allows(
    freshness: Freshness, client: str, nginx: tuple[str, str]
) -> None:
    assert writer("none").found(freshness, CONFIRMED, KEY) == [("Cache-Control", client)]
    assert writer("nginx").found(freshness, CONFIRMED, KEY) == to_nginx(*nginx, client)


@pytest.mark.parametrize(
    ("freshness", "client", "nginx"),
    [
        ("fresh", TEN_SECONDS, ("max-age=1", "10")),
        ("unproven", TEN_SECONDS, ("max-age=1", "1")),
        ("overtaken", "no-store", ("no-store", "0")),
    ],
)
def test_an_unknown_key_is_kept_ten_seconds_and_by_nginx_only_if_that_is_proven(
    freshness: Freshness, client: str, nginx: tuple[str, str]
) -> None:
    assert writer("none").missing(freshness) == [("Cache-Control", client)]
    assert writer("nginx").missing(freshness) == to_nginx(*nginx, client)


def test_i29_deadlines_of_keys_written_in_one_go_are_spread_and_come_earlier_only() -> None:
    deadlines = [deadline(f"wk_backfill_{number:06}") for number in range(10_000)]
    assert (min(deadlines), max(deadlines)) == (EARLIEST, LATEST)
    most = max(deadlines.count(second) for second in range(EARLIEST, LATEST + 1))
    assert most < 2 * len(deadlines) / (LATEST - EARLIEST + 1)


def test_i29_every_node_gives_one_key_the_same_deadline() -> None:
    assert deadline("wk_first_key_0001") == LATEST - 1


@pytest.mark.parametrize(("share", "lease"), [(11, 10.0), (12, 10.5), (61, 60.0), (63, 60.0), (13, 2.0)])
def test_i29_no_deadline_is_as_early_as_a_proof_is_old(share: int, lease: float) -> None:
    budget = Budget(front_fresh=share)
    shares = {deadline(f"wk_backfill_{number:06}", budget, lease) - 1000 for number in range(1000)}
    assert min(shares) > lease
    assert min(shares) >= share - share // 10
    assert max(shares) == share


def test_an_error_is_not_kept() -> None:
    assert writer("none").error() == [("Cache-Control", "no-store")]
    assert writer("nginx").error() == to_nginx("max-age=1", "1", "no-store")


@pytest.mark.parametrize("front", ["none", "nginx"])
def test_a_file_is_immutable_for_a_year_before_any_front(front: Front) -> None:
    assert writer(front).asset() == [("Cache-Control", "public, max-age=31536000, immutable")]


def test_shares_of_the_budget_are_the_seconds_that_are_sent() -> None:
    budget = Budget(
        front_fresh=100, front_error=20, front_revalidate=10, shared_fresh=7, shared_revalidate=8, browser_fresh=1,
        browser_revalidate=2,
    )  # fmt: skip
    assert writer("nginx", budget).found("fresh", CONFIRMED, KEY) == to_nginx(
        "max-age=1, stale-while-revalidate=10, stale-if-error=20",
        f"@{deadline(KEY, budget)}",
        "public, max-age=1, s-maxage=7, stale-while-revalidate=2, stale-if-error=0",
    )


@pytest.mark.parametrize(("shared", "browser", "sent"), [(0, 900, 0), (900, 0, 0), (20, 10, 10), (10, 20, 10)])
def test_i25_the_one_stale_window_fits_the_share_of_a_shared_cache_and_of_the_browser(
    shared: int, browser: int, sent: int
) -> None:
    budget = Budget(shared_revalidate=shared, browser_revalidate=browser)
    ((_, value),) = writer("none", budget).found("fresh", CONFIRMED, KEY)
    assert f"stale-while-revalidate={sent}," in value


def test_nginx_minds_the_order_of_lines() -> None:
    names = [name for name, _ in writer("nginx").found("fresh", CONFIRMED, KEY)]
    assert names.index("Cache-Control") < names.index("X-Accel-Expires")


@pytest.mark.parametrize("freshness", ["unproven", "overtaken", "stale"])
def test_nginx_gets_no_stale_window_with_what_is_not_proven(freshness: Freshness) -> None:
    lines = dict(writer("nginx").found(freshness, CONFIRMED, KEY))
    assert "stale" not in lines["Cache-Control"]


@pytest.mark.parametrize(
    ("freshness", "hit", "status"),
    [
        ("fresh", True, "edgewise; hit"),
        ("fresh", False, "edgewise; fwd=miss"),
        ("unproven", False, "edgewise; fwd=miss"),
        ("overtaken", False, "edgewise; fwd=miss"),
        ("stale", True, "edgewise; fwd=stale; detail=store-unavailable"),
    ],
)
def test_cache_status_says_where_it_came_from(freshness: Freshness, hit: bool, status: str) -> None:
    assert cache_status(freshness, hit=hit) == status
