"""Browser files with their copies on this host's disk: a page keeps working when nothing else can be asked."""

import asyncio
from collections.abc import Callable
from functools import partial

from edge.cache.disk_queue import DiskQueue
from edge.cache.file_copies import FileCopies
from edge.cache.room import Room
from edge.model.asset import Asset
from edge.model.stats import Stats
from edge.publish.asset_source import AssetSource


class UnreadError(OSError):
    """This node may not ask for anything yet: it is not registered, so no receipt would count what it serves."""


class KeptAssets:
    """An AssetSource before another, ``source``, which is asked only once this node ``may_read``.

    The disk comes first: a name means one content for ever, so there is nothing newer to ask for.
    """

    def __init__(
        self,
        source: AssetSource,
        files: FileCopies,
        room: Room,
        queue: DiskQueue,
        *,
        may_read: Callable[[], bool],
        stats: Stats,
    ) -> None:
        self._source = source
        self._files = files
        self._room = room
        self._queue = queue
        self._may_read = may_read
        self._stats = stats

    async def asset(self, name: str) -> Asset | None:
        kept = await self._kept(name)
        if kept is not None:
            return kept
        if not self._may_read():
            raise UnreadError
        asset = await self._source.asset(name)
        if asset is not None:
            self._queue.put(name, partial(self._write, name, asset))
        return asset

    async def _kept(self, name: str) -> Asset | None:
        try:
            return await asyncio.to_thread(self._files.read, name)
        except OSError as error:
            self._queue.refused(error)
            return None

    def _write(self, name: str, asset: Asset) -> None:
        self._room.written(self._files.write(name, asset))
        self._stats.copies_written += 1
