"""One node's time as the leader of its host."""

from collections.abc import Callable
from dataclasses import dataclass

from edge.fronts.agenda import Agenda
from edge.journal.bell import Bell

IDLE = 1.0
"""Seconds between two turns when nothing rings and nothing is due."""


@dataclass(slots=True, eq=False)
class Term:
    """``fenced`` says whether the node has lost its lease. What was begun in a term counts only while it holds:

    leads, refresh sent ── frozen ── another leads, acks, the journal goes on ── thawed: the old answer comes in
    """

    agenda: Agenda
    fenced: Callable[[], bool]
    bell: Bell
    over: bool = False

    def holds(self) -> bool:
        """Once it does not, it never does again: whoever was fenced takes over anew."""
        self.over = self.over or self.fenced()
        return not self.over

    async def shown(self) -> None:
        """Wait until the front shows what was applied so far, or this term is over."""
        while not (self.over or self.agenda.shown()):
            await self.bell.after(self.bell.mark(), IDLE)
