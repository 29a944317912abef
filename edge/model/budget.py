"""The freshness budget: no manifest is used later than 1800 s after it was last known to be current (DESIGN section 5).

nginx sends no ``Age``, ignores an upstream's and renews ``Date``, so the lifetimes of layers add up. Each layer has a
share; shares whose sum exceeds the budget are refused at start-up.
"""

from dataclasses import dataclass

TOTAL = 1800
HARD_MARGIN = 20
"""Seconds before the total at which the on-error rule ends when it may not go past the budget at all."""


class BudgetError(ValueError):
    """The configured shares do not fit; the text shows the sum and the settings to lower."""


@dataclass(frozen=True, slots=True)
class Budget:
    """All shares in seconds. ``front``: nginx; ``shared``: a cache unknown to us; ``browser``: the visitor's."""

    front_fresh: int = 240
    front_error: int = 300
    front_revalidate: int = 30
    shared_fresh: int = 60
    shared_revalidate: int = 540
    browser_fresh: int = 60
    browser_revalidate: int = 540
    guard: int = 5
    stale_if_error: int = 86400
    total: int = TOTAL

    def __post_init__(self) -> None:
        windows = (self.front_error, self.front_revalidate, self.stale_if_error)
        if min(*self.shares().values(), *windows) < 0:
            raise BudgetError("every share of the freshness budget is a number of seconds, 0 or more")
        if self.worst() > self.total:
            terms = " + ".join(f"{name} {seconds}" for name, seconds in self.shares().items())
            raise BudgetError(
                f"the shares of the freshness budget add up to {self.worst()} s, more than {self.total} s: {terms}; "
                "lower one of them"
            )

    def shares(self) -> dict[str, int]:
        """Setting name -> seconds, in the order in which copies are made."""
        longer, its_name = max((self.front_error, "EDGE_FRONT_ERROR"), (self.front_revalidate, "EDGE_FRONT_REVALIDATE"))
        return {
            "EDGE_FRONT_FRESH": self.front_fresh,
            its_name: longer,
            "EDGE_SHARED_MAX_AGE": self.shared_fresh,
            "EDGE_SHARED_REVALIDATE": self.shared_revalidate,
            "EDGE_BROWSER_MAX_AGE": self.browser_fresh,
            "EDGE_BROWSER_REVALIDATE": self.browser_revalidate,
            "EDGE_GUARD": self.guard,
        }

    def worst(self) -> int:
        """The age of a byte at its last use anywhere, when every layer uses its whole share."""
        return sum(self.shares().values())

    def front_copies(self) -> int:
        """From when a document was last known to be current to its last use by a front: S + X + guard.

        What a front holds from before a change was known to be current before that change, so after this long no front
        shows it, whether it was refreshed or not.
        """
        return self.front_fresh + max(self.front_error, self.front_revalidate) + self.guard

    def downstream(self) -> int:
        """From the last answer of ours that carried a revision to its last use anywhere: C + B + guard."""
        shared = self.shared_fresh + self.shared_revalidate
        return shared + self.browser_fresh + self.browser_revalidate + self.guard

    def on_error(self) -> int:
        """How long after confirmed-at last known good may answer when the store cannot be read."""
        return self.stale_if_error or self.total - HARD_MARGIN
