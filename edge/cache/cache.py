"""The cache: memory, decision and flight, composed."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from edge.cache.backing import Backing, NoBacking
from edge.cache.flight import Flights
from edge.cache.floors import OUTSIDE, Floors
from edge.cache.memory import Memory
from edge.cache.policy import Held, Verdict, confirm, decide, may_serve_stale, passes
from edge.cache.reading import Reader, Reading, Spare
from edge.cache.warmer import Warmer
from edge.journal.lease import Proof, stepped_back
from edge.model.change import Entry
from edge.model.instant import Clock, Instant
from edge.model.outcome import Known, Outcome, Unavailable
from edge.model.position import AsOf
from edge.model.stats import Stats

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

READS = 3
"""Reads at most for one caller: one that it joined, one begun after it arrived, one more if a purge overtook that."""

WARMED = 300
"""Documents read ahead at most for one change: those of a hundred write keys."""

Freshness = Literal["fresh", "unproven", "overtaken", "stale"]
"""``fresh``: proven. ``unproven``: just read, but this node is fenced, or cannot tell whether it is of the journal that
it follows, so it proves nothing for later callers. ``overtaken``: read after this caller arrived, but a purge was
applied meanwhile, each time it was read: true for this caller, for no later one. ``stale``: last known good, as the
store could not be read."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a caller may serve now. ``hit``: it was in memory already."""

    known: Known[T]
    freshness: Freshness
    confirmed_at: Instant
    hit: bool


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A finished read, with the time and the floors' generation at its start. ``current_at``: when the outcome was last
    known to be current, which is earlier for what did not come from the store itself. ``vouched`` as in Reading."""

    outcome: Outcome[T]
    started_at: Instant
    current_at: Instant
    generation: int
    vouched: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: the ``lease`` of a proof, and how long last known good may answer after it was confirmed."""

    lease: float
    on_error: float


