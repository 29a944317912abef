"""The tree of commands, in two tables."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.cli import (
    backup,
    bundle,
    catalog,
    console,
    demo,
    destination,
    epoch,
    explain,
    filters,
    logs,
    nginx,
    purge,
    serve,
    snippet,
    source,
    status,
    token,
    version,
    workspace,
    write_key,
)
from edge.cli.errors import Guarded
from edge.cli.place import Place

RUNNING, CONFIGURING, LOOKING, KEEPING = "Running", "Configuring", "Looking", "Keeping"

# Groups first: the help lists panels in the order in which they come up.
GROUPS: tuple[tuple[str, typer.Typer, str], ...] = (
    ("workspace", workspace.app, CONFIGURING),
    ("source", source.app, CONFIGURING),
    ("write-key", write_key.app, CONFIGURING),
    ("destination", destination.app, CONFIGURING),
    ("filter", filters.app, CONFIGURING),
    ("token", token.app, CONFIGURING),
    ("console", console.app, CONFIGURING),
    ("catalog", catalog.app, LOOKING),
    ("bundle", bundle.app, LOOKING),
)
"""Nouns with verbs: ``edgewise workspace create``."""

COMMANDS: tuple[tuple[str, Callable[..., Any], str], ...] = (
    ("serve", serve.serve, RUNNING),
    ("nginx", nginx.nginx, RUNNING),
    ("demo", demo.demo, RUNNING),
    ("snippet", snippet.snippet, LOOKING),
    ("explain", explain.explain, LOOKING),
    ("status", status.status, LOOKING),
    ("receipt", purge.receipt, LOOKING),
    ("version", version.version, LOOKING),
    ("purge", purge.purge, KEEPING),
    ("backup", backup.backup, KEEPING),
    ("restore", backup.restore, KEEPING),
    ("new-epoch", epoch.new_epoch, KEEPING),
)
"""Single commands: ``edgewise serve``."""

app = typer.Typer(
    name="edgewise",
    cls=Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        version.version()
        raise typer.Exit


@app.callback()
def before(
    ctx: typer.Context,
    *,
    data_dir: Annotated[
        Path | None, typer.Option(help="The local store's directory; default EDGE_DATA_DIR.", show_default=False)
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Edgewise: a self-hosted settings CDN for device-mode destinations.

    Commands work on the local store (EDGE_DATA_DIR), or on a remote edge
    when EDGE_URL and EDGE_TOKEN are set. With --json each prints one JSON
    document.
    """
    # Before the settings are read, so that reading them may log; a bad level is reported where they are.
    level = os.environ.get("EDGE_LOG_LEVEL", "warning").lower()
    logs.configure(level if level in ("debug", "info", "warning", "error") else "warning")
    ctx.obj = Place(data_dir)


for name, group, panel in GROUPS:
    app.add_typer(group, name=name, rich_help_panel=panel)
for name, command, panel in COMMANDS:
    app.command(name, rich_help_panel=panel)(command)
