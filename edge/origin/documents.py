"""Documents as an edge node reads them: a Reader."""

import asyncio
import math
from typing import get_args

from edge.cache.cache import Freshness
from edge.cache.floors import Floors
from edge.cache.reading import Reading, Spare
from edge.journal.lease import Proof
from edge.model.instant import Clock, Instant
from edge.model.outcome import Found, Known, Unavailable
from edge.model.position import AsOf
from edge.origin.builds import Builds
from edge.origin.client import OriginClient
from edge.origin.connection import Response
from edge.origin.wire import AGE, FRESHNESS
from edge.publish.parcel import unpack
from edge.publish.publication import Publication, Wanted

AT_ONCE = 64
"""Documents asked for at once; the journal's polls must find room beside them."""


class OriginDocuments:
    """``floors``, ``proof`` and ``builds`` are this node's: what it has come to is asked for, and what comes is checked
    by it.

    A document is vouched for only as of a place that this node knows by its id (I6). Beyond its cursor there is nothing
    to check by; what would go wrong if the word of a control node were taken there:

        the store is replaced by an older one ── this node polls, and begins anew at 9 ── a control node that has not
        polled yet has the document in memory, as of 12 of the life that ended ── kept as of 12, it would be fresh until
        the new life is beyond 12, and whatever it did to the document on its way there would be below that

    In the usual case there is nothing beyond: a control node answers as of the place that it was asked for, whatever it
    has come to itself, unless it has read the document later than that; and then this node is about to come there too.
    """

    def __init__(self, client: OriginClient, floors: Floors, proof: Proof, builds: Builds, clock: Clock) -> None:
        self._client = client
        self._builds = builds
        self._floors = floors
        self._proof = proof
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def read(self, wanted: Wanted) -> Reading[Publication]:
        """Never raises: whatever goes wrong is Unavailable; the client says why in the log."""
        started_at, cursor = self._clock(), self._proof.cursor
        query = [("at_least", str(cursor))] if cursor is not None else []
        try:
            async with self._slots:
                response = await self._client.get(f"/documents/{wanted.kind}/{wanted.write_key}", query)
        except OSError:
            return Reading(Unavailable("origin-unavailable"))
        try:
            known = unpack(response.body)
            freshness, age = _freshness(response), _age(response)
        except (KeyError, ValueError):
            return Reading(Unavailable("document-damaged"))
        if isinstance(known, Found) and known.value.kind != wanted.kind:
            return Reading(Unavailable("document-damaged"))
        if freshness == "stale":
            return Reading(Unavailable("origin-stale"), spare=_spare(known, started_at.before(age)))
        there = self._floors.has(known.as_of)
        if cursor is not None and not (self._is_due(known.as_of, cursor) and (there or self._is_beyond(known.as_of))):
            return Reading(Unavailable("origin-behind"))
        return Reading(known, age, vouched=there and self._builds.vouches(response.headers))

    @staticmethod
    def _is_due(as_of: AsOf, asked: AsOf) -> bool:
        """``asked`` is the cursor as it stood when the call was sent; it may have moved on since.

        Older than that the cache would tell a caller that a purge overtook the reading, and serve it once more.
        """
        return as_of.epoch == asked.epoch and as_of.position >= asked.position

    def _is_beyond(self, as_of: AsOf) -> bool:
        now = self._proof.cursor
        return now is not None and now.epoch == as_of.epoch and as_of.position > now.position


def _spare(known: Known[Publication], confirmed_at: Instant) -> Spare[Publication] | None:
    return Spare(known, confirmed_at) if isinstance(known, Found) else None


def _freshness(response: Response) -> Freshness:
    """Raises KeyError or ValueError for an answer that does not say, or says what this release does not know."""
    said: tuple[Freshness, ...] = get_args(Freshness)
    return said[said.index(response.headers[FRESHNESS])]


def _age(response: Response) -> float:
    """Seconds; from when the call was sent, counted back by the control node's clock, so that no clock is compared."""
    age = float(response.headers[AGE])
    if not math.isfinite(age) or age < 0:
        raise ValueError("no age")
    return age
