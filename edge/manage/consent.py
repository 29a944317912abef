"""Consent categories of a destination: how they may be spelled."""

from collections.abc import Sequence

from edge.manage.problem import invalid

FIELD = "consent_categories"
MAX_CATEGORIES = 50
MAX_LENGTH = 100


def read_categories(given: Sequence[str]) -> tuple[str, ...]:
    """Each once, in order of their names: their order means nothing."""
    if len(given) > MAX_CATEGORIES:
        raise invalid(f"{FIELD}: {len(given)} are given; at most {MAX_CATEGORIES} are allowed")
    for one in given:
        if not one or one != one.strip() or len(one) > MAX_LENGTH or not one.isprintable():
            raise invalid(
                f"{FIELD}: {one[:60]!r} is no category; allowed are 1 to {MAX_LENGTH} characters, without blanks at "
                "either end, no control characters"
            )
    return tuple(sorted(set(given)))
