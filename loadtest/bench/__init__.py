"""Side-by-side numbers, as ratios within one run: every contender in every round, in turn, on the same server."""
