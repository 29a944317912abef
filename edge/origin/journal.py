"""The journal as an edge node follows it: a JournalSource and a RevokeSource.

What a poll answers proves as much as a read of the store would: the control node read it there after the call arrived,
and the call was sent after the follower had looked at its clock.
"""

import asyncio

from edge.origin.builds import Builds
from edge.origin.client import OriginClient
from edge.origin.connection import OriginError
from edge.origin.wire import load_batch, loaded
from edge.store.journal_reader import Batch

RETRY = 0.5
"""Seconds that a failed poll is held back: the follower of held polls asks again at once."""


class OriginJournal:
    """``wait``: seconds that a control node may hold a poll until there is something to tell; 0: it answers at once.
    ``builds`` is told who answered, by the journal that is followed and no other."""

    def __init__(self, client: OriginClient, wait: float = 0.0, builds: Builds | None = None) -> None:
        self._client = client
        self._wait = wait
        self._builds = builds
        self._epoch: str | None = None

    async def poll(self, position: int) -> Batch:
        query = [("after", str(position))]
        if self._wait:
            query.append(("wait", f"{self._wait:g}"))
        if self._epoch is not None:
            # Held for the position only by a control node that follows the same journal.
            query.append(("epoch", self._epoch))
        return await self._batch(query, self._wait)

    async def since(self, at: float) -> Batch:
        """``at`` is by this node's clock and entries are by their writers'; one that is behind loads more, one ahead
        less, and then the base is higher: nothing is fresh for it."""
        return await self._batch([("since", f"{max(0.0, at):.6f}")], 0.0)

    async def revoked(self) -> dict[str, int]:
        response = await self._client.get("/revokes", insist=True)
        try:
            return {str(tag): int(position) for tag, position in loaded(response.body)["revoked"].items()}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OriginError("bad-revokes") from error

    async def _batch(self, query: list[tuple[str, str]], wait: float) -> Batch:
        try:
            response = await self._client.get("/journal", query, wait=wait, insist=True)
            batch = _batch_of(response.body)
        except OSError:
            if self._wait:
                await asyncio.sleep(RETRY)
            raise
        self._epoch = batch.head.epoch
        if self._builds is not None:
            self._builds.polled(response.headers)
        return batch


def _batch_of(body: bytes) -> Batch:
    try:
        return load_batch(body)
    except ValueError as error:
        raise OriginError("bad-journal") from error
