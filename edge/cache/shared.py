"""The cache that the nodes of a fleet share: one node's read of the store spares the others theirs.

    read ──► fenced, left alone for a while, or just changed here ────────────► the store ──► put, in the background
       └───► the copy, which came with an entry or is asked for: none, damaged,      ▲
             of another document, below a floor, of a position that this node has ───┘
             not seen
                └──► counts: as good as memory, confirmed by this node's last proof

Nothing is compared before a copy is written over another (I5). A slower node may put what it read earlier over what
was read later; but what is *served* is judged at every read, by the floors of the node that serves it. If something was
changed after the copy was read, and the copy carries its tag, then it does not count: the store is read, and the newer
copy stands there again. Where nothing was changed, older and newer are the same bytes.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable

from cachetools import LRUCache

from edge.cache.circuit import Circuit
from edge.cache.copies import Copies, CopiesError
from edge.cache.floors import Floors
from edge.cache.memory import MISSING_SECONDS
from edge.cache.reading import Reader, Reading
from edge.journal.latest import ENCLOSED_BYTES, NOTHING, Enclosed
from edge.journal.lease import Proof
from edge.journal.outage import Outage
from edge.model.instant import Clock, Instant
from edge.model.outcome import Found, Known, Missing, Outcome, Unavailable
from edge.model.stats import Stats
from edge.model.tags import key_tag
from edge.publish.parcel import MAGIC, ParcelError, pack, unpack
from edge.publish.publication import Publication, Wanted

COPY_SECONDS = 3600.0
"""For how long a document's copy is kept. No question of freshness, which its as-of answers: only of memory there."""
JITTER = 0.1
"""The part of it by which a copy may go earlier, so that what was put in one wave is not gone in one (I29)."""
PUTS = 64
"""Copies being put at most; a read that comes beyond is not put."""
LATER = 0.03
"""Seconds after which what goes with an entry is put as well: those who hear of it come first."""
RECEIVED_BYTES = 8 * ENCLOSED_BYTES
"""Bytes at most of copies that came with entries, and are kept."""


def build_digest(*parts: str) -> str:
    """One name for everything besides the store that bytes depend on: builds that would differ share no copies."""
    return hashlib.sha256("\0".join((MAGIC.decode(), *parts)).encode()).hexdigest()[:16]


