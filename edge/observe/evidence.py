"""What the auditor judges by: the nodes' answers, and what the store publishes."""

import asyncio
from collections.abc import Sequence

from edge.model.outcome import Missing, Unavailable
from edge.model.stats import Stats
from edge.observe.asking import Answered, Asking, UnansweredError
from edge.observe.judge import Published, published_in
from edge.publish.publication import Publisher, Wanted
from edge.publish.variants import Encoding
from edge.store.roster import NodeRow
from edge.store.store import Store

AT_ONCE = 4
"""Nodes that are asked at the same time, each one document after the other."""

Asked = dict[Wanted, Answered] | UnansweredError


class Evidence:
    def __init__(self, store: Store, publisher: Publisher, asking: Asking, stats: Stats) -> None:
        self._store = store
        self._publisher = publisher
        self._asking = asking
        self._stats = stats

    async def of_nodes(self, rows: Sequence[NodeRow], wanted: Sequence[Wanted], encoding: Encoding) -> dict[str, Asked]:
        """By node what it answers; one that does not answer once is asked no more."""
        places = asyncio.Semaphore(AT_ONCE)

        async def ask(row: NodeRow) -> Asked:
            answers: dict[Wanted, Answered] = {}
            async with places:
                for one in wanted:
                    self._stats.audit_requests += 1
                    try:
                        answers[one] = await self._asking.document(row.node, row.url, one, encoding)
                    except UnansweredError as error:
                        return error
            return answers

        found = await asyncio.gather(*(ask(row) for row in rows))
        return dict(zip((row.node for row in rows), found, strict=True))

    async def of_store(self, wanted: Sequence[Wanted]) -> dict[Wanted, Published]:
        """What it cannot say at the moment is left out."""
        found: dict[Wanted, Published] = {}
        for one in wanted:
            outcome = await self._publisher.read(one)
            if isinstance(outcome, Unavailable):
                continue
            retired_at = None
            if isinstance(outcome, Missing):
                async with self._store.view() as view:
                    retired_at = await view.key_position(one.write_key)
            found[one] = published_in(outcome, retired_at)
        return found
