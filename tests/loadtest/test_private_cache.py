"""A browser's cache, by RFC 9111 and RFC 5861, on a clock that is an argument."""

from email.utils import formatdate

import pytest

from loadtest.private_cache import Directives, PrivateCache, Use, directives_of

NOW = 1_800_000_000.0
PUBLISHED = "public, max-age=60, s-maxage=60, stale-while-revalidate=540, stale-if-error=0"


def kept(headers: dict[str, str], *, took: float = 0.0) -> PrivateCache[str, str]:
    cache: PrivateCache[str, str] = PrivateCache()
    cache.store("settings", "a body", headers, asked_at=NOW - took, now=NOW)
    return cache


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PUBLISHED, Directives(True, 60, 540)),
        ("max-age=5", Directives(True, 5, 0)),
        ("no-store", Directives(False, 0, 0)),
        ("", Directives(False, 0, 0)),
        ("public", Directives(True, 0, 0)),
        ("no-cache, max-age=60, stale-while-revalidate=5", Directives(True, 0, 0)),
        ("MAX-AGE=7", Directives(True, 7, 0)),
        ("max-age=-5", Directives(True, 0, 0)),
    ],
)
def test_directives_are_read_as_a_private_cache_reads_them(text: str, expected: Directives) -> None:
    assert directives_of(text) == expected


@pytest.mark.parametrize(
    ("after", "use"),
    [
        (0.0, "use"),
        (59.9, "use"),
        (60.0, "use and revalidate"),
        (599.9, "use and revalidate"),
        (600.0, "revalidate"),
        (86_400.0, "revalidate"),
    ],
)
def test_a_copy_is_fresh_then_used_while_it_is_revalidated_then_revalidated_first(after: float, use: Use) -> None:
    assert kept({"cache-control": PUBLISHED}).use("settings", NOW + after) == use


def test_nothing_kept_is_fetched() -> None:
    assert PrivateCache[str, str]().use("settings", NOW) == "fetch"


def test_what_may_not_be_stored_is_fetched_again_and_what_was_kept_is_gone() -> None:
    cache = kept({"cache-control": PUBLISHED})
    cache.store("settings", "another", {"cache-control": "no-store"}, asked_at=NOW, now=NOW)
    assert cache.use("settings", NOW) == "fetch"


def test_an_age_that_the_answer_brings_counts() -> None:
    cache = kept({"cache-control": PUBLISHED, "age": "50"})
    assert [cache.use("settings", NOW + after) for after in (9.9, 10.0)] == ["use", "use and revalidate"]


def test_the_time_that_the_answer_took_counts() -> None:
    assert kept({"cache-control": "max-age=60"}, took=55.0).use("settings", NOW + 5) == "revalidate"


def test_a_date_in_the_past_counts_as_age() -> None:
    cache = kept({"cache-control": "max-age=60", "date": formatdate(NOW - 58, usegmt=True)})
    assert [cache.use("settings", NOW + after) for after in (1.0, 2.0)] == ["use", "revalidate"]


def test_a_server_whose_clock_is_ahead_makes_nothing_younger() -> None:
    cache = kept({"cache-control": "max-age=60", "date": formatdate(NOW + 3600, usegmt=True)})
    assert cache.use("settings", NOW + 60) == "revalidate"


def test_a_304_makes_a_copy_fresh_again() -> None:
    cache = kept({"cache-control": "max-age=60"})
    copy = cache.get("settings")
    assert copy is not None
    cache.store("settings", copy.value, {"cache-control": "max-age=60"}, asked_at=NOW + 90, now=NOW + 90)
    assert cache.use("settings", NOW + 149) == "use"
