"""Running the servers: sockets first, then the store, then one process or a supervisor with workers.

listeners bound ──► store prepared ──► workers = 1: uvicorn here   ──► SIGTERM, SIGINT ──► answers end ──► exit 0
                                 └──► workers > 1: uvicorn's supervisor, each worker a process of its own
"""

import asyncio
import functools
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import typer
import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from edge.app import create_app
from edge.cli import logs
from edge.cli.address import remember
from edge.cli.errors import CliError
from edge.cli.listeners import BACKLOG, bind_tcp, bind_unix, claim, port_of, url_host
from edge.cli.loading import Later
from edge.cli.pair import furnish
from edge.cli.standing import mark
from edge.compose.ground import lay_ground
from edge.compose.keys import session_keys, token_keys
from edge.model.instant import system_clock
from edge.observe.listener import NodeBindError, bind
from edge.settings import Settings

KEEP_ALIVE = 75
"""Seconds; more than nginx keeps an idle connection to us (60), so that it never sends into one that is closing."""
GRACE = 10
"""Seconds for answers under way when the process is told to end."""
WORKER_PATIENCE = 60
"""Seconds until a silent worker is replaced; a busy machine needs a while to import everything."""

NGINX_ADMIN_BIND = "127.0.0.1:8081"
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - names of addresses; nothing listens here

Factory = Callable[[Settings], ASGIApp]


@dataclass(frozen=True, slots=True)
class Opened:
    """Bound sockets, and the settings that say where: real ports, and a public URL. ``claim``: of a Unix socket."""

    settings: Settings
    sockets: tuple[socket.socket, ...]
    claim: int | None = None

    def close(self) -> None:
        for listener in self.sockets:
            listener.close()
        if self.settings.uds is not None:
            self.settings.uds.unlink(missing_ok=True)
        if self.claim is not None:
            os.close(self.claim)


def check(settings: Settings) -> None:
    """What can be said before anything is touched. Raises CliError or BudgetError."""
    settings.budget()
    try:
        bind(settings.node_bind).close()
    except NodeBindError as error:
        raise CliError(str(error), "127.0.0.1:0 always works where all nodes are on one machine.") from error
    if settings.uds is not None and settings.public_url is None:
        raise CliError(
            "EDGE_PUBLIC_URL is needed with EDGE_UDS: pages cannot load from a Unix socket",
            "Set it to the address at which browsers reach the proxy before this socket.",
        )
    make_data_dir(settings)
    furnish(settings)


def make_data_dir(settings: Settings) -> None:
    """Raises CliError where this user cannot have it."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _no_data_dir(settings, error.strerror or str(error)) from error
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        raise _no_data_dir(settings, "this user may not write there")


def _no_data_dir(settings: Settings, reason: str) -> CliError:
    return CliError(
        f"EDGE_DATA_DIR: {settings.data_dir} cannot be used: {reason}",
        "Name a directory that this user may write, with --data-dir or EDGE_DATA_DIR.",
    )


def listen(settings: Settings) -> Opened:
    """Bind the public listener, and the admin listener where there is one."""
    sockets: list[socket.socket] = []
    known: dict[str, Any] = {}
    claimed = claim(settings.uds) if settings.uds is not None else None
    try:
        if settings.uds is not None:
            sockets.append(bind_unix(settings.uds))
        else:
            sockets.append(bind_tcp(settings.host, settings.port, "EDGE_PORT"))
            known["port"] = port_of(sockets[0])
        known["public_url"] = settings.public_url or _own_url(settings.host, known["port"])
        admin = settings.admin_bind or (NGINX_ADMIN_BIND if settings.front == "nginx" else None)
        if admin is not None:
            host, _, port = admin.rpartition(":")
            sockets.append(bind_tcp(host.strip("[]"), int(port), "EDGE_ADMIN_BIND"))
            known["admin_bind"] = f"{host}:{port_of(sockets[-1])}"
            _tell_apart(known.get("port"), port_of(sockets[-1]))
    except CliError:
        for listener in sockets:
            listener.close()
        if claimed is not None:
            os.close(claimed)
        raise
    return Opened(settings.model_copy(update=known), tuple(sockets), claimed)


def _tell_apart(public: int | None, admin: int) -> None:
    if public == admin:
        raise CliError(
            f"EDGE_ADMIN_BIND and EDGE_PORT are both port {admin}",
            "Give the admin listener a port of its own: listeners are told apart by their ports.",
        )


def _own_url(host: str, port: int) -> str:
    return f"http://{url_host(WILDCARDS.get(host, host))}:{port}"


def prepare(settings: Settings) -> None:
    """Bring the store to this release, once, before any worker: what fails here fails with words.

    An edge node has none, and starts whether or not a control node is there.
    """
    if settings.role != "edge":
        asyncio.run(_prepare(settings))
    mark(settings)
    remember(settings)


async def _prepare(settings: Settings) -> None:
    token_keys(settings)
    session_keys(settings)
    ground = lay_ground(settings, system_clock)
    try:
        await ground.prepare()
    finally:
        await ground.close()


def run(opened: Opened, announce: Callable[[], None], factory: Factory = create_app) -> None:
    """Prepare the store, ``announce``, and serve until a signal ends it.

    ``factory`` is called with the settings in every worker, so it must pickle.
    """
    settings = opened.settings
    prepare(settings)
    announce()
    make = functools.partial(make_app, factory, settings)
    config = uvicorn.Config(
        make if settings.workers == 1 else Later.of(make),
        factory=True,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        workers=settings.workers,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        timeout_worker_healthcheck=WORKER_PATIENCE,
    )
    signal.signal(signal.SIGTERM, _end)
    sockets = list(opened.sockets)
    if settings.workers == 1:
        # uvicorn raises again, after the last answer, the signal that ended it.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=sockets)
        return
    supervisor = Multiprocess(config, sockets=sockets)
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise typer.Exit(STARTUP_FAILURE)


def make_app(factory: Factory, settings: Settings) -> ASGIApp:
    """The application of this process, a worker's or the only one's."""
    logs.configure(settings.log_level)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), name="parent-watch", daemon=True).start()
    return factory(settings)


def _end_with(parent: Any) -> None:
    """A worker whose supervisor was killed ends too: nobody would restart it, and it would hold the port for ever."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _end(_signal: int, _frame: Any) -> NoReturn:
    raise SystemExit(0)