class Shared:
    """Wraps the reader of the store, ``read``. ``build`` answers the digest of the build whose documents that brings,
    ``None`` while it is not known; ``lease`` in seconds; ``jitter`` answers a number from 0 to 1. Owns ``copies``."""

    def __init__(
        self,
        read: Reader[Wanted, Publication],
        copies: Copies,
        *,
        build: Callable[[], str | None],
        floors: Floors,
        proof: Proof,
        clock: Clock,
        lease: float,
        stats: Stats,
        outage: Outage,
        jitter: Callable[[], float],
    ) -> None:
        self._read = read
        self._copies = copies
        self._build = build
        self._floors = floors
        self._proof = proof
        self._clock = clock
        self._lease = lease
        self._stats = stats
        self._outage = outage
        self._jitter = jitter
        self._circuit = Circuit()
        self._puts: set[asyncio.Task[None]] = set()
        self._changed_here: set[Wanted] = set()
        self._made: set[str] = set()
        """Keys of what was read here of the last change."""
        self._enclosed: LRUCache[str, bytes] = LRUCache(ENCLOSED_BYTES, getsizeof=len)
        """As much of that as goes with an entry."""
        self._received: LRUCache[str, bytes] = LRUCache(RECEIVED_BYTES, getsizeof=len)

    async def read(self, wanted: Wanted) -> Reading[Publication]:
        """A copy that counts, or what the store has; never raises of its own."""
        changed_here = wanted in self._changed_here
        self._changed_here.discard(wanted)
        if not changed_here:
            copy = self._copy_received(wanted) or await self._copy(wanted)
            if copy is not None:
                return copy
        reading = await self._read(wanted)
        if reading.vouched:
            self._keep(wanted, reading.outcome, enclosing=changed_here)
        return reading

    def changed_here(self, wanted: Iterable[Wanted]) -> None:
        # Whatever copy there is was put before the change, unless another node's poll was quicker: asking for it would
        # only have everybody wait for this node's documents a little longer. For the last change alone: what nobody
        # reads anew is not to be remembered.
        self._changed_here = set(wanted)
        self._made.clear()

    async def enclosed(self, wanted: Iterable[Wanted]) -> Enclosed:
        keys = {key for one in wanted if (key := self._key(one)) is not None}
        found = {key: parcel for key in keys if (parcel := self._enclosed.pop(key, None)) is not None}
        if found and found.keys() >= self._made & keys:
            return found
        # Whoever waits may be cancelled; what is put is put all the same.
        if self._puts:
            await asyncio.wait(set(self._puts))
        return NOTHING

    def receive(self, enclosed: Enclosed) -> None:
        for key, parcel in enclosed.items():
            if len(parcel) <= RECEIVED_BYTES:
                self._received[key] = parcel

    async def close(self) -> None:
        for put in self._puts:
            put.cancel()
        await asyncio.gather(*self._puts, return_exceptions=True)
        await self._copies.close()

    async def _copy(self, wanted: Wanted) -> Reading[Publication] | None:
        now, generation = self._clock(), self._floors.generation
        key = self._key(wanted)
        if key is None or self._proof.fenced(now, self._lease) or not self._circuit.allows(now.boot):
            return None
        try:
            parcel = await self._copies.get(key)
        except CopiesError as error:
            self._failed(error)
            return None
        self._answered()
        if parcel is None:
            self._stats.shared_misses += 1
            return None
        # Looked at only now: what was applied, or lost, while Redis was asked counts.
        reading = self._judged(wanted, parcel, generation)
        if reading is None:
            self._stats.shared_refused += 1
        return reading

    def _copy_received(self, wanted: Wanted) -> Reading[Publication] | None:
        key = self._key(wanted)
        parcel = self._received.get(key) if key is not None else None
        return self._judged(wanted, parcel, self._floors.generation) if parcel is not None else None

    def _judged(self, wanted: Wanted, parcel: bytes, generation: int) -> Reading[Publication] | None:
        known, now, proven_at = _opened(parcel), self._clock(), self._proof.proven_at
        if known is None or proven_at is None or not self._counts(wanted, known, generation, now):
            return None
        self._stats.shared_hits += 1
        # It was not read from the store now. That nothing of it has changed is known as of the last proof, no later.
        return Reading(known, age=now.elapsed_since(proven_at))

    def _counts(self, wanted: Wanted, known: Known[Publication], generation: int, now: Instant) -> bool:
        """Whether ``known`` may be called fresh by this node at ``now``."""
        if generation != self._floors.generation or self._proof.fenced(now, self._lease):
            return False
        if not _is_of(wanted, known):
            return False
        return self._floors.has(known.as_of) and self._floors.passes(known.as_of, known.tags, generation)

    def _keep(self, wanted: Wanted, outcome: Outcome[Publication], *, enclosing: bool) -> None:
        """Put what was read, in a task of its own: no caller waits for it. ``enclosing``: it may go with an entry."""
        key = self._key(wanted)
        if isinstance(outcome, Unavailable) or key is None or len(self._puts) >= PUTS:
            return
        # What a purge overtook meanwhile would count for nobody.
        if not self._floors.passes(outcome.as_of, outcome.tags, self._floors.generation):
            return
        parcel = pack(outcome)
        fits = enclosing and len(parcel) <= ENCLOSED_BYTES
        if fits:
            self._enclosed[key] = parcel
        if enclosing:
            self._made.add(key)
        if self._circuit.allows(self._clock().boot):
            seconds = MISSING_SECONDS if isinstance(outcome, Missing) else COPY_SECONDS * (1 - JITTER * self._jitter())
            put = asyncio.create_task(self._put(key, parcel, seconds, LATER if fits else 0.0))
            self._puts.add(put)
            put.add_done_callback(self._puts.discard)

    async def _put(self, key: str, parcel: bytes, seconds: float, delay: float) -> None:
        await asyncio.sleep(delay)
        try:
            await self._copies.put(key, parcel, seconds)
        except CopiesError as error:
            self._failed(error)
        else:
            self._answered()

    def _key(self, wanted: Wanted) -> str | None:
        """With the epoch and the build, so that what can never count is not even found."""
        cursor, build = self._proof.cursor, self._build()
        if cursor is None or build is None:
            return None
        return f"{cursor.epoch}:{build}:{wanted.kind}:{wanted.write_key}"

    def _failed(self, error: CopiesError) -> None:
        self._stats.shared_errors += 1
        self._circuit.failed(self._clock().boot)
        self._outage.began(error.__cause__ or error)

    def _answered(self) -> None:
        self._circuit.answered()
        self._outage.ended()


def _is_of(wanted: Wanted, known: Known[Publication]) -> bool:
    kind = known.value.kind if isinstance(known, Found) else wanted.kind
    return kind == wanted.kind and key_tag(wanted.write_key) in known.tags


def _opened(parcel: bytes) -> Known[Publication] | None:
    try:
        return unpack(parcel)
    except ParcelError:
        return None
