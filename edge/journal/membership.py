"""A node's place in the roster, and its view of who else is alive.

joins ──► beats once a second and whenever its cursor moves ──► leaves
                │ killed: its lock is free ──► gone        │ silent for lease + guard ──► silent, and fenced by itself
"""

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge.model.instant import Instant
from edge.model.position import AsOf
from edge.store.roster import AckRow, HostRow, Newcomer, NodeRow


class Roster(Protocol):
    """Who follows the journal, and how far each has come: a table of the store, or a control node that has it.

    Raises SQLAlchemyError, OSError or TimeoutError when it cannot be asked. Times are Unix seconds.
    """

    async def join(self, newcomer: Newcomer, now: float) -> None: ...

    async def beat(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool: ...

    async def leave(self, node: str) -> None: ...

    async def rows(self) -> list[NodeRow]: ...

    async def hosts(self) -> list[HostRow]: ...

    async def ack(self, ack: AckRow, now: float) -> None: ...

    async def acks(self, epoch: str, position: int) -> list[AckRow]: ...

    async def acks_of(self, host: str, epoch: str) -> list[AckRow]: ...

    async def applied_at(self, epoch: str, position: int) -> dict[str, float]: ...


class Presence:
    """Locks that die with their process: on one machine a killed node is known to be gone at once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._held: dict[str, int] = {}

    def hold(self, node: str) -> None:
        """Until this process ends. Once more is no more: a second lock of one file waits for the first, for ever."""
        if node in self._held:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory / node, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._held[node] = descriptor

    def release(self, node: str) -> None:
        descriptor = self._held.pop(node, None)
        if descriptor is not None:
            (self._directory / node).unlink(missing_ok=True)
            os.close(descriptor)

    def gone(self, node: str) -> bool:
        """Whether ``node`` ran on this machine and its process has ended; ``False`` when that cannot be known here."""
        if node in self._held:
            return False
        try:
            descriptor = os.open(self._directory / node, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def forget(self, node: str) -> None:
        (self._directory / node).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Sighting:
    beat: int
    changed_at: Instant


@dataclass(frozen=True, slots=True)
class Attendance:
    """The roster as this observer judges it. ``certain`` is false while an epoch is too young to tell silence.

    ``patience`` in seconds: a silent node was fenced at the latest that long after its last report.
    """

    live: tuple[NodeRow, ...]
    silent: tuple[NodeRow, ...]
    certain: bool
    patience: float


class Membership:
    """Joins, beats and leaves for one node, and judges the others. ``patience`` is lease + guard, in seconds."""

    def __init__(self, roster: Roster, presence: Presence, newcomer: Newcomer, patience: float) -> None:
        self._roster = roster
        self._presence = presence
        self._patience = patience
        self._sightings: dict[str, Sighting] = {}
        self._doubted_at: Instant | None = None
        self.newcomer = newcomer
        self.node = newcomer.node
        self.host = newcomer.host

    async def join(self, now: float) -> None:
        self._presence.hold(self.node)
        await self._roster.join(self.newcomer, now)

    async def beat(self, cursor: AsOf, moved: bool, now: Instant) -> None:
        """Write a heartbeat, then look at the others': silence is measured from what this node itself saw."""
        if not await self._roster.beat(self.node, cursor, moved, now.wall):
            await self._roster.join(self.newcomer, now.wall)
            await self._roster.beat(self.node, cursor, True, now.wall)
        self._look(await self._roster.rows(), now)

    async def leave(self) -> None:
        await self._roster.leave(self.node)
        self._presence.release(self.node)

    def doubt(self, now: Instant) -> None:
        """After a new epoch nothing is live until every node had time to notice or to be fenced."""
        self._doubted_at = now

    async def attendance(self, now: Instant) -> Attendance:
        """Read the roster and judge each row; rows of ended processes are removed."""
        present: list[NodeRow] = []
        for row in await self._roster.rows():
            if self._presence.gone(row.node):
                await self._roster.leave(row.node)
                self._presence.forget(row.node)
            else:
                present.append(row)
        self._look(present, now)
        silent = tuple(row for row in present if self._silent(row, now))
        live = tuple(row for row in present if row not in silent)
        doubted = self._doubted_at
        certain = doubted is None or now.boot - doubted.boot >= self._patience
        return Attendance(live, silent, certain, self._patience)

    def _look(self, rows: Sequence[NodeRow], now: Instant) -> None:
        seen = self._sightings
        self._sightings = {
            row.node: seen[row.node]
            if row.node in seen and seen[row.node].beat == row.beat
            else Sighting(row.beat, now)
            for row in rows
        }

    def _silent(self, row: NodeRow, now: Instant) -> bool:
        return row.node != self.node and now.boot - self._sightings[row.node].changed_at.boot >= self._patience
