"""`edgewise filter`: list, show and delete; creating and changing are in filters_write."""

from typing import Annotated

import typer

from edge.cli.desk import open_desk
from edge.cli.filters_write import Filter, create, update
from edge.cli.names import parse
from edge.cli.options import AsJson, Wait, Yes, confirm, place_of
from edge.cli.output import emit
from edge.cli.shown import FILTER, FILTER_DETAILS, details, listing, written

app = typer.Typer(no_args_is_help=True, help="Destination filters: what a destination does not get.")
app.command()(create)


@app.command("list")
def list_(
    ctx: typer.Context,
    destination: Annotated[
        str, typer.Argument(metavar="WORKSPACE/SOURCE/DESTINATION", help="The destination, as acme/site/amplitude.")
    ],
    as_json: AsJson = False,
) -> None:
    """List the filters of a destination."""
    it = parse(destination, 3)
    with open_desk(place_of(ctx)) as desk:
        found = desk.pages(f"{it.path}/filters", "filters")
    nothing = f"{it.short} has no filter: edgewise filter create {it.short} --if 'type = \"page\"' --drop --enable"
    listing(found, "filters", FILTER, as_json=as_json, nothing=nothing)


@app.command()
def show(ctx: typer.Context, filter_: Filter, as_json: AsJson = False) -> None:
    """Show a filter."""
    with open_desk(place_of(ctx)) as desk:
        found = desk.get(parse(filter_, 4).path)
    if as_json:
        emit(found)
    else:
        details(found, FILTER_DETAILS)


app.command()(update)


@app.command()
def delete(ctx: typer.Context, filter_: Filter, yes: Yes = False, wait: Wait = None, as_json: AsJson = False) -> None:
    """Delete a filter: the destination gets from then on what it held back."""
    it = parse(filter_, 4)
    confirm(f"Delete filter {it.short}? {it.parent.short} then gets what it held back.", yes)
    with open_desk(place_of(ctx)) as desk:
        answer = desk.write("DELETE", it.path, wait=wait)
    written(answer, f"filter {it.short} deleted", as_json=as_json)
