"""An admin at work: sources and destinations of a running edge, changed while it serves."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio.from_thread
import httpx
from anyio.from_thread import BlockingPortal

from edge.model.asset import Asset
from edge.model.change import Entry
from edge.model.definition import ConnectionMode
from edge.model.destination import Destination
from edge.model.instant import system_clock
from edge.model.source import LibraryConfig, Source, Workspace
from edge.store.documents import Document
from edge.store.store import Draft
from tests.browser.edge_process import Edge
from tests.support.world import ACTOR, World, open_world, plan

LIVE_SECONDS = 20.0
WORKSPACE = Workspace("browser", "browser", "Browser", 1.0)


class Admin:
    """Writes to the store of a running edge as its other processes do, and waits until the edge shows it."""

    def __init__(self, portal: BlockingPortal, world: World, edge: Edge) -> None:
        self.edge = edge
        self._portal = portal
        self._world = world
        self._numbers = itertools.count(1)
        self.write(WORKSPACE)

    def site(self, *, api_host: str | None = None) -> "Site":
        """A new web source without destinations. Without ``api_host`` its events go to the edge's own sink."""
        number = f"{next(self._numbers):04}"
        library = LibraryConfig(api_host=api_host)
        key = f"wk_browser_{number}"
        source = Source(f"s{number}", "browser", f"site{number}", "javascript", "Site", (key,), 1.0, library=library)
        site = Site(self, source)
        site.shows(self.write(source))
        return site

    def write(self, *puts: Document, deletes: Sequence[Document] = (), assets: Sequence[Asset] = ()) -> Entry | None:
        draft = Draft(puts, tuple(deletes), tuple(assets))
        return self._portal.call(lambda: self._world.store.commit(plan(draft), actor=ACTOR))


class Site:
    """One web source and its destinations. ``write_key`` contains what no other site's key does."""

    def __init__(self, admin: Admin, source: Source) -> None:
        self.admin = admin
        self.source = source
        self.write_key = source.write_keys[0]
        self._destinations: dict[str, Destination] = {}

    @property
    def cdn(self) -> str:
        return self.admin.edge.url

    def connect(
        self, definition: str, settings: Mapping[str, Any], *, mode: ConnectionMode = "device", slug: str = ""
    ) -> None:
        """Add a destination, enabled."""
        slug = slug or definition
        self._put(
            Destination(
                id=f"{self.source.id}-{slug}",
                source_id=self.source.id,
                source_name=self.source.name,
                slug=slug,
                definition=definition,
                display_name=slug,
                enabled=True,
                mode=mode,
                created_at=1.0,
                updated_at=1.0,
                settings=settings,
            )
        )

    def switch(self, slug: str, *, enabled: bool) -> None:
        self._put(replace(self._destinations[slug], enabled=enabled))

    def configure(self, slug: str, **settings: Any) -> None:
        """Change some of a destination's settings, keeping the others."""
        destination = self._destinations[slug]
        self._put(replace(destination, settings={**destination.settings, **settings}))

    def manifest(self) -> dict[str, Any]:
        """The settings document as the edge serves it now."""
        document: dict[str, Any] = self._settings().json()
        return document

    def plugin(self, creation_name: str) -> dict[str, Any]:
        """The manifest's entry for one device-mode destination."""
        return next(entry for entry in self.manifest()["remotePlugins"] if entry["creationName"] == creation_name)

    def shows(self, entry: Entry | None) -> None:
        """Wait until the edge's answer is made of documents at least as new as ``entry``."""
        assert entry is not None, "the write changed nothing"
        deadline = time.monotonic() + LIVE_SECONDS
        while True:
            answer = self._settings()
            if answer.status_code == 200 and int(answer.headers["edge-as-of"].rpartition(".")[2]) >= entry.position:
                return
            assert time.monotonic() < deadline, f"position {entry.position} did not become visible: {answer.headers}"

    def _put(self, destination: Destination) -> None:
        self._destinations[destination.slug] = destination
        self.shows(self.admin.write(destination))

    def _settings(self) -> httpx.Response:
        return httpx.get(f"{self.cdn}/v1/projects/{self.write_key}/settings")


@contextmanager
def administering(edge: Edge) -> Iterator[Admin]:
    """An admin of ``edge``; asynchronous writes run on a loop of their own, since Playwright's has this thread."""
    with anyio.from_thread.start_blocking_portal() as portal:
        world = portal.call(_open, edge.data_dir)
        try:
            yield Admin(portal, world, edge)
        finally:
            portal.call(world.close)


async def _open(data_dir: Path) -> World:
    return open_world(data_dir, system_clock)
