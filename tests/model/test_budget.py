"""Claims about the freshness budget's arithmetic."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.model.budget import TOTAL, Budget, BudgetError

SHARES = (
    "front_fresh", "front_error", "front_revalidate", "shared_fresh", "shared_revalidate",
    "browser_fresh", "browser_revalidate", "guard",
)  # fmt: skip


def test_the_default_shares_add_up_to_1745_of_1800_seconds() -> None:
    assert Budget().worst() == 1745
    assert TOTAL == 1800


def test_exactly_the_budget_fits_and_a_second_more_does_not() -> None:
    assert Budget(guard=60).worst() == TOTAL
    with pytest.raises(BudgetError):
        Budget(guard=61)


def test_the_refusal_shows_the_sum_and_each_setting_that_makes_it() -> None:
    with pytest.raises(BudgetError) as refused:
        Budget(browser_fresh=600)
    text = str(refused.value)
    terms = re.findall(r"(EDGE_[A-Z_]+) (\d+)", text)
    assert "2285 s, more than 1800 s" in text
    assert sum(int(seconds) for _, seconds in terms) == 2285
    assert ("EDGE_BROWSER_MAX_AGE", "600") in terms


@pytest.mark.parametrize(("error", "revalidate", "named"), [(300, 30, "ERROR"), (10, 90, "REVALIDATE")])
def test_nginx_stale_windows_count_once_the_longer_one(error: int, revalidate: int, named: str) -> None:
    shares = Budget(front_error=error, front_revalidate=revalidate).shares()
    assert shares[f"EDGE_FRONT_{named}"] == max(error, revalidate)
    assert len(shares) == 7


@pytest.mark.parametrize("share", [*SHARES, "stale_if_error"])
def test_no_share_is_negative(share: str) -> None:
    with pytest.raises(BudgetError, match="0 or more"):
        Budget(**{share: -1})


@given(st.fixed_dictionaries({share: st.integers(0, 700) for share in SHARES}))
def test_a_budget_exists_only_if_its_layers_fit_one_behind_the_other(shares: dict[str, int]) -> None:
    front = shares["front_fresh"] + max(shares["front_error"], shares["front_revalidate"])
    shared = shares["shared_fresh"] + shares["shared_revalidate"]
    browser = shares["browser_fresh"] + shares["browser_revalidate"]
    worst = front + shared + browser + shares["guard"]
    try:
        budget = Budget(**shares)
    except BudgetError:
        assert worst > TOTAL
    else:
        assert worst == budget.worst() <= TOTAL
        assert budget.downstream() == worst - front


@pytest.mark.parametrize(("configured", "seconds"), [(86400, 86400), (1, 1), (0, 1780)])
def test_zero_makes_the_budget_hard_on_errors_too(configured: int, seconds: int) -> None:
    assert Budget(stale_if_error=configured).on_error() == seconds
