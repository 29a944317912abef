"""Documents of one write key that are wanted at once, read from the store at once.

They are made of the same: read one by one, each change of a source would cost the store three reads of the same rows.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from edge.cache.gathering import Gathering
from edge.model.outcome import Outcome
from edge.publish.publication import Kind, Publication, Wanted

ReadTogether = Callable[[str, Sequence[Kind]], Awaitable[Mapping[Kind, Outcome[Publication]]]]
"""Several documents of one write key, as of one position; never raises (``Publisher.read_together``)."""


def one_by_one(read: ReadTogether) -> Callable[[Wanted], Awaitable[Outcome[Publication]]]:
    """``read``, asked for single documents."""

    async def several(wanted: Sequence[Wanted]) -> dict[Wanted, Outcome[Publication]]:
        found = await read(wanted[0].write_key, [one.kind for one in wanted])
        return {one: found[one.kind] for one in wanted}

    return Gathering[Wanted, Outcome[Publication]](several, lambda wanted: wanted.write_key).ask
