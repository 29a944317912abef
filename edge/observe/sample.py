"""Which documents a round looks at: those that differed, those that changed, and a few of all in turn."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from edge.model.change import Entry
from edge.model.source import Source
from edge.publish.publication import COMMON, Wanted
from edge.store.lookup import Page
from edge.store.store import Store

MOST = 12
"""Write keys of one round at most; each is three documents of every node."""
CHANGED = 6
ROTATING = 2
"""Sources of one round that are there because it is their turn."""


def chosen(differing: Iterable[Wanted], changed: Sequence[Entry], rotating: Iterable[str]) -> list[Wanted]:
    """The documents of the keys of this round. What differed comes first: it is judged again until it is over."""
    newest = chain.from_iterable(entry.keys for entry in reversed(changed))
    keys = chain((one.write_key for one in differing), islice(_distinct(newest), CHANGED), rotating)
    return [Wanted(kind, key) for key in islice(_distinct(keys), MOST) for kind in COMMON]


def _distinct(keys: Iterable[str]) -> Iterator[str]:
    return iter(dict.fromkeys(keys))


class Rotation:
    """Goes through all sources by name, and begins anew at the end; of each source through its keys, one at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._after = ""
        self._turn = 0

    async def next(self) -> list[str]:
        """The write keys whose turn it is."""
        async with self._store.view() as view:
            found = await view.listed_anywhere("source", Page(self._after, ROTATING))
        sources: list[Source] = [one.document for one in found]
        keys = [source.write_keys[self._turn % len(source.write_keys)] for source in sources if source.write_keys]
        self._after = sources[-1].name if len(sources) == ROTATING else ""
        if not self._after:
            self._turn += 1
        return keys
