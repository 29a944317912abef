"""What every process with a store stands on, whether it serves or only runs one command: the store, and what is
computed from it."""

import secrets
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import edge
from edge.cache.backing import Backing, NoBacking
from edge.cache.floors import Floors
from edge.cache.reading import Reader, direct
from edge.cache.shared import build_digest
from edge.cache.together import one_by_one
from edge.catalog.bundles import Release, read_release
from edge.compose.footing import Pace
from edge.compose.keys import secret_keys
from edge.compose.redis import open_announcer
from edge.fronts.front import KeySource
from edge.fronts.host import host_name
from edge.journal.announcer import Announcer, NullAnnouncer
from edge.journal.follower import Applier
from edge.journal.housekeeping import keep_house, keep_roster
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipts
from edge.journal.untagged import Untagged
from edge.manage.release import import_release
from edge.model.instant import Clock
from edge.model.stats import Stats
from edge.publish.images import PublishedImages
from edge.publish.publication import Publication, Publisher, Wanted
from edge.publish.wire import Origin
from edge.settings import Settings
from edge.store.documents import Codec
from edge.store.engine import PROOF, READS, open_engine
from edge.store.journal_reader import JournalReader
from edge.store.keyring import Keyring
from edge.store.keys import Keys
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
    keys: KeySource
    announcer: Announcer = field(default_factory=NullAnnouncer)
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
        return direct(one_by_one(Publisher(self.store, origin, settings.read_timeout).read_together))

    def build(self) -> str:
        settings = self.settings
        return build_digest(edge.__version__, self.release.client.hash, settings.base_url(), settings.api_host or "")

    @property
    def assets(self) -> Store:
        return self.store

    @property
    def backing(self) -> Backing[Wanted, Publication]:
        return NoBacking()

    @property
    def has_last_known_good(self) -> bool:
        return False

    def recording(self, applier: Applier) -> Applier:
        return self.untagged.counting(applier)

    def chores(self) -> Sequence[Coroutine[Any, Any, None]]:
        settings, budget = self.settings, self.settings.budget()
        return (
            keep_house(self.store, settings.history_days * DAY),
            keep_roster(self.roster, self.clock, budget, settings.lease + budget.guard),
        )

    async def prepare(self) -> None:
        """Bring the tables up to date and import what this release ships."""
        await self.store.prepare()
        await self.roster.prepare()
        imported = await import_release(self.store, self.release)
        if imported is not None:
            self.announcer.announce(await self.epoch(), imported)

    async def epoch(self) -> str:
        async with self.store.view() as view:
            return view.as_of.epoch

    async def close(self) -> None:
        await self.announcer.close()
        await self.store.close()
        await self.journal.close()
        await self.roster.close()


@cache
def _shipped() -> Release:
    """Read once for all that stands on it: the files of this release do not change while it runs."""
    return read_release(PACKAGE / "catalog" / "definitions", PACKAGE / "assets", edge.__version__)


def lay_ground(settings: Settings, clock: Clock) -> Ground:
    """Open the store and what is computed from it. Raises CatalogError, BudgetError or OSError, for people to mend."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    budget = settings.budget()
    database, roster_database = settings.database(), settings.roster_database()
    codec = Codec(Keyring(secret_keys(settings)))
    reads = open_engine(database, READS)
    store = Store(open_engine(database), codec, PublishedImages(), clock, new_id, reads=reads)
    proof = open_engine(database, PROOF)
    roster = Roster(proof if roster_database == database else open_engine(roster_database, PROOF))
    stats = Stats()
    host = host_name(settings.host_id, settings.front, settings.front_cache_directory())
    membership = Membership(
        roster,
        Presence(settings.data_dir / "nodes"),
        Newcomer(new_id(), host, edge.__version__, settings.role, settings.front),
        patience=settings.lease + budget.guard,
    )
    return Ground(
        settings=settings,
        clock=clock,
        stats=stats,
        release=_shipped(),
        store=store,
        roster=roster,
        journal=JournalReader(proof),
        membership=membership,
        receipts=Receipts(store, roster, membership, budget, clock),
        announcer=open_announcer(settings, stats),
        keys=Keys(reads),
    )
