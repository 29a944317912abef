"""`edgewise nginx`: the cache before the nodes of this host."""

import os
from pathlib import Path
from typing import Annotated

import typer

from edge.cli.errors import CliError
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit
from edge.cli.pair import clear, command, configuration, furnish
from edge.cli.serving import make_data_dir

TO_A_RUNNING_ONE = ("-s", "-t", "-T")


def nginx(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(help="More words for nginx, after --: -t, -s reload, -s quit.")
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("--configuration", "-c", help="Its configuration; default: the one that came along.")
    ] = None,
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay, as a supervisor wants it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start nginx before the nodes of this host: serve --front nginx.

    This becomes nginx, in the right directory, with the sockets of one
    that was killed out of its way. As root its workers are the user who
    owns the data directory, which has to be the user of the nodes.
    With --json it starts nothing and says what it would start.
    """
    settings = place_of(ctx).settings(front="nginx")
    make_data_dir(settings)
    more = [*(words or ()), *(("-g", "daemon off;") if foreground else ())]
    directory, line = settings.front_directory().absolute(), command(settings, configuration(file), more)
    if as_json:
        emit({"directory": str(directory), "command": line})
        return
    furnish(settings)
    if not set(TO_A_RUNNING_ONE).intersection(more):
        clear(settings)
    os.chdir(directory)
    try:
        os.execvp(line[0], line)  # noqa: S606 - no shell: these words and no others
    except FileNotFoundError as error:
        raise CliError("nginx is not installed, or not on the PATH", "On Debian: apt-get install nginx.") from error
