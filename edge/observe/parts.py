"""What a node has for being observed: its snapshot, its listener, and, with the store, fleet and auditor."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from socket import socket

from starlette.types import ASGIApp

from edge.journal.lease import Proof
from edge.journal.membership import Membership
from edge.model.instant import Clock
from edge.model.measures import Tally
from edge.model.stats import Stats
from edge.observe.asking import Asking
from edge.observe.auditor import Auditor
from edge.observe.exporter import Exporter
from edge.observe.fleet import Fleet
from edge.observe.listener import bind, serving, url_of
from edge.observe.minutes import Minutes
from edge.observe.node_side import NodeSide
from edge.observe.snapshot import Identity, Readings, Snapshot, values_of


@dataclass(frozen=True, slots=True)
class Gauges:
    """Where a snapshot's readings come from. ``memory`` answers bytes and documents; ``lease`` in seconds."""

    stats: Stats
    proof: Proof
    clock: Clock
    lease: float
    memory: Callable[[], tuple[int, int]]

    def read(self, found: Tally) -> Readings:
        proof, now = self.proof, self.clock()
        position = proof.cursor.position if proof.cursor is not None else 0
        size, documents = self.memory()
        return Readings(
            fenced=int(proof.fenced(now, self.lease)),
            position=position,
            lag_positions=max(0, self.stats.journal_head - position),
            proof_age_seconds=round(now.elapsed_since(proof.proven_at), 3) if proof.proven_at is not None else -1.0,
            memory_bytes=size,
            memory_documents=documents,
            audit_findings=found,
        )


@dataclass(frozen=True, slots=True)
class Observed:
    """``public`` is the public side as the node's listener shows it. ``fleet`` and ``auditor`` need the store; without
    it, or without an interval, they are ``None``."""

    membership: Membership
    gauges: Gauges
    asking: Asking
    public: ASGIApp
    address: str
    minutes: Minutes
    fleet: Fleet | None = None
    auditor: Auditor | None = None

    def snapshot(self) -> Snapshot:
        newcomer, auditor = self.membership.newcomer, self.auditor
        found = Tally("kind")
        found.numbers = {(trouble,): number for trouble, number in (auditor.numbers() if auditor else {}).items()}
        return Snapshot(
            Identity(newcomer.node, newcomer.host, newcomer.role, newcomer.build),
            values_of(self.gauges.stats, self.gauges.read(found)),
            auditor.report() if auditor else None,
        )

    def exporter(self, otherwise: ASGIApp) -> ASGIApp:
        """``/metrics`` of the admin listener; other paths end at ``otherwise``."""
        return Exporter(self.snapshot, self.membership.presence, self.asking, self.fleet, otherwise)

    def bind(self) -> socket:
        """Listen, before the node joins the roster, which then says where. Raises NodeBindError."""
        listener = bind(self.address)
        self.membership.newcomer = replace(self.membership.newcomer, url=url_of(self.address, listener))
        return listener

    @asynccontextmanager
    async def listening(self, listener: socket) -> AsyncIterator[None]:
        """Answer for this node alone; once it is in the roster."""
        async with serving(NodeSide(self.membership.node, self.public, self.snapshot, self.minutes.to_json), listener):
            try:
                yield
            finally:
                await self.asking.close()

    @asynccontextmanager
    async def auditing(self) -> AsyncIterator[None]:
        """Enter when the node follows the journal."""
        if self.auditor is None:
            yield
            return
        task = asyncio.create_task(self.auditor.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
