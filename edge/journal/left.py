"""The disks' side of a receipt: what nodes left behind when they left, and others may yet answer with.

a node leaves, in order or struck off ──► its disk stays in the roster, as that node last reported
    ├── a node goes on with it: what it knows is written down there too, and counts
    └── nobody does: whoever starts there, with nothing else up, may show what was revoked since, until the last copy's
        on-error limit
"""

from collections.abc import Sequence

from edge.journal.fronted import Unreachable
from edge.journal.membership import Attendance
from edge.model.budget import Budget
from edge.model.change import Entry
from edge.store.roster import DiskRow, NodeRow


def left_behind(
    entry: Entry, epoch: str, attendance: Attendance, disks: Sequence[DiskRow], *, budget: Budget, now: float
) -> list[Unreachable]:
    """Those of ``disks`` that may bring back what ``entry`` revokes after the Unix time ``now``; no other verb forbids
    them anything.

    Nodes of one disk write down what they know together, and before they report it: so a revoke is known there when one
    of them has come to its position. A live one that has not is waited for anyway, and one that fell silent later is
    named itself. What lies there was confirmed while the node held its lease, which ended with its last report and
    ``patience`` at the latest.
    """
    if entry.verb != "revoke":
        return []
    live = {(row.host, row.disk) for row in attendance.live}
    reports: list[NodeRow | DiskRow] = [*attendance.silent, *disks]
    known = {(one.host, one.disk) for one in reports if one.epoch == epoch and one.cursor >= entry.position}
    silent_at = {(row.host, row.disk): row.reported_at for row in sorted(attendance.silent, key=_reported)}
    found = [
        Unreachable(disk.host, disk.node, disk.reported_at + attendance.patience + budget.on_error())
        for disk in disks
        if (disk.host, disk.disk) not in live | known
        and silent_at.get((disk.host, disk.disk), disk.reported_at - 1) < disk.reported_at
    ]
    return [one for one in found if one.until > now]


def _reported(row: NodeRow) -> float:
    return row.reported_at
