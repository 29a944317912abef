"""`edgewise destination`: list, show and delete; creating and changing are in destination_write."""

from typing import Annotated

import typer

from edge.cli.desk import open_desk
from edge.cli.destination_new import new
from edge.cli.destination_write import Destination, create, update
from edge.cli.names import parse
from edge.cli.options import AsJson, Wait, Yes, confirm, place_of
from edge.cli.output import emit
from edge.cli.shown import DESTINATION, DESTINATION_DETAILS, details, listing, settings_of, written

app = typer.Typer(no_args_is_help=True, help="Destinations: the tools that a source is connected to.")
app.command()(create)
app.command()(new)


@app.command("list")
def list_(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="WORKSPACE/SOURCE", help="The source, as acme/site.")],
    as_json: AsJson = False,
) -> None:
    """List the destinations of a source."""
    it = parse(source, 2)
    with open_desk(place_of(ctx)) as desk:
        found = desk.pages(f"{it.path}/destinations", "destinations")
    nothing = f"{it.short} has no destination yet: edgewise destination create {it.short}/amplitude --set apiKey=..."
    listing(found, "destinations", DESTINATION, as_json=as_json, nothing=nothing)


@app.command()
def show(ctx: typer.Context, destination: Destination, as_json: AsJson = False) -> None:
    """Show a destination with its settings; secrets are masked."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(parse(destination, 3).path)
    if as_json:
        emit(found)
    else:
        details(found, DESTINATION_DETAILS)
        settings_of(found)


app.command()(update)


@app.command()
def delete(
    ctx: typer.Context, destination: Destination, yes: Yes = False, wait: Wait = None, as_json: AsJson = False
) -> None:
    """Delete a destination with its settings."""
    it = parse(destination, 3)
    confirm(f"Delete destination {it.short} with its settings?", yes)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("DELETE", it.path, wait=wait)
    written(answer, f"destination {it.short} deleted", as_json=as_json)
