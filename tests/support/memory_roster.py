"""A roster in memory, held to the same claims as the table (tests/store/test_roster.py): for schedules of thousands of
heartbeats."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.exc import IntegrityError

from edge.model.position import AsOf
from edge.store.roster import AckRow, DiskRow, HostRow, Newcomer, NodeRow


class MemoryRoster:
    def __init__(self) -> None:
        self._nodes: dict[str, NodeRow] = {}
        self._disks: dict[tuple[str, str], DiskRow] = {}
        self._hosts: dict[str, HostRow] = {}
        self._acks: dict[tuple[str, str, int], tuple[AckRow, float]] = {}
        self._cursors: dict[tuple[str, str, int], float] = {}

    async def join(self, newcomer: Newcomer, now: float) -> None:
        node, host = newcomer.node, newcomer.host
        if node in self._nodes:
            raise IntegrityError("", {}, Exception())
        made = NodeRow(node, host, "", 0, 0, newcomer.build, now, now, newcomer.role, newcomer.url, newcomer.disk)
        self._nodes[node] = made
        self._hosts[host] = HostRow(host, newcomer.front, now)

    async def beat(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool:
        row = self._nodes.get(node)
        if row is None:
            return False
        self._nodes[node] = replace(row, epoch=cursor.epoch, cursor=cursor.position, beat=row.beat + 1, reported_at=now)
        self._hosts[row.host] = replace(self._hosts[row.host], seen_at=now)
        if moved:
            self._cursors[node, cursor.epoch, cursor.position] = now
        return True

    async def leave(self, node: str) -> None:
        row = self._nodes.pop(node, None)
        if row is not None and row.disk:
            left = DiskRow(row.host, row.disk, node, row.epoch, row.cursor, row.reported_at)
            kept = self._disks.get((row.host, row.disk), left)
            self._disks[row.host, row.disk] = max(left, kept, key=lambda one: one.reported_at)
        self._cursors = {key: at for key, at in self._cursors.items() if key[0] != node}

    async def rows(self) -> list[NodeRow]:
        return sorted(self._nodes.values(), key=lambda row: (row.host, row.node))

    async def hosts(self) -> list[HostRow]:
        return sorted(self._hosts.values(), key=lambda row: row.host)

    async def disks(self) -> list[DiskRow]:
        return sorted(self._disks.values(), key=lambda row: (row.host, row.disk))

    async def forget(self, nodes_before: float, hosts_before: float, marks_before: float) -> None:
        self._cursors = {key: at for key, at in self._cursors.items() if at >= marks_before}
        self._acks = {key: kept for key, kept in self._acks.items() if kept[1] >= marks_before}
        for node in [row.node for row in self._nodes.values() if row.reported_at < nodes_before]:
            await self.leave(node)
        self._disks = {place: row for place, row in self._disks.items() if row.reported_at >= nodes_before}
        inhabited = {row.host for row in self._nodes.values()}
        for host in [one.host for one in self._hosts.values() if one.seen_at < hosts_before]:
            if host not in inhabited:
                del self._hosts[host]
                self._acks = {key: kept for key, kept in self._acks.items() if key[0] != host}

    async def ack(self, ack: AckRow, now: float) -> None:
        self._acks[ack.host, ack.epoch, ack.position] = (ack, now)

    async def acks(self, epoch: str, position: int) -> list[AckRow]:
        return self._found(lambda ack: ack.epoch == epoch and ack.position == position)

    async def acks_of(self, host: str, epoch: str) -> list[AckRow]:
        return self._found(lambda ack: ack.host == host and ack.epoch == epoch)

    async def applied_at(self, epoch: str, position: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for (node, of, cursor), at in self._cursors.items():
            if of == epoch and cursor >= position:
                found[node] = min(at, found.get(node, at))
        return found

    async def close(self) -> None:
        """Nothing is open."""

    def _found(self, wanted: Callable[[AckRow], bool]) -> list[AckRow]:
        found = [ack for ack, _ in self._acks.values() if wanted(ack)]
        return sorted(found, key=lambda ack: (ack.position, ack.host))
