"""The two ways to what a node stands on: the store itself, and a control node's origin calls. Both promise the same."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from edge.cache.reading import Reader
from edge.journal.follower import JournalSource, RevokeSource
from edge.journal.membership import Roster
from edge.publish.asset_source import AssetSource
from edge.publish.publication import Publication, Wanted
from edge.store.engine import writing
from tests.origin.stage import Control, control_node, edge_node, edge_settings
from tests.support.loopback import loopback


@dataclass(frozen=True, slots=True)
class Way:
    """``control`` is where the store is, whichever way is gone."""

    control: Control
    journal: JournalSource
    revokes: RevokeSource
    roster: Roster
    documents: Reader[Wanted, Publication]
    assets: AssetSource

    @asynccontextmanager
    async def without(self, table: str) -> AsyncIterator[None]:
        """Every statement that names ``table`` really fails inside the block, on every connection."""
        await self._rename(table, f"{table}_away")
        try:
            yield
        finally:
            await self._rename(f"{table}_away", table)

    async def _rename(self, table: str, name: str) -> None:
        async with writing(self.control.world.engine) as connection:
            await connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


@asynccontextmanager
async def by_sql(template: Path, directory: Path) -> AsyncIterator[Way]:
    async with control_node(template, directory / "control") as control:
        ground = control.ground
        yield Way(control, ground.journal, ground.revokes, ground.roster, ground.documents, ground.assets)


@asynccontextmanager
async def by_origin(template: Path, directory: Path) -> AsyncIterator[Way]:
    async with control_node(template, directory / "control") as control, loopback(control.app) as url:
        token = await control.token()
        await control.follow()
        edge = edge_node(edge_settings(directory / "edge", [url], token), control.clock)
        await edge.start()
        await edge.join()
        await edge.follow()
        out = edge.outpost
        yield Way(control, out.journal, out.revokes, out.roster, out.documents, out.assets)
        await edge.stop()


WAYS = {"sql": by_sql, "origin": by_origin}
