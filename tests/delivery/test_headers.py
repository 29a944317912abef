"""The table of cache headers, for both fronts, in the order in which they are sent."""

import pytest

from edge.cache.cache import Freshness
from edge.delivery.headers import Front, HeaderWriter, Pairs, cache_status
from edge.model.budget import Budget
from edge.model.instant import Instant

CONFIRMED = Instant(1000.9, 1.0)
FRESH = "public, max-age=60, s-maxage=60, stale-while-revalidate=540, stale-if-error=0"
ONE_SECOND = "public, max-age=1, stale-if-error=0"
TEN_SECONDS = "public, max-age=10, stale-if-error=0"
FIVE_SECONDS = "public, max-age=5, stale-if-error=0"
WINDOWS = "max-age=1, stale-while-revalidate=30, stale-if-error=300"


def writer(front: Front, budget: Budget | None = None) -> HeaderWriter:
    return HeaderWriter(front, budget or Budget())


def to_nginx(windows: str, expires: str, client: str) -> Pairs:
    return [("Cache-Control", windows), ("X-Accel-Expires", expires), ("X-Client-Cache-Control", client)]


@pytest.mark.parametrize(
    ("freshness", "client", "nginx"),
    [
        ("fresh", FRESH, (WINDOWS, "@1240")),
        ("unproven", FRESH, ("max-age=1", "1")),
        ("overtaken", ONE_SECOND, ("max-age=1", "1")),
        ("stale", FIVE_SECONDS, ("max-age=1", "5")),
    ],
)
def test_a_document_is_kept_as_long_as_its_freshness_allows(
    freshness: Freshness, client: str, nginx: tuple[str, str]
) -> None:
    assert writer("none").found(freshness, CONFIRMED) == [("Cache-Control", client)]
    assert writer("nginx").found(freshness, CONFIRMED) == to_nginx(*nginx, client)


@pytest.mark.parametrize(
    ("freshness", "client", "nginx"),
    [("fresh", TEN_SECONDS, "10"), ("unproven", TEN_SECONDS, "1"), ("overtaken", ONE_SECOND, "1")],
)
def test_an_unknown_key_is_kept_ten_seconds_and_by_nginx_only_if_that_is_proven(
    freshness: Freshness, client: str, nginx: str
) -> None:
    assert writer("none").missing(freshness) == [("Cache-Control", client)]
    assert writer("nginx").missing(freshness) == to_nginx("max-age=1", nginx, client)


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
    assert writer("nginx", budget).found("fresh", CONFIRMED) == to_nginx(
        "max-age=1, stale-while-revalidate=10, stale-if-error=20",
        "@1100",
        "public, max-age=1, s-maxage=7, stale-while-revalidate=2, stale-if-error=0",
    )


@pytest.mark.parametrize(("shared", "browser", "sent"), [(0, 900, 0), (900, 0, 0), (20, 10, 10), (10, 20, 10)])
def test_i25_the_one_stale_window_fits_the_share_of_a_shared_cache_and_of_the_browser(
    shared: int, browser: int, sent: int
) -> None:
    budget = Budget(shared_revalidate=shared, browser_revalidate=browser)
    ((_, value),) = writer("none", budget).found("fresh", CONFIRMED)
    assert f"stale-while-revalidate={sent}," in value


def test_nginx_minds_the_order_of_lines() -> None:
    names = [name for name, _ in writer("nginx").found("fresh", CONFIRMED)]
    assert names.index("Cache-Control") < names.index("X-Accel-Expires")


@pytest.mark.parametrize("freshness", ["unproven", "overtaken", "stale"])
def test_nginx_gets_no_stale_window_with_what_is_not_proven(freshness: Freshness) -> None:
    lines = dict(writer("nginx").found(freshness, CONFIRMED))
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
