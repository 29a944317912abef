"""A small world in a real store: one workspace, one web source with a write key, definitions with and without browser
code, the client, and destinations; written through ``Store.commit`` as any operation does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from edge.model.asset import Asset, content_hash, integrity_of
from edge.model.change import Entry, Verb
from edge.model.client import OWN, PREFIX, Client, official_slug
from edge.model.definition import Bundle, Definition, Setting
from edge.model.destination import Destination
from edge.model.filter import Filter, FilterAction
from edge.model.instant import Clock
from edge.model.source import Source, Workspace
from edge.publish.images import PublishedImages
from edge.store.documents import Codec, Document
from edge.store.engine import open_engine
from edge.store.journal_reader import JournalReader
from edge.store.keyring import Keyring, keys_from_file, new_secret_key
from edge.store.store import Draft, IdMaker, Plan, Store
from edge.store.view import View
from tests.support.clock import HandClock
from tests.support.ids import random_id
from tests.support.postgres import url_in

ACTOR = "tests"
KEY = "wk_first_key_0001"
OTHER_KEY = "wk_other_key_0002"
SECRET = "s3cr3t-0f-tally-0123456789"
NEWER = "999.0.0"
"""A release that no release under test replaces: a starting node leaves these documents as they are."""
JAVASCRIPT = "text/javascript; charset=utf-8"


def asset(text: str) -> Asset:
    body = text.encode()
    return Asset(content_hash(body), integrity_of(body), JAVASCRIPT, body)


CODE = asset("window.tallyPlugin = () => ({});")
CLIENT_CODE = asset("window.edgewise = __EDGEWISE__;")
OFFICIAL_CODE = asset('window.official = "__WRITE_KEY__";')
PREFIX_CODE = asset("window.foreseen = __EDGEWISE__;")
CHUNK_CODE = asset("window.chunk = 1;")
CHUNK_NAME = "queryString.bundle.34b193ada8fe288d1bd1.js"

WORKSPACE = Workspace("w1", "acme", "Acme", 1.0)
SOURCE = Source("s1", "acme", "site", "javascript", "Site", (KEY,), 1.0)
DEVICE = Definition(
    slug="tally",
    name="Tally",
    creation_name="Tally",
    description="Product analytics.",
    website="https://tally.example",
    category="Analytics",
    modes={"web": ("device", "cloud"), "mobile": ("device", "cloud"), "server": ("cloud",)},
    settings=(
        Setting("apiKey", "API key", "string", required=True, expose=True),
        Setting("secretKey", "Secret key", "string", secret=True),
    ),
    methods=("track", "identify", "page"),
    sdk={"ios": "must"},
    bundle=Bundle(CODE.hash, "tallyPlugin", CODE.integrity),
    release=NEWER,
)
CLOUD = Definition(
    slug="courier",
    name="Courier",
    creation_name="Courier",
    description="Events to a URL.",
    website="https://courier.example",
    category="Raw Data",
    modes={"web": ("cloud",), "mobile": ("cloud",), "server": ("cloud",)},
    settings=(Setting("hook", "URL", "string"),),
    methods=("track",),
    sdk={},
    release=NEWER,
)
IN_DEVICE = Destination(
    id="d1",
    source_id="s1",
    source_name=SOURCE.name,
    slug="tally",
    definition="tally",
    display_name="Tally",
    enabled=True,
    mode="device",
    created_at=1.0,
    updated_at=1.0,
    settings={"apiKey": "first-api-key", "secretKey": SECRET},
)
IN_CLOUD = Destination(
    id="d2",
    source_id="s1",
    source_name=SOURCE.name,
    slug="courier",
    definition="courier",
    display_name="Courier",
    enabled=True,
    mode="cloud",
    created_at=1.0,
    updated_at=1.0,
)
FILTER = Filter(
    id="df_first_filter_0001",
    source_id="s1",
    destination_id="d1",
    destination_name=IN_DEVICE.name,
    title="No clicks",
    condition='type = "track" and event = "Clicked"',
    actions=(FilterAction("drop_event"),),
    enabled=True,
    created_at=1.0,
    updated_at=1.0,
)
"""Of the device-mode destination; no part of ``DOCUMENTS``."""
RELEASED_CLIENT = Client(OWN, "999.0.0", CLIENT_CODE.hash, NEWER)
OFFICIAL_CLIENT = Client(
    official_slug("1.84.3"),
    "1.84.3",
    OFFICIAL_CODE.hash,
    NEWER,
    {PREFIX: PREFIX_CODE.hash, CHUNK_NAME: CHUNK_CODE.hash},
)

CATALOG: tuple[Document, ...] = (DEVICE, CLOUD, RELEASED_CLIENT, OFFICIAL_CLIENT)
CONFIGURATION: tuple[Document, ...] = (WORKSPACE, SOURCE, IN_DEVICE, IN_CLOUD)
DOCUMENTS: tuple[Document, ...] = (*CATALOG, *CONFIGURATION)
ASSETS: tuple[Asset, ...] = (CODE, CLIENT_CODE, OFFICIAL_CODE, PREFIX_CODE, CHUNK_CODE)


@dataclass(frozen=True, slots=True)
class World:
    """An open store in ``directory``, where a node with that data directory finds it, and what tests do to it."""

    directory: Path
    engine: AsyncEngine
    store: Store
    journal: JournalReader
    clock: Clock

    async def commit(
        self, *puts: Document, deletes: Sequence[Document] = (), assets: Sequence[Asset] = (), actor: str = ACTOR
    ) -> Entry:
        """Write documents in one commit; a test that means to change nothing asks ``store`` itself."""
        entry = await self.store.commit(plan(Draft(puts, tuple(deletes), tuple(assets))), actor=actor)
        assert entry is not None, "the commit changed nothing"
        return entry

    async def purge(self, *tags: str, verb: Verb = "invalidate", reason: str = "") -> Entry:
        entry = await self.store.commit(plan(Draft(verb=verb, tags=tags, reason=reason)), actor=ACTOR)
        assert entry is not None
        return entry

    async def configure(self, api_key: str) -> Entry:
        """Give the device-mode destination another public setting."""
        return await self.commit(with_api_key(api_key))

    async def close(self) -> None:
        await self.store.close()


def plan(draft: Draft) -> Plan:
    """A plan that asks for ``draft`` whatever it sees."""

    async def fixed(_view: View) -> Draft:
        return draft

    return fixed


def with_api_key(api_key: str) -> Destination:
    return replace(IN_DEVICE, settings={"apiKey": api_key, "secretKey": SECRET})


def database_of(directory: Path, file: str = "edgewise.db") -> str:
    """The URL of the database that a data directory's node uses: a server's where it says so, else a file in it."""
    return url_in(directory) or f"sqlite+aiosqlite:///{directory / file}"


def open_world(directory: Path, clock: Clock | None = None, new_id: IdMaker | None = None) -> World:
    """The store of the data directory ``directory``, not prepared yet: empty tables or none at all."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_engine(database_of(directory))
    keyring = Keyring(keys_from_file(directory / "secret.keys", new_secret_key))
    clock = clock or HandClock()
    store = Store(engine, Codec(keyring), PublishedImages(), clock, new_id or random_id)
    return World(directory, engine, store, JournalReader(engine), clock)


async def make_world(directory: Path, clock: Clock | None = None, new_id: IdMaker | None = None) -> World:
    """A prepared store with everything in ``DOCUMENTS``: position 1 is the catalog, position 2 the configuration."""
    world = open_world(directory, clock, new_id)
    await world.store.prepare()
    await world.commit(*CATALOG, assets=ASSETS)
    await world.commit(*CONFIGURATION)
    return world
