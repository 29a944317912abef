"""The table of encodings, and of conditional requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.delivery.negotiate import choose_encoding, confirmed, matches
from edge.publish.variants import Variant

ETAG = '"0123456789abcdef0123456789abcdef"'
OTHER = '"ffffffffffffffffffffffffffffffff"'


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip,br", "br"),
        ("GZIP", "gzip"),
        ("Br;Q=1", "br"),
        ("br;q=0", "identity"),
        ("gzip;q=0.000", "identity"),
        ("gzip;q=0.001", "gzip"),
        ("gzip ; q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.1, gzip;q=1.0", "br"),
        ("brx", "identity"),
        ("x-gzip", "identity"),
        ("gzip2, xbr", "identity"),
        ("*", "identity"),
        ("*;q=1, gzip;q=0", "identity"),
        ("identity", "identity"),
        ("identity;q=0, gzip", "gzip"),
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;q=-1", "identity"),
        (";;;,,,", "identity"),
        ("deflate", "identity"),
        ("gzip" + " " * 600, "identity"),
    ],
)
def test_the_best_encoding_that_a_client_names_with_a_weight_above_zero(accepted: str, chosen: str) -> None:
    assert choose_encoding(accepted) == chosen


@given(st.text())
def test_no_header_however_odd_is_an_error(accepted: str) -> None:
    assert choose_encoding(accepted) in ("identity", "gzip", "br")
    matches(accepted, ETAG)


@pytest.mark.parametrize(
    ("condition", "unchanged"),
    [
        ("", False),
        (ETAG, True),
        (f"W/{ETAG}", True),
        (f"{OTHER}, {ETAG}", True),
        (f"{OTHER},W/{ETAG}", True),
        (f"  {ETAG}  ", True),
        ("*", True),
        (" * ", True),
        (OTHER, False),
        (ETAG.strip('"'), False),
        (f"w/{ETAG}", False),
        (ETAG[:-1], False),
    ],
)
def test_if_none_match_names_the_entity_tag_weakly_compared(condition: str, unchanged: bool) -> None:
    assert matches(condition, ETAG) is unchanged


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("", None),
        (ETAG, ETAG),
        (OTHER, OTHER),
        (f"W/{OTHER}", OTHER),
        (f"{OTHER}, {ETAG}", ETAG),
        ("*", ETAG),
        ('"neither"', None),
    ],
)
def test_a_304_confirms_the_entity_tag_that_the_client_named(condition: str, told: str | None) -> None:
    assert confirmed(condition, Variant("br", b"", ETAG, replaces=OTHER)) == told


def test_where_nothing_was_replaced_only_the_one_entity_tag_is_confirmed() -> None:
    assert [confirmed(each, Variant("br", b"", ETAG)) for each in (ETAG, OTHER, "*")] == [ETAG, None, ETAG]
