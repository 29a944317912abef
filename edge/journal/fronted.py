"""The fronts' side of a receipt: what the caches before the nodes still show of a time before a position."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.journal.membership import Attendance
from edge.model.budget import Budget
from edge.model.change import Entry
from edge.store.roster import AckRow, HostRow


@dataclass(frozen=True, slots=True)
class FrontReceipt:
    """The cache before a host's nodes. ``acked_at``: it showed the position in everything that it holds;
    ``rebound_at``: and once more, when nothing from before could be on its way to it any longer.

    ``done`` of ``total`` write keys are refreshed; ``total`` is ``None`` until they are counted.
    """

    kind: str = "none"
    acked_at: float | None = None
    rebound_at: float | None = None
    done: int = 0
    total: int | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A silent node, which has fenced itself and answers nothing from before the position after ``until``; a node that
    left, from whose disk nothing older is answered after that, whoever starts there; or, with ``node`` ``None``, the
    front of a host without a live node, which shows nothing from before it after ``until``."""

    host: str
    node: str | None
    until: float


@dataclass(frozen=True, slots=True)
class Fronts:
    """What fronts owe to one position.

    ``asked``: whether they owe anything at all. ``ours``: one row for each host that has a front and a live node.
    ``deserted``: fronts without a live node, which may show what was before until they end. ``copies_end``: when every
    copy from before the position has ended by itself, Unix seconds.
    """

    asked: bool
    ours: tuple[AckRow, ...]
    deserted: tuple[Unreachable, ...]
    copies_end: float

    @property
    def shown(self) -> bool:
        return not self.asked or all(ack.acked_at is not None for ack in self.ours)

    @property
    def firm(self) -> bool:
        return not self.asked or all(ack.rebound_at is not None for ack in self.ours)

    def shown_at(self, hosts: set[str]) -> list[float]:
        """When each front of ``hosts`` showed the position, at the latest."""
        return [self.copies_end if ack.acked_at is None else ack.acked_at for ack in self.ours if ack.host in hosts]

    def last_shows(self) -> list[float]:
        """When each front showed something from before the position for the last time, at the latest.

        Until its rebound a front may yet store what was on its way to it, and shows that until it ends by itself.
        """
        firm = [self.copies_end if ack.rebound_at is None else ack.rebound_at for ack in self.ours]
        return [*firm, *(front.until for front in self.deserted)]

    def errors(self) -> str | None:
        return "; ".join(f"{ack.host}: {ack.last_error}" for ack in self.ours if ack.last_error is not None) or None


def fronts_of(
    entry: Entry, epoch: str, attendance: Attendance, acks: Sequence[AckRow], *, budget: Budget, now: float
) -> Fronts:
    """What the fronts that ``attendance`` knows owe to ``entry`` at the Unix time ``now``."""
    copies_end = entry.at + budget.front_copies()
    # Without tags nothing is shown but what was shown before. And what a front holds from before the entry was last
    # known to be current before it, so that there comes a time from which no front has to do anything.
    if not entry.tags:
        return Fronts(False, (), (), copies_end)
    asked = now < copies_end
    acked = {ack.host: ack for ack in acks}
    lively = {row.host for row in attendance.live}
    fronts = [host for host in attendance.hosts if host.front != "none"]
    ours = tuple(acked.get(one.host, AckRow(one.host, epoch, entry.position)) for one in fronts if one.host in lively)
    deserted = tuple(
        Unreachable(one.host, None, min(copies_end, one.seen_at + attendance.patience + budget.front_copies()))
        for one in fronts
        if asked and one.host not in lively and (one.host not in acked or acked[one.host].rebound_at is None)
    )
    return Fronts(asked, ours, deserted, copies_end)


def front_of(host: HostRow | None, ack: AckRow | None) -> FrontReceipt:
    """A host's front as its receipt shows it."""
    if host is None or host.front == "none":
        return FrontReceipt()
    if ack is None:
        return FrontReceipt(host.front)
    return FrontReceipt(host.front, ack.acked_at, ack.rebound_at, ack.done, ack.total, ack.last_error)
