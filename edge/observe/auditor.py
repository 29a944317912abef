"""The auditor: every node's answers against the store, round after round. It changes nothing, and asks little.

One node audits for the fleet: the lowest live one that has the store. Two for a moment do no harm.

roster ──► keys of this round ──► every live node asked, a few at a time ──► the store read ──► judge ──► ledger
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from edge.journal.follower import JournalSource
from edge.journal.membership import Membership
from edge.model.change import Entry
from edge.model.failure import places_of
from edge.model.instant import Clock, Instant
from edge.model.stats import Stats
from edge.observe.asking import UnansweredError
from edge.observe.evidence import Asked, Evidence
from edge.observe.finding import TROUBLES, Finding
from edge.observe.fleet import auditors
from edge.observe.judge import Published, judge, seen_in
from edge.observe.ledger import Ledger, Subject
from edge.observe.purges import PurgeWatch
from edge.observe.sample import Rotation, chosen
from edge.publish.publication import Wanted
from edge.publish.variants import ENCODINGS
from edge.store.failures import STORE_FAILURES
from edge.store.journal_reader import BATCH
from edge.store.roster import NodeRow

RECENT = 60.0
"""Seconds of journal that a node looks at when it begins to audit."""

log = structlog.get_logger()


class Auditor:
    """One per process that has the store. ``interval`` between rounds and ``budget`` of the ledger in seconds."""

    def __init__(
        self,
        evidence: Evidence,
        journal: JournalSource,
        rotation: Rotation,
        membership: Membership,
        purges: PurgeWatch,
        *,
        clock: Clock,
        stats: Stats,
        interval: float,
        budget: float,
    ) -> None:
        self._evidence = evidence
        self._journal = journal
        self._rotation = rotation
        self._membership = membership
        self._purges = purges
        self._clock = clock
        self._stats = stats
        self._interval = interval
        self._budget = budget
        self._ledger = Ledger(budget)
        self._read_to: int | None = None
        self._rounds = 0
        self._findings: tuple[Finding, ...] = ()
        self._finished_at: Instant | None = None

    async def run(self) -> None:
        """Rounds until cancelled. One that fails says nothing about any node; the next one is as usual."""
        healthy = True
        while True:
            try:
                await self.round()
            except Exception as error:
                self._stats.audit_failures += 1
                if healthy:
                    frames = [] if isinstance(error, STORE_FAILURES) else places_of(error)
                    log.warning("audit failed", error=type(error).__name__, frames=frames)
                healthy = False
            else:
                healthy = True
            # What is open now is looked at again when it may be worth a word.
            await asyncio.sleep(min(self._interval, self._budget) if self._ledger else self._interval)

    async def round(self) -> None:
        """One round, if this node is the auditor. Raises what store and roster raise."""
        live = (await self._membership.attendance(self._clock())).live
        if [row.node for row in auditors(live)][:1] != [self._membership.node]:
            self._resign()
            return
        entries = await self._news()
        self._purges.follow(entries)
        wanted = chosen(self._ledger.wanted(), entries, await self._rotation.next())
        encoding = ENCODINGS[self._rounds % len(ENCODINGS)]
        # In this order: a store that is read last cannot be behind what a node has read from it.
        asked = await self._evidence.of_nodes(live, wanted, encoding)
        published = await self._evidence.of_store(wanted)
        self._judge(live, asked, published)
        await self._purges.look(self._ledger)
        self._rounds += 1
        self._stats.audit_rounds += 1
        self._tell()

    def report(self) -> Mapping[str, Any] | None:
        """The last round as JSON; ``None`` on a node that does not audit."""
        if self._finished_at is None:
            return None
        return {"at": self._finished_at.wall, "findings": [finding.as_json() for finding in self._findings]}

    def numbers(self) -> dict[str, int]:
        """How many findings of each kind are reported; nothing on a node that does not audit."""
        if self._finished_at is None:
            return {}
        return {trouble: sum(one.trouble == trouble for one in self._findings) for trouble in TROUBLES}

    async def _news(self) -> Sequence[Entry]:
        """The entries since the last round; the newest of them where there are very many."""
        if self._read_to is None:
            batch = await self._journal.since(self._clock().wall - RECENT)
            first = 0
        else:
            first = self._read_to + 1
            batch = await self._journal.poll(self._read_to)
            if batch.head.position - self._read_to >= BATCH:
                batch = await self._journal.poll(batch.head.position - BATCH + 1)
        self._read_to = batch.head.position
        return [entry for entry in batch.entries if first <= entry.position <= batch.head.position]

    def _judge(
        self, live: Sequence[NodeRow], asked: Mapping[str, Asked], published: Mapping[Wanted, Published]
    ) -> None:
        now, own = self._clock(), self._membership.newcomer.build
        self._ledger.only([row.node for row in live])
        for row in live:
            answers, itself = asked[row.node], Subject(row.node, row.host)
            if isinstance(answers, UnansweredError):
                self._ledger.unanswered(itself, str(answers), now)
                continue
            self._ledger.note(itself, None, now)
            for one in published.keys() & answers.keys():
                stands = published[one]
                difference = judge(one.kind, seen_in(answers[one]), stands, same_build=row.build == own)
                self._ledger.note(Subject(row.node, row.host, one), difference, now, stands.workspace)

    def _tell(self) -> None:
        now = self._clock()
        report = self._ledger.report(now)
        for finding in report.appeared:
            log.warning("audit finding", **finding.as_json())
        for subject in report.cleared:
            log.info("audit finding is over", node=subject.node, host=subject.host, about=str(subject))
        self._findings, self._finished_at = report.findings, now

    def _resign(self) -> None:
        """Another node audits: what was found here is its to find."""
        if self._finished_at is None:
            return
        self._ledger, self._read_to = Ledger(self._budget), None
        self._findings, self._finished_at = (), None
