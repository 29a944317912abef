"""The composition root: the only place that constructs collaborators and hands them to each other."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

import edge
from edge.cache.cache import Cache, Limits
from edge.cache.floors import Floors
from edge.cache.memory import Memory
from edge.catalog.bundles import Release, read_release
from edge.delivery.assets import Assets
from edge.delivery.documents import Documents, Prepared, Preparing
from edge.delivery.headers import HeaderWriter
from edge.delivery.health import Health
from edge.delivery.routes import Delivery, Public, nothing_here
from edge.delivery.sink import Sink, Witness
from edge.journal.follower import Follower
from edge.journal.lease import Proof
from edge.journal.membership import Membership, Presence
from edge.journal.receipts import Receipts
from edge.manage.release import import_release
from edge.model.instant import Clock, system_clock
from edge.model.stats import Stats
from edge.publish.images import PublishedImages
from edge.publish.publication import Publisher, Wanted
from edge.publish.wire import Origin
from edge.settings import Settings
from edge.store.documents import Codec
from edge.store.engine import open_engine
from edge.store.journal_reader import JournalReader
from edge.store.keyring import Keyring, SecretUnreadableError, keys_from_file, new_secret_key
from edge.store.retention import DAY
from edge.store.roster import Roster
from edge.store.store import Store

log = structlog.get_logger()

PACKAGE = Path(edge.__file__).parent


def new_id() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every process stands on, whether it serves or only runs one command."""

    settings: Settings
    clock: Clock
    stats: Stats
    release: Release
    store: Store
    roster: Roster
    journal: JournalReader
    membership: Membership
    receipts: Receipts

    async def prepare(self) -> None:
        """Bring the tables up to date and import what this release ships."""
        await self.store.prepare()
        await self.roster.prepare()
        await import_release(self.store, self.release)

    async def close(self) -> None:
        await self.store.close()
        await self.roster.close()


def lay_ground(settings: Settings, clock: Clock) -> Ground:
    """Open the store and what is computed from it. Raises CatalogError, BudgetError or OSError, for a person to mend."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    budget = settings.budget()
    engine = open_engine(settings.database())
    store = Store(engine, Codec(Keyring(_secret_keys(settings))), PublishedImages(), clock, new_id)
    roster = Roster(open_engine(settings.roster_database()))
    membership = Membership(
        roster,
        Presence(settings.data_dir / "nodes"),
        node=new_id(),
        host=settings.host_id,
        build=edge.__version__,
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


@dataclass(frozen=True, slots=True)
class Node:
    """One worker process: the ground, and the public side on it."""

    ground: Ground
    cache: Cache[Wanted, Prepared]
    follower: Follower
    delivery: Delivery

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Registered before the first read, following until the end, and out of the roster after the last answer."""
        ground = self.ground
        async with AsyncExitStack() as stack:
            stack.push_async_callback(ground.close)
            await ground.prepare()
            await ground.membership.join(ground.clock().wall)
            stack.push_async_callback(ground.membership.leave)
            stack.push_async_callback(self.delivery.assets.close)
            stack.push_async_callback(self.cache.close)
            for task in (self.follower.run(), _housekeeping(ground)):
                stack.push_async_callback(_end, asyncio.create_task(task))
            yield


def build_node(ground: Ground, witness: Witness | None = None) -> Node:
    settings, clock, stats = ground.settings, ground.clock, ground.stats
    budget = settings.budget()
    proof, floors = Proof(), Floors()
    publisher = Publisher(ground.store, Origin(settings.base_url(), settings.api_host), settings.read_timeout)
    cache: Cache[Wanted, Prepared] = Cache(
        Preparing(publisher).read,
        memory=Memory(settings.memory_bytes, Prepared.size, clock),
        floors=floors,
        proof=proof,
        clock=clock,
        limits=Limits(settings.lease, budget.on_error()),
        stats=stats,
    )
    follower = Follower(
        source=ground.journal,
        revokes=ground.store,
        applier=floors,
        membership=ground.membership,
        proof=proof,
        clock=clock,
        stats=stats,
        interval=settings.proof_interval,
        timeout=settings.read_timeout,
    )
    headers = HeaderWriter(settings.front, budget)
    delivery = Delivery(
        documents=Documents(cache, headers),
        assets=Assets(ground.store, headers, settings.memory_bytes // 4, settings.read_timeout),
        sink=Sink(headers, stats, witness),
        health=Health(proof, clock, settings.lease, headers),
        headers=headers,
    )
    return Node(ground, cache, follower, delivery)


def create_app(settings: Settings, clock: Clock = system_clock) -> Starlette:
    """The application of one worker process."""
    node = build_node(lay_ground(settings, clock))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with node.running():
            yield

    app = Starlette(
        routes=[Mount("/", app=nothing_here(node.delivery.headers))],
        middleware=[Middleware(Public, delivery=node.delivery)],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


def _secret_keys(settings: Settings) -> list[str]:
    if settings.secret_keys is not None:
        return [key.strip() for key in settings.secret_keys.get_secret_value().split(",") if key.strip()]
    return keys_from_file(settings.data_dir / "secret.keys", new_secret_key)


async def _housekeeping(ground: Ground) -> None:
    """Once at start and then daily; a node that cannot reach the store now will forget tomorrow."""
    while True:
        try:
            forgotten = await ground.store.forget(ground.settings.history_days * DAY)
            log.debug("forgot", versions=forgotten.versions, entries=forgotten.entries, assets=forgotten.assets)
        except (SQLAlchemyError, OSError, SecretUnreadableError) as error:
            log.warning("housekeeping failed", error=type(error).__name__)
        await asyncio.sleep(DAY)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
