"""Which control node to ask: a pure decision over addresses in an order.

  up ── nobody there, or no answer in time ──► down ── it answers a poll, or the question whether it is ready ──► up

Documents are asked of those that are up, the first of them first, and of nobody where none is: last known good answers
without waiting for a time-out. The journal is asked of those that are down too, after the others, since somebody has to
find out.
"""

from collections.abc import Sequence

SLOW = 2
"""Time-outs in a row after which the only address there is counts as down: one slow answer is no outage."""


class Addresses:
    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = tuple(addresses)
        self._down: set[str] = set()
        self._slow = dict.fromkeys(addresses, 0)

    def candidates(self, *, insist: bool) -> list[str]:
        """Whom to ask, in this order."""
        up = [address for address in self._addresses if address not in self._down]
        return [*up, *self.down()] if insist else up

    def down(self) -> list[str]:
        return [address for address in self._addresses if address in self._down]

    def answered(self, address: str) -> bool:
        """Whether that is news."""
        self._slow[address] = 0
        news = address in self._down
        self._down.discard(address)
        return news

    def unreached(self, address: str) -> bool:
        """Nobody is there. Whether that is news."""
        news = address not in self._down
        self._down.add(address)
        return news

    def slow(self, address: str) -> bool:
        """No answer in time. Whether it counts as down from now on."""
        self._slow[address] += 1
        if len(self._addresses) == 1 and self._slow[address] < SLOW:
            return False
        return self.unreached(address)
