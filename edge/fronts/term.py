"""One node's time as the leader of its host."""

from collections.abc import Callable
from dataclasses import dataclass

from edge.fronts.agenda import Agenda

IDLE = 1.0
"""Seconds between two turns when nothing rings and nothing is due."""


@dataclass(slots=True, eq=False)
class Term:
    """``fenced`` says whether the node has lost its lease. What was begun in a term counts only while it holds:

    leads, refresh sent ── frozen ── another leads, acks, the journal goes on ── thawed: the old answer comes in
    """

    agenda: Agenda
    fenced: Callable[[], bool]
    over: bool = False

    def holds(self) -> bool:
        """Once it does not, it never does again: whoever was fenced takes over anew."""
        self.over = self.over or self.fenced()
        return not self.over
