"""What every process with a store stands on, whether it serves or only runs one command: the store, and what is
computed from it."""

import secrets
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import edge
from edge.cache.backing import Backing, NoBacking
from edge.cache.floors import Floors
from edge.cache.reading import Reader, direct
from edge.catalog.bundles import Release, read_release
from edge.footing import Pace
from edge.journal.follower import Applier
from edge.journal.housekeeping import keep_house
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipts
from edge.journal.untagged import Untagged
from edge.keys import secret_keys
from edge.manage.release import import_release
from edge.model.instant import Clock
from edge.model.stats import Stats
from edge.publish.images import PublishedImages
from edge.publish.publication import Publication, Publisher, Wanted
from edge.publish.wire import Origin
from edge.settings import Settings
from edge.store.documents import Codec
from edge.store.engine import open_engine
from edge.store.journal_reader import JournalReader
from edge.store.keyring import Keyring
from edge.store.retention import DAY
from edge.store.roster import Newcomer, Roster
from edge.store.store import Store

PACKAGE = Path(edge.__file__).parent


def new_id() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every process with a store stands on, whether it serves or only runs one command. A Footing."""

    settings: Settings
    clock: Clock
    stats: Stats
    release: Release
    store: Store
    roster: Roster
    journal: JournalReader
    membership: Membership
    receipts: Receipts
    floors: Floors = field(default_factory=Floors)
    proof: Proof = field(default_factory=Proof)
    untagged: Untagged = field(default_factory=Untagged)

    @property
    def pace(self) -> Pace:
        return Pace(self.settings.polls_every(), self.settings.read_timeout, patient=False)

    @property
    def revokes(self) -> Store:
        return self.store

    @property
    def documents(self) -> Reader[Wanted, Publication]:
        settings = self.settings
        origin = Origin(settings.base_url(), settings.api_host)
        return direct(Publisher(self.store, origin, settings.read_timeout).read)

    @property
    def assets(self) -> Store:
        return self.store

    @property
    def backing(self) -> Backing[Wanted, Publication]:
        return NoBacking()

    def recording(self, applier: Applier) -> Applier:
        return self.untagged.counting(applier)

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        return (keep_house(self.store, self.settings.history_days * DAY),)

    async def prepare(self) -> None:
        """Bring the tables up to date and import what this release ships."""
        await self.store.prepare()
        await self.roster.prepare()
        await import_release(self.store, self.release)

    async def close(self) -> None:
        await self.store.close()
        await self.roster.close()


def lay_ground(settings: Settings, clock: Clock) -> Ground:
    """Open the store and what is computed from it. Raises CatalogError, BudgetError or OSError, for people to mend."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    budget = settings.budget()
    engine = open_engine(settings.database())
    store = Store(engine, Codec(Keyring(secret_keys(settings))), PublishedImages(), clock, new_id)
    roster = Roster(open_engine(settings.roster_database()))
    membership = Membership(
        roster,
        Presence(settings.data_dir / "nodes"),
        Newcomer(new_id(), settings.host_id, edge.__version__, settings.role, settings.front),
        patience=settings.lease + budget.guard,
    )
    return Ground(
        settings=settings,
        clock=clock,
        stats=Stats(),
        release=read_release(PACKAGE / "catalog" / "definitions", PACKAGE / "assets", edge.__version__),
        store=store,
        roster=roster,
        journal=JournalReader(engine),
        membership=membership,
        receipts=Receipts(store, roster, membership, budget, clock),
    )
