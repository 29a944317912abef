"""A node's place in the roster, and its view of who else is alive.

joins ──► beats once a second and whenever its cursor moves ──► leaves
                │ killed: its lock is free ──► gone        │ silent for lease + guard ──► silent, and fenced by itself
"""

import asyncio
import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge.journal.bell import Bell
from edge.model.instant import Instant
from edge.model.position import AsOf
from edge.store.roster import AckRow, DiskRow, HostRow, Newcomer, NodeRow


class Roster(Protocol):
    """Who follows the journal, and how far each has come: a table of the store, or a control node that has it.

    Raises one of STORE_FAILURES when it cannot be asked. Times are Unix seconds.
    """

    async def join(self, newcomer: Newcomer, now: float) -> None: ...

    async def beat(self, node: str, cursor: AsOf, moved: bool, now: float) -> bool: ...

    async def leave(self, node: str) -> None: ...

    async def rows(self) -> list[NodeRow]: ...

    async def hosts(self) -> list[HostRow]: ...

    async def disks(self) -> list[DiskRow]: ...

    async def ack(self, ack: AckRow, now: float) -> None: ...

    async def acks(self, epoch: str, position: int) -> list[AckRow]: ...

    async def acks_of(self, host: str, epoch: str) -> list[AckRow]: ...

    async def applied_at(self, epoch: str, position: int) -> dict[str, float]: ...


class Presence:
    """Locks that die with their process: on one machine a killed node is known to be gone at once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._held: dict[str, int] = {}

    def hold(self, node: str, url: str = "") -> None:
        """Until this process ends. Once more is no more: a second lock of one file waits for the first, for ever.

        ``url`` is where the node answers for itself: what others on this machine read without asking the roster.
        """
        if node in self._held:
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory / node, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.pwrite(descriptor, url.encode(), 0)
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

    def urls(self) -> dict[str, str]:
        """The nodes of this machine whose processes live, and where each answers for itself."""
        found: dict[str, str] = {}
        for file in sorted(self._directory.glob("*")):
            # A node that ends meanwhile takes its file with it.
            with suppress(OSError, UnicodeDecodeError):
                url = file.read_text(encoding="utf-8")
                if url and not self.gone(file.name):
                    found[file.name] = url
        return found

    def forget(self, node: str) -> None:
        (self._directory / node).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Sighting:
    beat: int
    changed_at: Instant


@dataclass(frozen=True, slots=True)
class Attendance:
    """The roster as this observer judges it. ``certain`` is false while an epoch is too young to tell silence.

    ``patience`` in seconds: a silent node was fenced at the latest that long after its last report. ``hosts`` are all
    that have a live node, or had one.
    """

    live: tuple[NodeRow, ...]
    silent: tuple[NodeRow, ...]
    certain: bool
    patience: float
    hosts: tuple[HostRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Crew:
    """The live nodes of one host, as they were when this node had told the roster ``seen_at``, its own cursor.

    Who joins later is not among them, and need not be: it joins before its first read, so what it reads is from
    ``seen_at`` on.
    """

    rows: tuple[NodeRow, ...]
    seen_at: AsOf


class Membership:
    """Joins, beats and leaves for one node, and judges the others. ``patience`` is lease + guard, in seconds.

    ``bell`` is rung whenever the roster may say something else than before.
    """

    def __init__(
        self, roster: Roster, presence: Presence, newcomer: Newcomer, patience: float, bell: Bell | None = None
    ) -> None:
        self._roster = roster
        self._presence = presence
        self._patience = patience
        self._sightings: dict[str, Sighting] = {}
        self._doubted_at: Instant | None = None
        self._crew: Crew | None = None
        self.bell = bell or Bell()
        self.newcomer = newcomer
        self.node = newcomer.node
        self.host = newcomer.host

    @property
    def presence(self) -> Presence:
        """Which nodes of this machine there are, by their locks."""
        return self._presence

    async def join(self, now: float) -> None:
        self._presence.hold(self.node, self.newcomer.url)
        await self._roster.join(self.newcomer, now)

    async def beat(self, cursor: AsOf, moved: bool, now: Instant, *, look: bool = True) -> None:
        """Write a heartbeat, then ``look`` at the others': silence is measured from what this node itself saw.

        Nodes of this host whose process has ended are struck off: a receipt computed elsewhere would wait for them.
        """
        # What was answered before the cursor moved was handed over in an earlier turn of the event loop (floor check,
        # start and body are one step), and some loops write at a turn's end what they were given in it. So one more:
        #   answer decided ── applied ── cursor told, front refreshed: new ── answer written, stored by the front: old
        await asyncio.sleep(0)
        if not await self._roster.beat(self.node, cursor, moved, now.wall):
            await self._roster.join(self.newcomer, now.wall)
            await self._roster.beat(self.node, cursor, True, now.wall)
        if look:
            present = await self._present(await self._roster.rows(), self.host)
            self._look(present, now)
            self._crew = Crew(tuple(row for row in present if row.host == self.host), cursor)
        self.bell.ring()

    async def leave(self) -> None:
        await self._roster.leave(self.node)
        self._presence.release(self.node)

    def doubt(self, now: Instant) -> None:
        """After a new epoch nothing is live until every node had time to notice or to be fenced."""
        self._doubted_at = now

    def crew(self, now: Instant) -> Crew | None:
        """The live nodes of this host as of the last heartbeat, this node among them; ``None`` before the first."""
        if self._crew is None:
            return None
        return Crew(tuple(row for row in self._crew.rows if not self._silent(row, now)), self._crew.seen_at)

    async def attendance(self, now: Instant) -> Attendance:
        """Read the roster and judge each row; rows of ended processes are removed."""
        present = await self._present(await self._roster.rows())
        # After the nodes: a node writes its host before, or with, its own row, so none is without a host here.
        hosts = tuple(await self._roster.hosts())
        self._look(present, now)
        silent = tuple(row for row in present if self._silent(row, now))
        live = tuple(row for row in present if row not in silent)
        doubted = self._doubted_at
        certain = doubted is None or now.boot - doubted.boot >= self._patience
        return Attendance(live, silent, certain, self._patience, hosts)

    async def _present(self, rows: Sequence[NodeRow], host: str | None = None) -> list[NodeRow]:
        """``rows`` without those whose process has ended, of any host or of ``host``; they are struck off."""
        present: list[NodeRow] = []
        for row in rows:
            if host in (None, row.host) and self._presence.gone(row.node):
                await self._roster.leave(row.node)
                self._presence.forget(row.node)
            else:
                present.append(row)
        return present

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
