"""`edgewise serve`: one process or several workers, until a signal ends them."""

import functools
import os
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

import edge
from edge.cli import logs, serving
from edge.cli.address import admin_url
from edge.cli.cautions import cautions
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, fields, remark, say
from edge.cli.pair import paired, start_line
from edge.cli.place import API
from edge.console.session import PATH as CONSOLE
from edge.settings import Settings


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [EDGE_HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any that is free. [EDGE_PORT]")] = None,
    uds: Annotated[Path | None, typer.Option(help="Unix socket instead of host and port. [EDGE_UDS]")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes; each is a node. [EDGE_WORKERS]")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Database, keys and locks. [EDGE_DATA_DIR]")] = None,
    database_url: Annotated[str | None, typer.Option(help="The store, as postgresql://... [EDGE_DATABASE_URL]")] = None,
    admin_bind: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The Config API on a listener of its own. [EDGE_ADMIN_BIND]")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where browsers reach this edge. [EDGE_PUBLIC_URL]")
    ] = None,
    api_host: Annotated[
        str | None, typer.Option(metavar="HOST/PATH", help="Where events go by default. [EDGE_API_HOST]")
    ] = None,
    role: Annotated[str | None, typer.Option(help="In a fleet: all, control, edge. [EDGE_ROLE]")] = None,
    origin_url: Annotated[
        str | None, typer.Option(metavar="URL,...", help="Control nodes that an edge node asks. [EDGE_ORIGIN_URL]")
    ] = None,
    front: Annotated[str | None, typer.Option(help="The cache before the nodes: none, nginx. [EDGE_FRONT]")] = None,
    refresh_socket: Annotated[
        Path | None, typer.Option(help="Unix socket of nginx's refresh server. [EDGE_REFRESH_SOCKET]")
    ] = None,
    front_cache: Annotated[Path | None, typer.Option(help="Directory of nginx's cache. [EDGE_FRONT_CACHE]")] = None,
    host_id: Annotated[str | None, typer.Option(help="Name of this host in receipts. [EDGE_HOST_ID]")] = None,
    log_level: Annotated[
        str | None, typer.Option(help="Least level logged: debug, info, warning, error. [EDGE_LOG_LEVEL]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Serve: manifests, loader bundles and the Config API, until Ctrl-C or SIGTERM.

    Every setting is an EDGE_* variable; an option given here wins over it.
    Without any, everything is kept in one directory and served on
    http://127.0.0.1:8080.
    """
    given = {
        "host": host,
        "port": port,
        "uds": uds,
        "workers": workers,
        "data_dir": data_dir,
        "database_url": database_url,
        "admin_bind": admin_bind,
        "public_url": public_url,
        "api_host": api_host,
        "role": role,
        "origin_url": origin_url,
        "front": front,
        "refresh_socket": refresh_socket,
        "front_cache": front_cache,
        "host_id": host_id,
        "log_level": log_level,
    }
    settings = paired(place_of(ctx).settings(**given))
    logs.configure(settings.log_level)
    serving.check(settings)
    opened = serving.listen(settings)
    try:
        serving.run(opened, functools.partial(announce, opened.settings, as_json=as_json))
    finally:
        opened.close()


def announce(settings: Settings, *, as_json: bool) -> None:
    """Where it listens and what to do next, before the first request can come."""
    if as_json:
        emit(where(settings))
        return
    listens = str(settings.uds) if settings.uds is not None else f"{settings.host}:{settings.port}"
    say(f"Edgewise {edge.__version__} on {settings.base_url()}", style="bold")
    fields(
        {
            "listens on": listens,
            "role": settings.role,
            **({"origin": list(settings.origins())} if settings.role == "edge" else {}),
            "Config API": config_api(settings) or "none on an edge node",
            **({"console": console(settings)} if settings.role != "edge" else {}),
            "data": str(settings.data_dir),
            "workers": settings.workers,
        }
    )
    for caution in cautions(settings):
        remark(caution)
    if settings.front == "nginx":
        remark("nginx, which answers there, is started by")
        remark(f"  {start_line(settings)}")
    if settings.role == "edge":
        remark("Sources and destinations are configured on a control node; their changes come here by themselves.")
        return
    commands = [
        "edgewise console link",
        "edgewise workspace create acme",
        "edgewise source create acme/site --type javascript",
    ]
    if settings.data_dir != Settings.model_fields["data_dir"].get_default(call_default_factory=True):
        commands.insert(0, f"export EDGE_DATA_DIR={shlex.quote(str(settings.data_dir.absolute()))}")
    remark("Next, in another terminal (Ctrl-C here ends the edge):")
    for command in commands:
        remark(f"  {command}")


def where(settings: Settings) -> dict[str, Any]:
    """What ``serve --json`` prints."""
    return {
        "public_url": settings.base_url(),
        "host": None if settings.uds else settings.host,
        "port": None if settings.uds else settings.port,
        "uds": str(settings.uds) if settings.uds else None,
        "config_api": config_api(settings),
        "console": console(settings),
        "role": settings.role,
        "origins": list(settings.origins()),
        "data_dir": str(settings.data_dir),
        "workers": settings.workers,
        "nginx": start_line(settings) if settings.front == "nginx" else None,
        "pid": os.getpid(),
        "version": edge.__version__,
    }


def config_api(settings: Settings) -> str | None:
    if settings.role == "edge":
        return None
    return admin_url(settings) + API


def console(settings: Settings) -> str | None:
    return None if settings.role == "edge" else f"{admin_url(settings)}{CONSOLE}/"
