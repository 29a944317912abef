"""What a process has of Redis, by its settings: an announcer, a stream to follow, copies to share; or none of them."""

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

from edge.cache.copies import RedisCopies
from edge.cache.document_reader import DocumentReader, Unshared
from edge.cache.floors import Floors
from edge.cache.reading import Reader
from edge.cache.shared import Shared
from edge.journal.announcer import Announcer, NullAnnouncer, RedisAnnouncer
from edge.journal.follower import Follower
from edge.journal.lease import Proof
from edge.journal.outage import Outage
from edge.journal.redis_client import FAILURES, close_client, open_client
from edge.journal.stream import BLOCK, Following, NoStream, Receive, Stream
from edge.model.instant import Clock
from edge.model.stats import Stats
from edge.publish.publication import Publication, Wanted
from edge.settings import Settings


def open_announcer(settings: Settings, stats: Stats) -> Announcer:
    place = settings.redis_place()
    if place is None:
        return NullAnnouncer()
    client = open_client(place, settings.redis_timeout)
    return RedisAnnouncer(client, str(place), stats, settings.redis_timeout)


def open_stream(settings: Settings, follower: Follower, receive: Receive, stats: Stats) -> Following:
    place = settings.redis_place()
    if place is None:
        return NoStream()
    return Stream(
        open_client(place, settings.redis_timeout, BLOCK),
        str(place),
        offer=follower.offer,
        receive=receive,
        epoch=follower.epoch,
        stats=stats,
        timeout=settings.redis_timeout,
        jitter=random.random,
    )


def open_shared(
    settings: Settings,
    read: Reader[Wanted, Publication],
    build: Callable[[], str | None],
    *,
    floors: Floors,
    proof: Proof,
    clock: Clock,
    stats: Stats,
) -> DocumentReader:
    """``read``, with the shared cache before it where there is one. ``build`` as Shared is given it."""
    place = settings.redis_place()
    if place is None:
        return Unshared(read)
    return Shared(
        read,
        RedisCopies(open_client(place, settings.redis_timeout), settings.redis_timeout),
        build=build,
        floors=floors,
        proof=proof,
        clock=clock,
        lease=settings.lease,
        stats=stats,
        outage=Outage("copies", str(place), FAILURES),
        jitter=random.random,
    )


def open_ping(settings: Settings) -> Callable[[], Awaitable[bool]] | None:
    """Asks whether Redis answers, on a connection for this question alone; ``None`` where there is none to ask."""
    place = settings.redis_place()
    if place is None:
        return None

    async def ping() -> bool:
        client = open_client(place, settings.redis_timeout)
        try:
            return bool(await client.ping())
        except FAILURES:
            return False
        finally:
            with suppress(*FAILURES):
                await close_client(client)

    return ping
