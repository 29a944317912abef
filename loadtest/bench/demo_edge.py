"""An edge with one web source and a few destinations, as the bench measures it."""

import asyncio
import functools
from pathlib import Path

from starlette.types import ASGIApp

from edge.app import create_app
from edge.compose.ground import lay_ground
from edge.model.destination import Destination
from edge.model.instant import system_clock
from edge.model.source import Source, Workspace
from edge.settings import Settings
from edge.store.documents import Document
from edge.store.store import Draft
from edge.store.view import View

KEY = "bench_write_key"
WANTED = ("amplitude", "mixpanel", "actions-google-analytics-4-web")


def settings_for(data_dir: Path, port: int, public_url: str | None = None) -> Settings:
    return Settings(data_dir=data_dir, port=port, public_url=public_url, rate_limit=0)


def edge_app(settings: Settings) -> ASGIApp:
    return functools.partial(create_app, settings)()


def seed(settings: Settings) -> None:
    """Write the source straight into the store; the server then finds it there."""
    asyncio.run(_seed(settings))


async def _seed(settings: Settings) -> None:
    ground = lay_ground(settings, system_clock)
    await ground.prepare()
    source = Source("bench_source", "bench", "site", "javascript", "Site", (KEY,), 0.0)
    definitions = [ground.release.definitions[slug] for slug in WANTED]
    destinations = [
        Destination(
            f"bench_{one.slug}",
            source.id,
            source.name,
            one.slug,
            one.slug,
            one.name,
            enabled=True,
            mode="device",
            created_at=0.0,
            updated_at=0.0,
            settings={setting.name: "0123456789abcdef" for setting in one.settings if setting.required},
        )
        for one in definitions
    ]

    async def plan(_view: View) -> Draft:
        puts: tuple[Document, ...] = (Workspace("bench", "bench", "Bench", 0.0), source, *destinations)
        return Draft(puts=puts, reason="bench")

    await ground.store.commit(plan, actor="bench")
    await ground.close()