class Cache(Generic[K, T]):
    """One per node. Everything between two awaits is one step: nothing is applied between a check and its answer."""

    def __init__(
        self,
        read: Reader[K, T],
        *,
        memory: Memory[K, T],
        floors: Floors,
        proof: Proof,
        clock: Clock,
        limits: Limits,
        stats: Stats,
        concerned: Callable[[Entry], Iterable[K]] = lambda _entry: (),
        backing: Backing[K, T] | None = None,
    ) -> None:
        self._read = read
        self._backing = backing or NoBacking()
        self._memory = memory
        self._floors = floors
        self._proof = proof
        self._clock = clock
        self._limits = limits
        self._stats = stats
        self._concerned = concerned
        self._flights: Flights[K, Read[T]] = Flights(self._fill)
        self._warmer: Warmer[K] = Warmer(self._refresh)

    @property
    def ready(self) -> bool:
        """Whether the journal has been caught up with once. Before that even "no such key" is not known, nothing is
        read, and only last known good from the disk may answer, marked as stale."""
        return self._proof.cursor is not None

    def apply(self, entry: Entry) -> None:
        """Raise floors, and read anew what is in memory of that which the entry is ``concerned`` with."""
        self._floors.apply(entry)
        self._warm(self._concerned(entry))

    def restart(self, head: AsOf, recent: Sequence[Entry], revoked: dict[str, int]) -> None:
        self._floors.restart(head, recent, revoked)

    def hit(self, key: K) -> Answer[T] | None:
        """The answer from memory, if it is proven fresh; builds nothing."""
        held = self._memory.get(key)
        verdict = decide(held, self._floors, self._proof, self._clock(), self._limits.lease)
        if held is None or verdict is not Verdict.SERVE:
            return None
        confirm(held, self._floors, self._proof.proven_at)
        self._stats.hits += 1
        return Answer(held.known, "fresh", held.confirmed_at, hit=True)

    async def get(self, key: K) -> Answer[T] | Unavailable:
        """An answer for a caller that arrives now, from memory or the store; at most READS reads for one caller."""
        arrived = self._flights.mark()
        last: tuple[Known[T], Read[T]] | None = None
        for _ in range(READS):
            answer = self.hit(key)
            if answer is not None:
                return answer
            flight, joined = self._flights.join(key)
            if joined:
                self._stats.joined += 1
            read = await flight.result()
            if isinstance(read.outcome, Unavailable):
                return self._last_resort(key, last, read.outcome)
            authoritative = flight.number > arrived
            answer = self._take(read.outcome, read, authoritative=authoritative)
            if answer is not None:
                return answer
            # Answered with what a purge has overtaken, a front could store it over what a refresh has brought already:
            #   read begins ── purge applied ── front refreshed: new ── read ends ── front stores: old
            # So it is read once more; only a caller that was overtaken each time gets it, marked as nothing to keep.
            if authoritative:
                last = (read.outcome, read)
        return self._last_resort(key, last, Unavailable("revoked-meanwhile"))

    async def warmed(self, entry: Entry) -> None:
        """Wait until what ``entry`` is concerned with, and was in memory when it was applied, is read anew."""
        await self._warmer.done(self._concerned(entry))

    async def quiet(self) -> None:
        """The same for all that was applied so far."""
        await self._warmer.quiet()

    async def close(self) -> None:
        await self._warmer.close()
        await self._flights.close()

    def _warm(self, keys: Iterable[K]) -> None:
        """In the background, those of ``keys`` that are in memory and no longer pass: so that the first request after a
        change finds it there. Fenced, this node has no use for it: it reads for each caller anyway."""
        if self._proof.fenced(self._clock(), self._limits.lease):
            return
        held = ((key, self._memory.get(key)) for key in keys)
        overtaken = [key for key, one in held if one is not None and not passes(one, self._floors)]
        self._warmer.want(overtaken[:WARMED])

    async def _refresh(self, key: K) -> None:
        """A read that begins now; one that was under way already may have looked before the change."""
        arrived = self._flights.mark()
        self._stats.warmed += 1
        while not self._proof.fenced(self._clock(), self._limits.lease):
            flight, _ = self._flights.join(key)
            await flight.result()
            held = self._memory.get(key)
            if flight.number > arrived or (held is not None and passes(held, self._floors)):
                return

    def _take(self, known: Known[T], read: Read[T], *, authoritative: bool) -> Answer[T] | None:
        """The answer that a flight's result makes for this caller, or ``None``: it has to be read once more."""
        if self._floors.passes(known.as_of, known.tags, read.generation):
            if read.vouched and not self._fenced(read.started_at):
                return Answer(known, "fresh", read.current_at, hit=False)
            # Fenced, this node may lack a purge from before the caller's arrival: only a read begun later will do.
            return Answer(known, "unproven", read.current_at, hit=False) if authoritative else None
        return None

    def _last_resort(
        self, key: K, overtaken: tuple[Known[T], Read[T]] | None, outcome: Unavailable
    ) -> Answer[T] | Unavailable:
        """For a caller that is not read for again: what was ``overtaken`` after it arrived, or the on-error rule."""
        if overtaken is not None:
            known, read = overtaken
            # What a revoke names is not said once more by anyone.
            if not self._floors.revoked(known.as_of, known.tags, read.generation):
                return Answer(known, "overtaken", read.current_at, hit=False)
        return self._on_error(key, outcome)

    def _fenced(self, since: Instant) -> bool:
        """Whether the lease is lost, or the wall clock by which deadlines travel was set back after ``since``."""
        now = self._clock()
        return self._proof.fenced(now, self._limits.lease) or stepped_back(since, now)

    async def _fill(self, key: K) -> Read[T]:
        started_at, generation = self._clock(), self._floors.generation
        reading = await self._reading(key)
        outcome, current_at = reading.outcome, started_at.before(reading.age)
        # Checked here, after the read: a purge applied while it ran has raised the floor above its as-of (I1, I4).
        if not isinstance(outcome, Unavailable):
            if self._floors.passes(outcome.as_of, outcome.tags, generation):
                # A receipt bounds what a silent node may answer on error by its last heartbeat: so nothing that is
                # kept counts as confirmed later than the lease that was held.
                confirmed_at = self._proof.leased_at if self._fenced(started_at) else current_at
                if confirmed_at is not None and reading.vouched:
                    self._memory.put(key, Held(outcome, confirmed_at, generation, read_at=started_at.boot))
                    self._backing.keep(key, outcome, confirmed_at)
            else:
                self._stats.overtaken += 1
        elif not self._may_serve_stale(self._memory.get(key)):
            spare = reading.spare or await self._backing.restored(key)
            if spare is not None:
                self._lay_by(key, spare)
        return Read(outcome, started_at, current_at, generation, reading.vouched)

    async def _reading(self, key: K) -> Reading[T]:
        if not self.ready:
            return Reading(Unavailable("not-ready"))
        self._stats.fills += 1
        return await self._read(key)

    def _lay_by(self, key: K, spare: Spare[T]) -> None:
        """Keep last known good from elsewhere for the on-error rule alone, unless memory has what serves as well."""
        if not self._may_serve_stale(self._memory.get(key)):
            self._memory.put(key, Held(spare.found, spare.confirmed_at, OUTSIDE))

    def _may_serve_stale(self, held: Held[T] | None) -> bool:
        return may_serve_stale(held, self._floors, self._clock(), self._limits.on_error)

    def _on_error(self, key: K, outcome: Unavailable) -> Answer[T] | Unavailable:
        held = self._memory.get(key)
        if held is not None:
            confirm(held, self._floors, self._proof.leased_at)
        if held is not None and self._may_serve_stale(held):
            self._stats.stale_served += 1
            return Answer(held.known, "stale", held.confirmed_at, hit=True)
        self._stats.refused += 1
        return outcome
