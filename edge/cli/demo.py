"""`edgewise demo`: `serve` with a demo workspace and the page that watches it."""

import asyncio
import functools
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from starlette.routing import BaseRoute

import edge
from edge.app import Extension, create_app
from edge.cli import logs, serving
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, fields, remark, say
from edge.cli.serve import where
from edge.compose.door import console_link
from edge.demo.app import create_demo
from edge.demo.commands import commands
from edge.demo.content import SITE_KEY
from edge.demo.page import Pages
from edge.demo.recorder import Recorder
from edge.demo.same_origin import own_origins
from edge.demo.seed import seed
from edge.manage.deps import Deps
from edge.model.instant import system_clock
from edge.settings import Settings

MAX_AGE, REVALIDATE = 1, 2
"""Seconds that a browser may use its copy, and more while it asks again: a person watches the page follow."""

EMBEDDED: dict[str, Any] = {
    "browser_max_age": MAX_AGE,
    "browser_revalidate": REVALIDATE,
    "uds": None,
    "workers": 1,
    "admin_bind": None,
    "front": "none",
    "database_url": None,
    "role": "all",
    "origin_url": None,
    "origin_token": None,
    "api_host": None,
}
"""What the demo is, whatever the environment says: it must reach no store, front or collector that somebody needs."""

NAME = "edgewise"
LINK_SECONDS = 3600
"""How long the printed sign-in link waits."""

log = structlog.get_logger()


def demo(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [EDGE_HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any that is free. [EDGE_PORT]")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="The demo's own store; not EDGE_DATA_DIR, which may be in use.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Serve a demo workspace, and a page that shows a change going live.

    One process with embedded defaults and a store of its own. What you change there stays.
    """
    place = place_of(ctx)
    settings = embedded(place.settings(host=host, port=port), data_dir or place.data_dir or own_directory())
    logs.configure(settings.log_level)
    serving.check(settings)
    opened = serving.listen(settings)
    try:
        said = functools.partial(announce, opened.settings, as_json=as_json)
        serving.run(opened, said, functools.partial(create_app, extension=extension(opened.settings)))
    finally:
        opened.close()


def embedded(settings: Settings, data_dir: Path) -> Settings:
    """``settings`` as the demo needs them; it says little, so that what it printed stays on the screen."""
    level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
    return settings.model_copy(update={**EMBEDDED, "data_dir": data_dir, "log_level": level})


def extension(settings: Settings) -> Extension:
    """The demo as what it adds to an edge: the page's routes, a witness of its sink, and the demo workspace."""
    recorder = Recorder(SITE_KEY, system_clock)
    base_url = settings.base_url()
    lines = commands(program(), settings.data_dir, base_url)

    def routes(deps: Deps) -> Sequence[BaseRoute]:
        pages = Pages(SITE_KEY, base_url, deps.snippets.text(SITE_KEY), settings.budget(), lines)
        origins = own_origins(base_url, settings.port)
        return create_demo(deps.manage, deps.receipts, recorder, pages, origins).routes()

    async def start(deps: Deps) -> None:
        sources = await seed(deps.manage)
        if not any(SITE_KEY in source.write_keys for source in sources):
            log.warning("the demo's source or its write key was deleted; for a new one use another --data-dir")

    return Extension(witness=recorder.witness, routes=routes, start=start)


def announce(settings: Settings, *, as_json: bool) -> None:
    """What to open and what to type, before the first request can come."""
    page = f"{settings.base_url()}/demo"
    link = asyncio.run(console_link(settings, settings.base_url(), seconds=LINK_SECONDS))
    if as_json:
        emit(where(settings) | {"demo": page, "console_link": link})
        return
    say(f"Edgewise {edge.__version__}, demo", style="bold")
    fields({"open": page, "console": link, "data": str(settings.data_dir)})
    remark(
        f"The console's link is good for one sign-in within {LINK_SECONDS // 60} minutes; another one: "
        f"{program()} --data-dir {shlex.quote(str(settings.data_dir))} console link"
    )
    usual = Settings.model_fields
    remark(
        f"A browser may use its copy of a manifest for {MAX_AGE} s, and {REVALIDATE} s more while it asks again, so "
        f"that you see pages follow. Without the demo that is {usual['browser_max_age'].default} s and "
        f"{usual['browser_revalidate'].default} s."
    )
    remark(
        "\nSwitch a destination on the page, or from this directory in another terminal (Ctrl-C here ends the edge):"
    )
    for command in commands(program(), settings.data_dir, settings.base_url()):
        remark(f"\n# {command.purpose}\n{command.text}")


def program() -> str:
    """How to call this command again: by its name where the shell finds it so, else by its path from here."""
    called = Path(sys.argv[0])
    found = shutil.which(NAME)
    if called.name != NAME or (found is not None and Path(found) == called):
        return NAME
    relative = os.path.relpath(called)
    return relative if not relative.startswith("..") else str(called)


def own_directory() -> Path:
    """Beside the default store's, never in it."""
    default: Path = Settings.model_fields["data_dir"].get_default(call_default_factory=True)
    return default.with_name(f"{default.name}-demo")
