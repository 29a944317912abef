"""Claims about the token bucket."""

from hypothesis import given
from hypothesis import strategies as st

from edge.fronts.bucket import Bucket


@given(rate=st.integers(1, 20), waits=st.lists(st.floats(0, 3), max_size=15))
def test_in_any_stretch_of_time_no_more_is_given_than_the_rate_and_one_seconds_worth(
    rate: int, waits: list[float]
) -> None:
    bucket, now = Bucket(rate), 0.0
    given_at: list[float] = []
    for wait in waits:
        now += wait
        while bucket.take(now) == 0.0:
            given_at.append(now)
    for index, start in enumerate(given_at):
        for later in range(index, len(given_at)):
            assert later - index + 1 <= rate * (given_at[later] - start) + rate + 1e-6


def test_who_waits_as_long_as_it_says_gets_one() -> None:
    bucket, now = Bucket(10), 100.0
    while (wait := bucket.take(now)) == 0.0:
        pass
    assert bucket.take(now + wait + 1e-9) == 0.0
