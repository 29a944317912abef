"""One trial: an edge of its own in a temporary directory, the package in its catalog, and a browser on its page."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.routing import BaseRoute

from edge.app import Extension, control_app
from edge.catalog.package import Package
from edge.manage import definitions, destinations, sources, workspaces
from edge.manage.deps import Deps
from edge.manage.destinations import DestinationPatch
from edge.manage.loaders import LoaderPatch
from edge.manage.sources import SourcePatch
from edge.model.instant import system_clock
from edge.model.token import EVERY_WORKSPACE, SCOPES, Principal
from edge.settings import Settings
from edge.trial.browser import browsing
from edge.trial.pages import Pages
from edge.trial.report import Report

KEYS = ("wk_trial_of_a_bundle", "wk_trial_with_the_official_client")
WORKSPACE, SOURCE, OFFICIAL = "trial", "page", "official"
AUTHOR = Principal("bundle check", "local", EVERY_WORKSPACE, frozenset(SCOPES))


@dataclass(frozen=True, slots=True)
class Trial:
    """``settings`` are those of the first destination, ``second`` those of another one of the same definition."""

    package: Package
    settings: Mapping[str, Any]
    second: Mapping[str, Any]
    stub: str | None


async def try_out(trial: Trial, browser: Path, listener: Any, deadline: float) -> Report:
    """What the browser reported within ``deadline`` seconds. ``listener`` is a bound loopback socket.

    Raises ProblemError where the package or the settings are refused as the Config API would.
    """
    port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="edgewise-trial-", ignore_cleanup_errors=True) as directory:
        settings = Settings(
            data_dir=Path(directory), public_url=f"http://127.0.0.1:{port}", port=port, role="all", front="none",
            admin_bind=None, database_url=None, redis_url=None, audit_interval=0, log_level="error",
        )  # fmt: skip
        pages: list[Pages] = []
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def routes(deps: Deps) -> Sequence[BaseRoute]:
            pages.append(Pages(KEYS, trial.package.library_name, trial.stub, deps.snippets))
            return pages[0].routes()

        async def start(deps: Deps) -> None:
            try:
                await _furnish(deps, trial)
                started.set_result(None)
            except Exception as error:
                started.set_exception(error)

        app = control_app(settings, system_clock, Extension(_nobody, routes, start))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await started
            async with browsing(browser, f"http://127.0.0.1:{port}/trial/contract"):
                with suppress(TimeoutError):
                    await asyncio.wait_for(pages[0].done.wait(), deadline)
            return pages[0].report()
        finally:
            server.should_exit = True
            await serving


async def _furnish(deps: Deps, trial: Trial) -> None:
    manage, package = deps.manage, trial.package
    await workspaces.create(manage, AUTHOR, WORKSPACE, None)
    clients = (SourcePatch(), SourcePatch(loader=LoaderPatch(client="analytics-next")))
    for source, key, client in zip((SOURCE, OFFICIAL), KEYS, clients, strict=True):
        await sources.create(manage, AUTHOR, WORKSPACE, source, "javascript", patch=client, write_key=key)
    await definitions.add(manage, AUTHOR, package)
    # By its name the second comes after the first, in the manifest too.
    second = f"{package.slug[:60]}-2"
    for source, slug, values in (
        (SOURCE, package.slug, trial.settings),
        (SOURCE, second, trial.second),
        (OFFICIAL, package.slug, trial.settings),
    ):
        patch = DestinationPatch(enabled=True, mode="device", settings=values)
        await destinations.create(manage, AUTHOR, WORKSPACE, source, slug, definition_slug=package.slug, patch=patch)


def _nobody(_call: str, _body: bytes) -> None:
    """The page itself says what the collector took."""
