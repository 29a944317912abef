"""What a fleet is made of."""

import pytest

from edge.settings import Settings
from loadtest.fleet.plan import SMALL, Plan, scaled


def test_scaled_shares_are_a_budget_that_an_edge_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = scaled(fresh=4, error=5, revalidate=2, browser=2, browser_revalidate=3)
    for name, value in {**shares, "EDGE_FRONT": "nginx"}.items():
        monkeypatch.setenv(name, value)
    budget = Settings().budget()
    assert budget.front_fresh + budget.front_error + 2 * (2 + 3) + budget.guard == 20


def test_roles_need_a_store_in_common() -> None:
    with pytest.raises(ValueError, match="split needs PostgreSQL"):
        Plan(store="sqlite")
    assert (SMALL.store, SMALL.split) == ("sqlite", False)
