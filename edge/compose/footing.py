"""What a node stands on, whatever its role: where it reads, follows and reports, and what it keeps beside itself."""

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from edge.cache.backing import Backing
from edge.cache.floors import Floors
from edge.cache.reading import Reader
from edge.fronts.front import KeySource
from edge.journal.follower import Applier, JournalSource, RevokeSource
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Roster
from edge.model.instant import Clock
from edge.model.stats import Stats
from edge.publish.asset_source import AssetSource
from edge.publish.publication import Publication, Wanted
from edge.settings import Settings


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: from the end of a poll of the journal to the next, and how long one may take.

    ``patient``: whether this node starts, and serves last known good from its disk, before it could register.
    """

    interval: float
    timeout: float
    patient: bool


class Footing(Protocol):
    """The store itself (``Ground``), or a control node's origin calls and this host's disk (``Outpost``)."""

    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def stats(self) -> Stats: ...

    @property
    def floors(self) -> Floors: ...

    @property
    def proof(self) -> Proof: ...

    @property
    def pace(self) -> Pace: ...

    @property
    def membership(self) -> Membership: ...

    @property
    def roster(self) -> Roster: ...

    @property
    def journal(self) -> JournalSource: ...

    @property
    def revokes(self) -> RevokeSource: ...

    @property
    def documents(self) -> Reader[Wanted, Publication]: ...

    def build(self) -> str | None:
        """The digest of all that the bytes of ``documents`` depend on besides the store: nodes that differ in it share
        no copies. ``None`` while it is not known."""
        ...

    @property
    def keys(self) -> KeySource: ...

    @property
    def assets(self) -> AssetSource: ...

    @property
    def backing(self) -> Backing[Wanted, Publication]: ...

    @property
    def has_last_known_good(self) -> bool:
        """Whether there is something to answer with where nobody can be asked, as far as is known without looking."""
        ...

    def recording(self, applier: Applier) -> Applier:
        """``applier``, with what this footing has to write down of the journal."""
        ...

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs for as long as the node does, besides following."""
        ...

    async def prepare(self) -> None: ...

    async def close(self) -> None: ...
