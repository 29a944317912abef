"""Who looks after a host's front, and what is done in which order: inside out, one after the other (I14).

  an entry is applied here ──► every live node of the host has risen to it ──► its write keys are refreshed, read back
       ──► acked in the roster ──► HOLD later refreshed once more ──► rebound in the roster

  follows ──── lowest live node of the host, not fenced ────► takes over ──► leads
     ▲                                                     (acks read; the cache vouched for, or to be emptied;
     └──── a lower node is there │ fenced │ another journal ◄──────────────  every entry of the window anew)

That a node has *risen* means that it has applied the position, and that what it answered before has left. It is known
of this node from its own event loop, of its siblings from their datagrams, of all of them from the roster. Two leaders
at once are harmless: what either has fetched is the newest there is, and each writes what it saw itself.

Four turns, each repeated whenever the bell rings: ``lead``, ``dispatch`` (write keys at once), ``sweep`` (page by page,
paced), ``write`` (the roster). None waits for another, so that what is narrow never queues behind what is broad.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from edge.fronts.agenda import Agenda
from edge.fronts.emptying import Emptying
from edge.fronts.ledger import Random
from edge.fronts.runner import Runner
from edge.fronts.siblings import Doubt, Siblings, Spans
from edge.fronts.sweeper import Sweeper
from edge.fronts.term import IDLE, Term
from edge.journal.lease import Proof
from edge.journal.membership import Crew, Membership, Roster
from edge.model.change import Entry
from edge.model.failure import places_of
from edge.model.instant import Clock
from edge.model.position import AsOf
from edge.model.stats import Stats
from edge.store.roster import AckRow

log = structlog.get_logger()


class Driver:
    """One for each node of a host with a front. ``tell`` is called with what this node has risen to, for its siblings;
    ``heard`` is where theirs comes in. ``build`` answers the digest of the build whose documents this node serves."""

    def __init__(
        self,
        *,
        runner: Runner,
        sweeper: Sweeper,
        emptying: Emptying,
        roster: Roster,
        membership: Membership,
        proof: Proof,
        clock: Clock,
        stats: Stats,
        random: Random,
        spans: Spans,
        tell: Callable[[AsOf], None],
        build: Callable[[], str | None],
    ) -> None:
        self._runner = runner
        self._sweeper = sweeper
        self._emptying = emptying
        self._roster = roster
        self._membership = membership
        self._bell = membership.bell
        self._proof = proof
        self._clock = clock
        self._stats = stats
        self._random = random
        self._spans = spans
        self._tell = tell
        self._build = build
        self._agenda: Agenda | None = None
        self._applied: AsOf | None = None
        self._siblings = Siblings(membership.node)
        self._doubt: Doubt | None = None
        self._term: Term | None = None
        self._takes_back: list[AckRow] = []
        self._pruned_at = 0.0

    # What is heard.

    def restart(self, head: AsOf, recent: Sequence[Entry], _revoked: dict[str, int]) -> None:
        """Another journal, or the first one: what the front holds is measured against ``recent`` anew."""
        now, spans = self._clock(), self._spans
        if self._agenda is not None:
            self._doubt = Doubt(now.boot, same_epoch=self._agenda.epoch == head.epoch)
        self._resign()
        self._siblings.forget()
        host = self._membership.host
        self._agenda = Agenda(host, head.epoch, window=spans.window, hold=spans.hold, random=self._random)
        for entry in recent:
            self._agenda.note(entry, now.boot - (now.wall - entry.at))
        self._agenda.prune(now.boot)
        self._come_to(head)

    def apply(self, entry: Entry) -> None:
        if self._agenda is not None:
            # Its window counts from now on. By its writer's clock it may look older than that, if this host's is ahead,
            # and would be forgotten while it waits for a sibling.
            self._agenda.note(entry, self._clock().boot)
            self._come_to(AsOf(self._agenda.epoch, entry.position, entry.id))

    def heard(self, node: str, epoch: str, position: int) -> bool:
        """A sibling has risen; whether it is ahead of this node."""
        self._siblings.heard(node, epoch, position)
        self._bell.ring()
        applied = self._applied
        return applied is None or epoch != applied.epoch or position > applied.position

    def _come_to(self, cursor: AsOf) -> None:
        self._applied = cursor
        # In the next turn of the event loop: what was answered before is with the kernel then (Membership.beat).
        asyncio.get_running_loop().call_soon(self._rise, cursor)

    def _rise(self, cursor: AsOf) -> None:
        if self._applied is not None and self._applied.epoch == cursor.epoch:
            self._siblings.heard(self._membership.node, cursor.epoch, cursor.position)
            self._tell(cursor)
            self._bell.ring()

    # Turns: each answers the seconds until it is to be taken again, unless the bell rings before.

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for turn in (self.lead, self.dispatch, self.sweep, self.write):
                tasks.create_task(self._repeat(turn))

    async def close(self) -> None:
        self._resign()
        await self._runner.close()

    async def lead(self) -> float:
        """Take over, or resign; and see that what the cache was filled under still holds."""
        crew, now, agenda, cursor = self._crew(), self._clock(), self._agenda, self._applied
        if agenda is not None and now.boot - self._pruned_at >= IDLE:
            self._pruned_at = now.boot
            agenda.prune(now.boot)
        if crew is None or agenda is None or cursor is None or not self._may_lead(crew):
            self._resign()
            return IDLE
        if self._doubt is not None and self._doubt.ends(now.boot, self._spans):
            # Every sibling has noticed by now or is fenced: what was done meanwhile is not counted, but done again.
            self._resign()
        if self._term is None or not self._term.holds():
            await self._take_over(agenda)
        if self._term is not None and self._term.agenda is self._agenda:
            builds = self._builds(crew)
            self._emptying.look(cursor, agenda.ids, builds, now)
            if self._siblings.risen(crew, agenda.epoch) >= 0 and await self._emptying.work(cursor, builds, now):
                self._bell.ring()
        return IDLE

    async def dispatch(self) -> float:
        """Begin what every node of the host has risen to."""
        term, crew = self._term, self._crew()
        if term is None or crew is None or not term.holds():
            return IDLE
        term.agenda.open(self._siblings.risen(crew, term.agenda.epoch))
        return self._runner.start(term)

    async def sweep(self) -> float:
        """Go on with a broad purge."""
        term = self._term
        return IDLE if term is None or not term.holds() else await self._sweeper.turn(term)

    async def write(self) -> float:
        """Tell the roster what is shown."""
        term, crew, now = self._term, self._crew(), self._clock()
        if term is None or crew is None or not term.holds():
            return IDLE
        agenda = term.agenda
        doubted = self._doubt is not None and not self._doubt.over
        if not self._emptying.owed and not doubted and crew.seen_at.epoch == agenda.epoch:
            # No further than when the host's nodes were last looked at: who joined after that has read the journal from
            # there on, but who joined before may have been missed by an earlier look.
            agenda.latch(min(self._siblings.risen(crew, agenda.epoch), crew.seen_at.position), now.wall)
        rows = [*self._takes_back, *agenda.untold(now.boot, self._emptying.error)]
        for row in rows:
            if not term.holds():
                return 0.0
            await self._roster.ack(row, now.wall)
            agenda.told(row, now.boot)
        self._takes_back = []
        if rows and self._applied is not None:
            # Whoever waits for a receipt, here or in a sibling, looks again.
            self._tell(self._applied)
            self._bell.ring()
        return IDLE

    @property
    def term(self) -> Term | None:
        """``None`` while this node does not look after its host's front."""
        return self._term

    def _crew(self) -> Crew | None:
        crew = self._membership.crew(self._clock())
        if crew is not None and self._siblings.newcomers(crew) and self._term is not None:
            self._term.agenda.reopen()
        return crew

    def _builds(self, crew: Crew) -> list[str]:
        """Of the host's nodes, and of what they serve: an edge node's documents are as a control node has made them."""
        served = self._build()
        return [*(row.build for row in crew.rows), *([served] if served else [])]

    def _may_lead(self, crew: Crew) -> bool:
        return not self._fenced() and self._membership.node == min(row.node for row in crew.rows)

    def _fenced(self) -> bool:
        return self._proof.fenced(self._clock(), self._spans.lease)

    def _resign(self) -> None:
        if self._term is not None:
            self._term.over = True
            self._term = None

    async def _take_over(self, agenda: Agenda) -> None:
        rows = await self._roster.acks_of(self._membership.host, agenda.epoch)
        if agenda is not self._agenda:
            return
        doubt = (
            self._doubt if self._doubt is not None and self._doubt.matters(self._clock().boot, self._spans) else None
        )
        self._takes_back = agenda.take_over(rows, trusted=doubt is None or not doubt.same_epoch)
        self._emptying.take_over()
        if doubt is not None:
            self._emptying.owe("the journal is another one")
        self._term = Term(agenda, self._fenced, self._bell)
        self._stats.front_takeovers += 1
        log.info("looks after its host's front", host=self._membership.host, entries=agenda.pending())
        self._bell.ring()

    async def _repeat(self, turn: Callable[[], Awaitable[float]]) -> None:
        healthy = True
        while True:
            mark = self._bell.mark()
            try:
                delay = await turn()
            except Exception as error:
                # Whatever it is: a front that nobody looks after any more would show what was before until that ends.
                if healthy:
                    log.warning("front's turn failed", error=type(error).__name__, frames=places_of(error))
                healthy, delay, mark = False, IDLE, self._bell.mark()
            else:
                healthy = True
            await self._bell.after(mark, delay)
