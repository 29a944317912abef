"""nginx as a front: purge = refresh, through its refresh server (``nginx.conf``).

With ``Edge-Refresh: 1`` nginx fetches from a node and stores, whatever it holds; without, it shows what it holds. It is
asked first the one, then the other, on one connection: its worker has stored the answer before it reads the question.

    GET, Edge-Refresh: 1 ──► 200 or 404, read at the position or later ──► HEAD ──► shows that position or later: done
            └ 5xx, time-out, no answer, older, another epoch ──► FrontError ┘

The variants of a key go at once, and none is asked for its proof before all are fetched, or OTHERS have passed.
Those of a loader's halves go with them only where nginx holds them.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from edge.fronts.cache_files import CacheFiles
from edge.fronts.channel import Channel, ChannelError, Channels, Exchange
from edge.fronts.fetches import Fetches
from edge.fronts.front import Due, FrontDownError, FrontError, Reach
from edge.publish.publication import COMMON, PATHS, Kind
from edge.publish.variants import ENCODINGS, Encoding

CONNECT, READ = 1.0, 3.0
"""``proxy_connect_timeout`` and ``proxy_read_timeout`` of ``nginx.conf``, in seconds."""
HOLD = CONNECT + READ + 1.0
"""Seconds after which nothing that a node answered before can still be on its way into nginx's cache."""
CONNECTIONS = 48
"""At most, for one node: two write keys and their variants, and as many for a purge that goes on beside."""

Variant = tuple[Kind, Encoding]


class NginxFront:
    """``address``: the unix socket of nginx's refresh server. ``timeout``: seconds that one variant may take."""

    def __init__(self, address: Path, files: CacheFiles, timeout: float = HOLD) -> None:
        self._channels = Channels(address, CONNECTIONS)
        self._files = files
        self._timeout = timeout

    async def refresh(self, due: Due) -> None:
        known = [(kind, encoding) for kind in due.kinds for encoding in ENCODINGS]
        every = due.reach is Reach.EVERY
        variants = [one for one in known if (every and one[0] in COMMON) or self._held(due, one)]
        await self._refresh(due, variants)
        if variants and not self._files.known:
            # It was shown just now, so it is there: this finds out where.
            self._held(due, variants[0])
        if every:
            # What a node answered just before it had the change arrives in nginx just after.
            await self._refresh(due, [one for one in known if one not in variants and self._held(due, one)])

    async def empty(self) -> int:
        return await asyncio.to_thread(self._files.empty)

    async def close(self) -> None:
        self._channels.close()

    def _held(self, due: Due, variant: Variant) -> bool:
        return self._files.held(variant[0], due.key, variant[1])

    async def _refresh(self, due: Due, variants: Sequence[Variant]) -> None:
        fetches = Fetches(variants)
        told = await asyncio.gather(*(self._variant(due, one, fetches) for one in variants))
        wrong = [one for one in told if one is not None]
        if wrong:
            # The one that says most: where nginx cannot be reached nothing else matters.
            raise next((error for error in wrong if isinstance(error, FrontDownError)), wrong[0])

    async def _variant(self, due: Due, variant: Variant, fetches: Fetches[Variant]) -> FrontError | None:
        """What is wrong with one variant, if anything is: one that fails must not leave the others under way."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._refreshed(due, variant, fetches)
        except TimeoutError:
            return FrontError(f"{_named(variant)}: no answer within {self._timeout:g} s")
        except ChannelError as error:
            return FrontError(f"{_named(variant)}: {error}")
        except OSError as error:
            return FrontDownError(f"nginx cannot be reached: {error.strerror or type(error).__name__}")
        finally:
            fetches.ended(variant)

    async def _refreshed(self, due: Due, variant: Variant, fetches: Fetches[Variant]) -> FrontError | None:
        try:
            return await self._exchange(due, variant, fetches)
        except ChannelError:
            # nginx ends an idle connection when it likes, also while it is being written to. Asking twice is harmless.
            return await self._exchange(due, variant, fetches)

    async def _exchange(self, due: Due, variant: Variant, fetches: Fetches[Variant]) -> FrontError | None:
        async with self._channels.channel() as channel:
            if due.reach is Reach.OLDER and _wrong(await _shown(channel, due, variant), due) is None:
                return None
            wrong = _wrong(await channel.ask(_request("GET", due, variant, "Edge-Refresh: 1\r\n"), head=False), due)
            fetches.ended(variant)
            if wrong is None:
                await fetches.all_ended()
                wrong = _wrong(await _shown(channel, due, variant), due)
                if wrong is not None:
                    wrong = f"is refreshed, but {wrong}"
        return FrontError(f"{_named(variant)}: {wrong}") if wrong is not None else None


async def _shown(channel: Channel, due: Due, variant: Variant) -> Exchange:
    """What nginx answers to anybody; by HEAD, which it answers from the copy for GET."""
    return await channel.ask(_request("HEAD", due, variant), head=True)


def _request(method: str, due: Due, variant: Variant, more: str = "") -> bytes:
    path = PATHS[variant[0]].format(key=due.key)
    lines = f"{method} {path} HTTP/1.1\r\nHost: edge.internal\r\nAccept-Encoding: {variant[1]}\r\n{more}\r\n"
    return lines.encode("ascii")


def _wrong(exchange: Exchange, due: Due) -> str | None:
    """Why an answer does not do, if it does not: nothing but a document, or its absence, read late enough will."""
    if exchange.status not in (200, 404):
        return f"answered {exchange.status}"
    epoch, _, position = exchange.as_of.rpartition(".")
    if not epoch or not position.isdigit():
        return f"answered {exchange.status} without saying as of when"
    if epoch != due.epoch:
        return "shows another epoch"
    if int(position) < due.position:
        return f"shows position {position}, and {due.position} is due"
    return None


def _named(variant: Variant) -> str:
    return f"{variant[0]} ({variant[1]})"
