"""`edgewise console`."""

import asyncio
from typing import Annotated

import typer

from edge.cli.address import addressed, admin_address
from edge.cli.durations import seconds
from edge.cli.names import parse
from edge.cli.options import AsJson, place_of
from edge.cli.output import emit, remark, say
from edge.cli.standing import needs_store
from edge.compose.door import CONSOLE_SCOPES, console_link
from edge.model.token import EVERY_WORKSPACE

app = typer.Typer(no_args_is_help=True, help="The web app for admins.")


@app.callback()
def console() -> None:
    """The web app for admins."""


@app.command()
def link(
    ctx: typer.Context,
    *,
    workspace: Annotated[str | None, typer.Option(help="Only this workspace; default: every one.")] = None,
    scope: Annotated[
        str, typer.Option(help="What the session may do; default: everything that the console can.", show_default=False)
    ] = " ".join(CONSOLE_SCOPES),
    expires: Annotated[str, typer.Option(metavar="DURATION", help="How long the link waits to be opened.")] = "10m",
    as_json: AsJson = False,
) -> None:
    """Print a link that signs in to the console, once. For the local store only: who can read it owns the edge."""
    place = place_of(ctx)
    place.local_only("console link")
    settings = addressed(needs_store(place.settings()))
    wanted = EVERY_WORKSPACE if workspace is None else parse(workspace, 1).slug
    url = asyncio.run(
        console_link(
            settings,
            admin_address(settings),
            seconds=int(seconds(expires)),
            workspace=wanted,
            scopes=scope.replace(",", " ").split(),
        )
    )
    if as_json:
        emit({"url": url})
        return
    say(url)
    remark(f"It is good for one sign-in within {expires}; whoever opens it first has the session.")
